/** The panels of an ensemble below its answer; each is there only where it has something to show. */
import { html, nothing, type TemplateResult } from 'lit';
import type { EnsembleDocument } from '../../../../core/report/ensemble-document.ts';
import { byCountNote, servingSentences } from '../../../../words/ensemble.ts';
import { familySentences } from '../../../../words/families.ts';
import { plainLines } from '../../../../words/plain.ts';
import { budgetFigure, lawSentence } from '../../figures/ensemble/budget-figure.ts';
import { familyFigure } from '../../figures/ensemble/family-figure.ts';
import { gainFigure } from '../../figures/ensemble/gain-figure.ts';
import { modelFigure } from '../../figures/ensemble/model-figure.ts';
import { aloneNote, oracleFigure } from '../../figures/ensemble/oracle-figure.ts';
import { servingFigure } from '../../figures/ensemble/serving-figure.ts';
import type { Page } from '../../page.ts';
import type { View } from '../../state/view.ts';
import { PanelFrame } from '../panel-frame.ts';
import { EnsembleChart } from './ensemble-chart.ts';
import { formTable } from './form-table.ts';

/** The oracle by k, and what chance gives of it. */
export class OraclePanel {
  readonly frame: PanelFrame;
  readonly #oracle: EnsembleChart;
  readonly #gain: EnsembleChart;

  constructor(page: Page) {
    this.frame = new PanelFrame(page, 'ensemble');
    this.#oracle = new EnsembleChart(page, { id: 'oracle', height: 'tall' }, oracleFigure);
    this.#gain = new EnsembleChart(page, { id: 'gain', height: 'middle' }, gainFigure);
  }

  update(view: View): void {
    shown(
      view,
      this.frame,
      'Oracle',
      'Bits per byte by the number of models',
      (report) =>
        html`${this.#oracle.show(report, '', [aloneNote(oracleFigure(report)), byCountNote(report) ?? ''])}
        ${this.#gain.show(report, 'What choosing gains, beside noise')}`,
    );
  }
}

/** What the best pools cost, and what growing a pool buys by the law. */
export class PoolsPanel {
  readonly frame: PanelFrame;
  readonly #serving: EnsembleChart;
  readonly #budget: EnsembleChart;

  constructor(page: Page) {
    this.frame = new PanelFrame(page, 'pools');
    this.#serving = new EnsembleChart(page, { id: 'serving', height: 'middle' }, servingFigure);
    this.#budget = new EnsembleChart(page, { id: 'budget', height: 'middle' }, budgetFigure);
  }

  update(view: View): void {
    shown(
      view,
      this.frame,
      'Pools',
      'What the best pools cost, and the law of larger ones',
      (report) =>
        html`${this.#serving.show(
          report,
          'The best pools by what serving them takes',
          servingSentences(report),
        )}
      ${this.#budget.show(report, 'The oracle over summed parameters', lawSentences(report))}
      ${report.study ? formTable(report.study) : nothing}`,
    );
  }
}

/** Every model by itself, and whether other families help. */
export class ModelsPanel {
  readonly frame: PanelFrame;
  readonly #models: EnsembleChart;
  readonly #families: EnsembleChart;

  constructor(page: Page) {
    this.frame = new PanelFrame(page, 'models');
    this.#models = new EnsembleChart(page, { id: 'models', height: 'bars' }, modelFigure);
    this.#families = new EnsembleChart(page, { id: 'families', height: 'bars' }, familyFigure);
  }

  update(view: View): void {
    shown(
      view,
      this.frame,
      'Models',
      'Each by itself, and what mixing families buys',
      (report) =>
        html`${this.#models.show(report)} ${this.#families.show(report, 'Several families against one')}
      ${familySentences(report).map((text) => html`<p class="table-note">${text}</p>`)} ${claims(report)}`,
    );
  }
}

function shown(
  { state }: View,
  frame: PanelFrame,
  title: string,
  note: string,
  body: (report: EnsembleDocument) => TemplateResult,
): void {
  const report = state.ensemble?.report ?? null;
  frame.update(title, note, report && (() => body(report)));
}

function lawSentences({ study }: EnsembleDocument): readonly string[] {
  return study
    ? [lawSentence('Typical pools', study.typical), lawSentence('Best pools', study.envelope)]
    : [];
}

/** What arXiv 2512.23340 claims, on these models. */
function claims({ study }: EnsembleDocument): TemplateResult | typeof nothing {
  if (!study || study.claims.length === 0) return nothing;
  return html`<div class="shown-chart">
    <h3>What arXiv 2512.23340 claims, here</h3>
    <dl class="questions">
      ${study.claims.map(({ verdict, sentence }) => html`<div><dt>${verdict}</dt><dd>${plainLines(sentence)}</dd></div>`)}
    </dl>
  </div>`;
}
