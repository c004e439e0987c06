import { html, nothing, type TemplateResult } from 'lit';
import type { EnsembleDocument } from '../../../../core/report/ensemble-document.ts';
import { ChartFrame, type FrameOptions } from '../../charts/chart-frame.ts';
import type { Figure } from '../../figures/figure.ts';
import type { Page } from '../../page.ts';
import { unchanged } from '../../state/unchanged.ts';

/** A chart of an ensemble's report, there only where there is something to draw. */
export class EnsembleChart {
  readonly #chart: ChartFrame;
  readonly #figure: (report: EnsembleDocument) => Figure | null;

  constructor(page: Page, options: FrameOptions, figure: (report: EnsembleDocument) => Figure | null) {
    this.#chart = new ChartFrame(page, options);
    this.#figure = unchanged(figure);
  }

  /** @param title under a heading of its own, where it has one */
  show(
    report: EnsembleDocument,
    title = '',
    sentences: readonly string[] = [],
  ): TemplateResult | typeof nothing {
    const figure = this.#figure(report);
    if (!figure) return nothing;
    this.#chart.update(figure, report.name);
    return html`<div class="shown-chart">
      ${title ? html`<h3>${title}</h3>` : nothing} ${this.#chart.element}
      ${sentences.map((text) => (text ? html`<p class="table-note">${text}</p>` : nothing))}
    </div>`;
  }
}
