import { html, nothing, type TemplateResult } from 'lit';
import { ChartFrame, type FrameOptions } from '../charts/chart-frame.ts';
import type { Figure } from '../figures/figure.ts';
import type { Page } from '../page.ts';
import { unchanged } from '../state/unchanged.ts';
import { type Scope, scopeKey } from '../state/view.ts';

/** A chart under a heading of its own, there only where there is something to draw. */
export class ShownChart {
  readonly #chart: ChartFrame;
  readonly #figure: (scope: Scope) => Figure | null;

  constructor(page: Page, options: FrameOptions, figure: (scope: Scope) => Figure | null) {
    this.#chart = new ChartFrame(page, options);
    this.#figure = unchanged(figure);
  }

  /** @param about what of, behind the title; @param note below it */
  show(
    title: string,
    about: string,
    scope: Scope,
    note: TemplateResult | typeof nothing = nothing,
  ): TemplateResult | typeof nothing {
    const figure = this.#figure(scope);
    if (!figure) return nothing;
    this.#chart.update(figure, scopeKey(scope));
    return html`<div class="shown-chart"><h3>${title} <span class="muted">${about}</span></h3>${this.#chart.element}${note}</div>`;
  }
}

/** A line of words below a chart; nothing where there are none. */
export function noteOf(text: string): TemplateResult | typeof nothing {
  return text ? html`<p class="table-note">${text}</p>` : nothing;
}
