/** A run followed to its end: the statuses of its workers from files, its reports from the analysis worker. */
import type { Experiment } from '../core/experiment/experiment.ts';
import type { Progress } from '../core/report/report.ts';
import type { WorkerStatus } from '../core/store/format.ts';
import type { Analysis } from './analysis.ts';
import type { PlanOutline } from './analysis-messages.ts';
import type { PlanRuns } from './plan-runs.ts';
import type { Following, Update } from './session-types.ts';
import { stopWhenPrecise } from './stop-when-precise.ts';

export interface Followed {
  readonly store: string;
  readonly runs: PlanRuns;
  readonly plan: PlanOutline;
  readonly experiment: Experiment;
  readonly analysis: Analysis;
}

/** Throws `nothing_runs`. */
export function followRun(followed: Followed, listener: (update: Update) => void): Following {
  const { store, runs, plan, experiment, analysis } = followed;
  const judge = stopWhenPrecise(store, runs.current(plan.id), plan.id);
  let status: readonly WorkerStatus[] = [];
  let progress: Progress = { done: 0, failed: 0, total: plan.total };
  const reports = analysis.follow(experiment, plan.id, (update) => {
    progress = update.progress ?? progress;
    const { report } = update;
    if (report) judge(report);
    listener({ status, progress: latest(progress, status), ...(report ? { report } : {}) });
  });
  const run = runs.follow(plan.id, {
    status: (changed) => {
      status = changed;
      listener({ status, progress: latest(progress, status) });
    },
    unreachable: (problem) => listener({ status, progress: latest(progress, status), unreachable: problem }),
  });
  return {
    finished: run.finished,
    [Symbol.dispose]: () => {
      reports[Symbol.dispose]();
      run[Symbol.dispose]();
    },
  };
}

/** The workers may know of a merge before the analysis has read it, or after: a number never goes back. */
export function latest(progress: Progress, workers: readonly WorkerStatus[]): Progress {
  const done = Math.max(progress.done, ...workers.map((worker) => worker.done));
  const failed = Math.max(progress.failed, ...workers.map((worker) => worker.failed));
  return { ...progress, done: Math.min(done, progress.total), failed };
}
