import { html, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { newIn } from '../../../words/run-progress.ts';

/** Where nothing is known to be new, the bar is empty. */
export function progressBar(
  label: string,
  { settled, of }: ReturnType<typeof newIn>,
  active: boolean,
): TemplateResult {
  // Through the object model: the page's policy forbids style attributes.
  const fill = (element: Element | undefined): void => {
    if (element instanceof HTMLElement) element.style.width = `${of === 0 ? 0 : (100 * settled) / of}%`;
  };
  return html`<div
    class="progress ${active ? 'progress-active' : ''}"
    role="progressbar"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax=${Math.max(1, of)}
    aria-valuenow=${settled}
  >
    <div class="progress-filled" ${ref(fill)}></div>
  </div>`;
}
