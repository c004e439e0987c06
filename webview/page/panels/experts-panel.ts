import { html } from 'lit';
import { ChartFrame } from '../charts/chart-frame.ts';
import { expertFigure } from '../figures/expert-figure.ts';
import type { Page } from '../page.ts';
import { unchanged } from '../state/unchanged.ts';
import { scopeKey, type View } from '../state/view.ts';
import { PanelFrame } from './panel-frame.ts';

/** What each expert brings. */
export class ExpertsPanel {
  readonly frame: PanelFrame;
  readonly #chart: ChartFrame;
  readonly #figure = unchanged(expertFigure);

  constructor(page: Page) {
    this.frame = new PanelFrame(page, 'experts');
    this.#chart = new ChartFrame(page, { id: 'experts', height: 'bars' });
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
      () => html`${this.#chart.element}`,
    );
  }
}
