import { html, nothing, type TemplateResult } from 'lit';
import type { Report } from '../../../core/report/report.ts';
import { wholePoolNote } from '../../../words/goals.ts';
import { shapleySentence } from '../../../words/shapley.ts';
import { poolMeansSentence } from '../../../words/typical.ts';
import { ChartFrame } from '../charts/chart-frame.ts';
import { wordButton } from '../controls/buttons.ts';
import { expertFigure } from '../figures/expert-figure.ts';
import { poolFigure } from '../figures/study/pool-figure.ts';
import { shapleyFigure } from '../figures/study/shapley-figure.ts';
import type { Page } from '../page.ts';
import { unchanged } from '../state/unchanged.ts';
import { type Scope, scopeKey, type View } from '../state/view.ts';
import { domainName } from '../text/words.ts';
import { PanelFrame } from './panel-frame.ts';
import { noteOf, ShownChart } from './shown-chart.ts';

function poolsNote({ cell }: Scope): TemplateResult {
  return html`<p class="table-note">
    Lowest typical loss of the pool without one expert, minus the whole pool's at the same k; right is worse. Nothing new
    is merged for it. ${poolMeansSentence(cell)} The table has the pools without two as well.
  </p>`;
}

/** What each expert brings, and whose absence hurts. */
export class ExpertsPanel {
  readonly frame: PanelFrame;
  readonly #page: Page;
  readonly #chart: ChartFrame;
  readonly #figure = unchanged(expertFigure);
  readonly #pools: ShownChart;
  readonly #shapley: ShownChart;
  #asked = '';

  constructor(page: Page) {
    this.#page = page;
    this.frame = new PanelFrame(page, 'experts');
    this.#chart = new ChartFrame(page, { id: 'experts', height: 'bars' });
    this.#pools = new ShownChart(page, { id: 'pools', height: 'bars' }, poolFigure);
    this.#shapley = new ShownChart(page, { id: 'shapley', height: 'bars' }, shapleyFigure);
  }

  update({ scope, ui, state: { host } }: View): void {
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
        html`${this.#chart.element} ${this.#pools.show('Whose absence hurts', domainName(scope.report, null), scope, poolsNote(scope))}
        ${this.#shapleyOf(scope, ui.shapley, host === 'editor')}`,
    );
  }

  /** On request: they count the step from the base, which says little of one expert against another. */
  #shapleyOf(scope: Scope, shown: boolean, canAsk: boolean): TemplateResult | typeof nothing {
    const { report } = scope;
    const found = report.study?.shapley?.[report.cells.indexOf(scope.cell)] ?? null;
    if (!report.study || (!found && !canAsk)) return nothing;
    if (shown && !found) this.#ask(report);
    const toggle = wordButton({
      label: shown ? 'Hide Shapley values' : 'Shapley values',
      secondary: true,
      title: 'The change of the loss averaged over all orders of joining the base',
      onClick: () => this.#page.store.set({ shapley: !shown }),
    });
    const note = noteOf(
      found ? `${shapleySentence(found)} ${wholePoolNote(report)}`.trim() : 'They are being computed …',
    );
    const chart = found ? this.#shapley.show('Shapley values', domainName(report, null), scope, note) : note;
    return html`<div class="actions">${toggle}</div>
      ${shown ? (chart === nothing ? note : chart) : nothing}`;
  }

  #ask({ plan, progress: { done }, stage }: Report): void {
    const name = `${plan} ${done}`;
    if (this.#asked === name || stage !== 'complete') return;
    this.#asked = name;
    this.#page.host.send({ kind: 'shapley' });
  }
}
