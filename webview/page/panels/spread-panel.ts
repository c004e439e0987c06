import { html } from 'lit';
import { ChartFrame } from '../charts/chart-frame.ts';
import { spreadFigure } from '../figures/spread-figure.ts';
import type { Page } from '../page.ts';
import { unchanged } from '../state/unchanged.ts';
import { scopeKey, type View } from '../state/view.ts';
import { PanelFrame } from './panel-frame.ts';

/** How far subsets of the same size lie apart. */
export class SpreadPanel {
  readonly frame: PanelFrame;
  readonly #chart: ChartFrame;
  readonly #figure = unchanged(spreadFigure);

  constructor(page: Page) {
    this.frame = new PanelFrame(page, 'spread');
    this.#chart = new ChartFrame(page, { id: 'spread', height: 'middle' });
  }

  update({ scope }: View): void {
    const figure = scope && this.#figure(scope);
    if (!scope || !figure) {
      this.frame.update('Spread', '', null);
      return;
    }
    if (this.frame.open) this.#chart.update(figure, scopeKey(scope));
    this.frame.update(
      'Spread',
      'How far subsets of the same size lie apart',
      () => html`${this.#chart.element}`,
    );
  }
}
