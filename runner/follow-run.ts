/** A run followed to its end: the statuses of its workers from files, its reports from the analysis worker. */
import type { Experiment } from '../core/experiment/experiment.ts';
import type { Progress } from '../core/report/report.ts';
import type { WorkerStatus } from '../core/store/format.ts';
import type { Analysis } from './analysis.ts';
import type { PlanOutline } from './analysis-messages.ts';
import type { Following, Update } from './session-types.ts';
import { stopWhenPrecise } from './stop-when-precise.ts';
import type { Reach } from './target.ts';
import { type WatchedRun, watchRun } from './watch-run.ts';

export interface Followed extends WatchedRun {
  readonly plan: PlanOutline;
  readonly experiment: Experiment;
  readonly analysis: Analysis;
  /** Rejects where a host's results can no longer be copied here. */
  readonly broken: Promise<never>;
  /** Told when the host goes out of reach, and is back. */
  readonly reach: Set<Reach>;
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
  const unreachable: Reach = (problem) =>
    listener({ status, progress: latest(progress, status), unreachable: problem });
  followed.reach.add(unreachable);
  const finished = Promise.race([statuses.finished, followed.broken]);
  // Whoever only listens must not be ended by a rejection that nobody awaits.
  finished.catch(() => {});
  return {
    finished,
    [Symbol.dispose]: () => {
      followed.reach.delete(unreachable);
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
