/** A run followed to its end: the statuses of its workers from files, its reports from the analysis worker. */
import type { Experiment } from '../core/experiment/experiment.ts';
import type { Progress } from '../core/report/report.ts';
import type { WorkerStatus } from '../core/store/format.ts';
import type { Analysis } from './analysis.ts';
import type { PlanOutline } from './analysis-messages.ts';
import type { Following, Update } from './session-types.ts';
import { stopWhenPrecise } from './stop-when-precise.ts';
import { type WatchedRun, watchRun } from './watch-run.ts';

export interface Followed extends WatchedRun {
  readonly plan: PlanOutline;
  readonly experiment: Experiment;
  readonly analysis: Analysis;
}

export function followRun(followed: Followed, listener: (update: Update) => void): Following {
  const { store, run, plan, experiment, analysis } = followed;
  const judge = stopWhenPrecise(store, run, plan.id);
  let status: readonly WorkerStatus[] = [];
  let progress: Progress = { done: 0, failed: 0, total: plan.total };
  const reports = analysis.follow(experiment, plan.id, (update) => {
    progress = update.progress ?? progress;
    const { report } = update;
    if (report) judge(report);
    listener({ status, progress: latest(progress, status), ...(report ? { report } : {}) });
  });
  const statuses = watchRun(followed, (changed) => {
    status = changed;
    listener({ status, progress: latest(progress, status) });
  });
  return {
    finished: statuses.finished,
    [Symbol.dispose]: () => {
      reports[Symbol.dispose]();
      statuses[Symbol.dispose]();
    },
  };
}

/** The workers may know of a merge before the analysis has read it, or after: a number never goes back. */
function latest(progress: Progress, workers: readonly WorkerStatus[]): Progress {
  const done = Math.max(progress.done, ...workers.map((worker) => worker.done));
  const failed = Math.max(progress.failed, ...workers.map((worker) => worker.failed));
  return { ...progress, done: Math.min(done, progress.total), failed };
}
