import { html } from 'lit';
import { wholePoolNote } from '../../../words/goals.ts';
import { ChartFrame } from '../charts/chart-frame.ts';
import { spreadFigure } from '../figures/spread-figure.ts';
import { maskFigure } from '../figures/study/mask-figure.ts';
import { orderFigure } from '../figures/study/order-figure.ts';
import { betterText, varianceFigure } from '../figures/study/variance-figure.ts';
import type { Page } from '../page.ts';
import { unchanged } from '../state/unchanged.ts';
import { scopeKey, studyOf, type View } from '../state/view.ts';
import { domainName } from '../text/words.ts';
import { PanelFrame } from './panel-frame.ts';
import { noteOf, ShownChart } from './shown-chart.ts';

/** How far subsets of the same size lie apart, which law their variance follows, and what orders and masks add. */
export class SpreadPanel {
  readonly frame: PanelFrame;
  readonly #chart: ChartFrame;
  readonly #figure = unchanged(spreadFigure);
  readonly #variance: ShownChart;
  readonly #orders: ShownChart;
  readonly #masks: ShownChart;

  constructor(page: Page) {
    this.frame = new PanelFrame(page, 'spread');
    this.#chart = new ChartFrame(page, { id: 'spread', height: 'middle' });
    this.#variance = new ShownChart(page, { id: 'variance', height: 'middle' }, varianceFigure);
    this.#orders = new ShownChart(page, { id: 'orders', height: 'middle' }, orderFigure);
    this.#masks = new ShownChart(page, { id: 'masks', height: 'middle' }, maskFigure);
  }

  update({ scope }: View): void {
    const figure = scope && this.#figure(scope);
    if (!scope || !figure) {
      this.frame.update('Spread', '', null);
      return;
    }
    if (this.frame.open) this.#chart.update(figure, scopeKey(scope));
    const about = domainName(scope.report, null);
    const law = studyOf(scope)?.spread;
    const note = wholePoolNote(scope.report);
    this.frame.update(
      'Spread',
      'How far subsets of the same size lie apart',
      () => html`
        ${this.#chart.element}
        ${this.#variance.show('The variance and its laws', about, scope, noteOf([law ? betterText(law) : '', note].filter(Boolean).join(' ')))}
        ${this.#orders.show('How much the order matters', about, scope, noteOf(note))} ${this.#masks.show('What is mask noise', about, scope)}
      `,
    );
  }
}
