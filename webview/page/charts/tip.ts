/** What the pointed-at part of a chart says of itself, in a box beside it. */
import { html, render } from 'lit';
import type { Tip } from '../figures/figure.ts';
import { type Swatch, swatch } from './swatch.ts';

const APART = 12;

export class TipBox {
  readonly element = document.createElement('div');
  #shown = '';

  constructor() {
    this.element.className = 'tip';
    this.element.hidden = true;
    // Said to screen readers by the live region of the page, where the keyboard asks for it.
    this.element.setAttribute('aria-hidden', 'true');
  }

  /** @param at pixels from the left and top of the element that holds this box */
  show(tip: Tip, mark: Swatch, at: { readonly x: number; readonly y: number }): void {
    const text = tipText(tip);
    if (text !== this.#shown) {
      this.#shown = text;
      render(
        html`<div class="tip-title">${swatch(mark)}<span>${tip.title}</span></div>
          <dl>${tip.rows.map(([what, value]) => html`<dt>${what}</dt><dd>${value}</dd>`)}</dl>`,
        this.element,
      );
    }
    this.element.hidden = false;
    const { offsetWidth: width, offsetHeight: height, parentElement } = this.element;
    const room = parentElement?.clientWidth ?? 0;
    const left = at.x + APART + width <= room ? at.x + APART : at.x - APART - width;
    const x = Math.round(Math.max(0, Math.min(left, room - width)));
    const y = Math.round(Math.max(0, at.y - height / 2));
    this.element.style.transform = `translate(${x}px, ${y}px)`;
  }

  hide(): void {
    this.element.hidden = true;
    this.#shown = '';
  }
}

export function tipText({ title, rows }: Tip): string {
  return [title, ...rows.map(([what, value]) => `${what}: ${value}`)].join('; ');
}
