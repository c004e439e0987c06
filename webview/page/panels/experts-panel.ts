import { html } from 'lit';
import { ChartFrame } from '../charts/chart-frame.ts';
import { expertFigure } from '../figures/expert-figure.ts';
import { poolFigure } from '../figures/study/pool-figure.ts';
import type { Page } from '../page.ts';
import { unchanged } from '../state/unchanged.ts';
import { scopeKey, type View } from '../state/view.ts';
import { domainName } from '../text/words.ts';
import { PanelFrame } from './panel-frame.ts';
import { ShownChart } from './shown-chart.ts';

const POOLS_NOTE = html`<p class="table-note">
  Lowest typical loss of the pool without one expert, minus the whole pool's at the same k; right is worse. Nothing new
  is merged for it. The table has the pools without two as well.
</p>`;

/** What each expert brings, and whose absence hurts. */
export class ExpertsPanel {
  readonly frame: PanelFrame;
  readonly #chart: ChartFrame;
  readonly #figure = unchanged(expertFigure);
  readonly #pools: ShownChart;

  constructor(page: Page) {
    this.frame = new PanelFrame(page, 'experts');
    this.#chart = new ChartFrame(page, { id: 'experts', height: 'bars' });
    this.#pools = new ShownChart(page, { id: 'pools', height: 'bars' }, poolFigure);
  }

  update({ scope }: View): void {
    const figure = scope && this.#figure(scope);
    if (!scope || !figure) {
      this.frame.update('Experts', '', null);
      return;
    }
    if (this.frame.open) this.#chart.update(figure, scopeKey({ ...scope, domain: null }));
    this.frame.update(
      'Experts',
      'What adding each one does to the loss, against the average expert; left is better',
      () =>
        html`${this.#chart.element} ${this.#pools.show('Whose absence hurts', domainName(scope.report, null), scope, POOLS_NOTE)}`,
    );
  }
}
