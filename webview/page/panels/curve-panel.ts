import { html, nothing, type TemplateResult } from 'lit';
import { cellName } from '../../../words/cell-name.ts';
import { meansSentence, precisionSentence, samplesSentence } from '../../../words/precision.ts';
import { sharesSentence } from '../../../words/returns.ts';
import { stepSentences } from '../../../words/step-length.ts';
import { typicalMeansSentence } from '../../../words/typical.ts';
import { ChartFrame } from '../charts/chart-frame.ts';
import { curveFigure } from '../figures/curve/curve-figure.ts';
import { stepFigure } from '../figures/study/step-figure.ts';
import type { Page } from '../page.ts';
import { pick, pickedRow } from '../state/picked.ts';
import { unchanged } from '../state/unchanged.ts';
import { type Scope, scopeKey, studyOf, type View } from '../state/view.ts';
import { domainName } from '../text/words.ts';
import { PanelFrame } from './panel-frame.ts';
import { noteOf, ShownChart } from './shown-chart.ts';

/** Loss against k, with everything that it is read against. */
export class CurvePanel {
  readonly frame: PanelFrame;
  readonly #chart: ChartFrame;
  readonly #figure = unchanged(curveFigure);
  readonly #steps: ShownChart;
  #scope: Scope | null = null;

  constructor(page: Page) {
    this.frame = new PanelFrame(page, 'curve');
    this.#chart = new ChartFrame(page, {
      id: 'curve',
      height: 'tall',
      onPick: (row) => {
        if (this.#scope) page.store.setSubsets({ picked: pick(this.#scope, row) });
      },
    });
    this.#steps = new ShownChart(page, { id: 'steps', height: 'middle' }, stepFigure);
  }

  update({ scope, ui }: View): void {
    this.#scope = scope;
    const empty = !scope || (scope.cell.merges.count === 0 && !scope.size?.base);
    if (empty) {
      this.frame.update('Curve', '', null);
      return;
    }
    if (this.frame.open)
      this.#chart.update(this.#figure(scope, pickedRow(scope, ui.subsets.picked)), scopeKey(scope));
    this.frame.update(
      'Curve',
      `Loss by number of experts · ${cellName(scope.report, scope.cell)} · ${domainName(scope.report, scope.domain)}`,
      () => html`${this.#chart.element}${notes(scope)}${this.#stepsOf(scope)}`,
    );
  }

  /** What the best step length of each k is, where a method is tuned. */
  #stepsOf(scope: Scope): TemplateResult | typeof nothing {
    const step = studyOf(scope)?.step;
    const sentences = step ? stepSentences(step, scope.report.pool.length) : [];
    return this.#steps.show(
      'Loss over the step length',
      domainName(scope.report, null),
      scope,
      noteOf(sentences.join(' ')),
    );
  }
}

/** Of the objective: how much is there by which k, and how well its means are known where the sweep ends by that. */
function notes(scope: Scope): TemplateResult | typeof nothing {
  const { cell, domain } = scope;
  if (domain !== null) return nothing;
  const { precision } = cell;
  const returns = studyOf(scope)?.returns;
  const sentences = [
    ...(returns?.curve ? [sharesSentence(returns)] : []),
    ...(precision
      ? [
          precisionSentence(precision),
          meansSentence(precision),
          typicalMeansSentence(cell),
          samplesSentence(precision),
        ]
      : []),
  ].filter(Boolean);
  return sentences.length === 0 ? nothing : html`<p class="table-note">${sentences.join(' ')}</p>`;
}
