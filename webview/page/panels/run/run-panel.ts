import { html, nothing, type TemplateResult } from 'lit';
import { count, NONE } from '../../../../words/numbers.ts';
import { precisionInShort } from '../../../../words/precision.ts';
import { newIn } from '../../../../words/run-progress.ts';
import { roughly } from '../../../../words/units.ts';
import type { DashboardState } from '../../../messages.ts';
import { icon } from '../../controls/icons.ts';
import { progressBar } from '../../controls/progress-bar.ts';
import type { Page } from '../../page.ts';
import type { View } from '../../state/view.ts';
import { PanelFrame } from '../panel-frame.ts';
import { runButtons } from './run-buttons.ts';
import { type RunSummary, runSummary, type WorkerRow } from './run-summary.ts';

/** How the run goes: progress, pace, time left, and what each worker does. */
export class RunPanel {
  readonly frame: PanelFrame;
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
    this.frame = new PanelFrame(page, 'run');
  }

  update({ state }: View): void {
    const summary = runSummary(state);
    this.frame.update('Run', summary.state, () => this.#body(state, summary));
  }

  #body(state: DashboardState, summary: RunSummary): TemplateResult {
    const problems = summary.workers.filter(({ problem }) => problem !== null);
    return html`<div class="run">
      ${progressBar('Models scored', newIn(summary), summary.active)}
      <dl class="facts facts-small">
        ${facts(state, summary).map(
          ([label, value]) => html`<div class="fact"><dt>${label}</dt><dd>${value}</dd></div>`,
        )}
      </dl>
      ${summary.workers.length > 0 ? workerTable(summary.workers, state.ensemble ? 'model' : 'merge') : nothing}
      ${problems.map(
        ({ problem }) =>
          html`<p class="problem">${icon('warning')}<span>${problem?.message} ${problem?.fix}</span></p>`,
      )}
      ${runButtons(this.#page, state)}
    </div>`;
  }
}

function facts(
  { plan, report, updated, host }: DashboardState,
  summary: RunSummary,
): (readonly [string, string])[] {
  const { total, at_start } = summary;
  const { settled, of } = newIn(summary);
  return [
    ['Scored', total === 0 ? NONE : `${count(settled)} of ${count(of)}`],
    ...(at_start > 0 ? [['There before', count(at_start)] as const] : []),
    ['Failed', count(summary.failed)],
    ...(report?.precision ? [['Means known to', precisionInShort(report.precision)] as const] : []),
    ...(summary.pace ? [['Pace', summary.pace] as const] : []),
    ...(summary.left ? [['Time left', summary.left] as const] : []),
    ...(!summary.active && plan && plan.missing > 0
      ? [['A run would take', plan.seconds === null ? 'an unknown time' : roughly(plan.seconds)] as const]
      : []),
    ...(updated === null ? [] : [[host === 'file' ? 'Written' : 'Last update', moment(updated)] as const]),
  ];
}

/** In the reader's language and time zone. */
function moment(at: number): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

function workerTable(workers: readonly WorkerRow[], what: 'merge' | 'model'): TemplateResult {
  const columns = [
    'Worker',
    'State',
    'Device',
    'Dtype',
    'Memory',
    `A ${what} takes`,
    what === 'merge' ? 'Now merging' : 'Now scoring',
  ];
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Workers">
    <table class="data-table">
      <thead>
        <tr>
          ${columns.map((title) => html`<th scope="col" class="text">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${workers.map(
          (worker) =>
            html`<tr>
              <th scope="row" class="text" title=${worker.process}>${worker.name}</th>
              <td class="text">${worker.state}</td>
              <td class="text">${worker.device}</td>
              <td class="text">${worker.dtype}</td>
              <td class="text">${worker.memory}</td>
              <td class="text">${worker.perMerge}</td>
              <td class="text"><bdi>${worker.current}</bdi></td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
