import { html, nothing, type TemplateResult } from 'lit';
import type { Downstream, DownstreamTaskReport } from '../../../../core/downstream/downstream.ts';
import { missingText, taskSentences, taskTitle } from '../../../../words/downstream.ts';
import { plain } from '../../../../words/plain.ts';
import { ChartFrame } from '../../charts/chart-frame.ts';
import { scoreFigure } from '../../figures/downstream/score-figure.ts';
import type { XyFigure } from '../../figures/figure.ts';
import type { Page } from '../../page.ts';
import { unchanged } from '../../state/unchanged.ts';
import type { View } from '../../state/view.ts';
import { PanelFrame } from '../panel-frame.ts';
import { noteOf } from '../shown-chart.ts';

/** Whether lower loss is more right answers: a chart for each task. */
export class DownstreamPanel {
  readonly frame: PanelFrame;
  readonly #page: Page;
  readonly #charts: ChartFrame[] = [];
  readonly #figures = unchanged((downstream: Downstream, pool: readonly string[]) =>
    downstream.tasks.map((task) => ({ task, figure: scoreFigure({ downstream, task, pool }) })),
  );

  constructor(page: Page) {
    this.#page = page;
    this.frame = new PanelFrame(page, 'downstream');
  }

  update({ state: { report } }: View): void {
    const downstream = report?.downstream;
    if (!report || !downstream) {
      this.frame.update('Downstream', '', null);
      return;
    }
    const tasks = this.#figures(downstream, report.pool);
    if (this.frame.open) for (const [i, { figure }] of tasks.entries()) this.#draw(i, figure, report.name);
    this.frame.update(
      'Downstream',
      'Whether lower loss is more right answers, on tasks of the evaluation harness',
      () => html`${tasks.map(({ task, figure }, i) => this.#task(task, figure && this.#charts[i]))}
        ${noteOf(missingText(downstream))}`,
    );
  }

  #draw(i: number, figure: XyFigure | null, name: string): void {
    if (!figure) return;
    const chart = this.#charts[i] ?? new ChartFrame(this.#page, { id: `downstream-${i}`, height: 'middle' });
    this.#charts[i] = chart;
    chart.update(figure, `${name} ${i}`);
  }

  #task(task: DownstreamTaskReport, chart: ChartFrame | null | undefined): TemplateResult {
    const sentences = chart || task.problem ? taskSentences(task) : [];
    return html`<div class="shown-chart">
      <h3>${taskTitle(task)}</h3>
      <ul class="planning-text">
        ${sentences.map((text) => html`<li>${plain(text, 600)}</li>`)}
      </ul>
      ${chart?.element ?? nothing}
    </div>`;
  }
}
