import { html, nothing, type TemplateResult } from 'lit';
import type { Budget } from '../../../../core/planning/budget.ts';
import type { Planning } from '../../../../core/planning/planning.ts';
import type { Report } from '../../../../core/report/report.ts';
import { plain } from '../../../../words/plain.ts';
import { ChartFrame } from '../../charts/chart-frame.ts';
import { wordButton } from '../../controls/buttons.ts';
import { frontierFigure } from '../../figures/planning/frontier-figure.ts';
import type { Page } from '../../page.ts';
import { unchanged } from '../../state/unchanged.ts';
import type { View } from '../../state/view.ts';
import { PanelFrame } from '../panel-frame.ts';
import { limitInputs } from './limit-inputs.ts';
import { limitsOf } from './limits.ts';

/** Size against experts under a budget: the host computes, the page asks and shows. */
export class PlanningPanel {
  readonly frame: PanelFrame;
  readonly #page: Page;
  readonly #chart: ChartFrame;
  readonly #figure = unchanged(frontierFigure);
  readonly #limits = unchanged(limitsOf);
  #asked: readonly [Planning, Budget] | null = null;

  constructor(page: Page) {
    this.#page = page;
    this.frame = new PanelFrame(page, 'planning');
    this.#chart = new ChartFrame(page, { id: 'planning', height: 'middle' });
  }

  update({ state, ui, planned }: View): void {
    const own = state.report && planningOf(state.report);
    const trying = state.host === 'editor' ? ui.budget : null;
    if (own && trying) this.#ask(own, trying);
    const shown = trying && planned ? planned : own;
    const figure = shown && this.#figure(shown);
    if (!own || !shown || !figure) {
      this.frame.update('Planning', '', null);
      return;
    }
    if (this.frame.open) this.#chart.update(figure, state.report?.name ?? '');
    this.frame.update(
      'Planning',
      'What growing the model or adding experts buys, against what their training costs',
      () => html`
        <ul class="planning-text">
          ${shown.sentences.map((text) => html`<li>${plain(text, 600)}</li>`)}
        </ul>
        ${state.host === 'editor' ? this.#inputs(own, trying) : nothing} ${this.#chart.element}
        <p class="table-note">
          k experts of a size with N billion parameters cost k·h·N GPU-hours; serving takes the memory of the weights,
          whatever k is. Ringed: the lowest loss that the budget allows.
        </p>
      `,
    );
  }

  #ask(planning: Planning, budget: Budget): void {
    if (this.#asked?.[0] === planning && this.#asked[1] === budget) return;
    this.#asked = [planning, budget];
    this.#page.host.send({ kind: 'plan', budget });
  }

  #inputs(own: Planning, trying: Budget | null): TemplateResult {
    const { store } = this.#page;
    const budget = trying ?? own.budget;
    return html`${limitInputs(this.#limits(own), budget, (patch) => store.set({ budget: { ...budget, ...patch } }))}
    ${
      trying
        ? html`<div class="actions">
            ${wordButton({ label: 'As in the file', secondary: true, onClick: () => store.set({ budget: null }) })}
          </div>`
        : nothing
    }`;
  }
}

/** Where there is something to weigh: several sizes, or a budget. */
function planningOf({ sizes, study }: Report): Planning | null {
  const planning = study?.planning ?? null;
  const limited = planning !== null && Object.values(planning.budget).some((limit) => limit !== null);
  return sizes.length > 1 || limited ? planning : null;
}
