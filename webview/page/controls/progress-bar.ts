import { html, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';

/** @param total 0 = not known: the bar is empty */
export function progressBar(label: string, done: number, total: number, active: boolean): TemplateResult {
  // Through the object model: the page's policy forbids style attributes.
  const fill = (element: Element | undefined): void => {
    if (element instanceof HTMLElement) element.style.width = `${total === 0 ? 0 : (100 * done) / total}%`;
  };
  return html`<div
    class="progress ${active ? 'progress-active' : ''}"
    role="progressbar"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax=${Math.max(1, total)}
    aria-valuenow=${done}
  >
    <div class="progress-filled" ${ref(fill)}></div>
  </div>`;
}
