/** A run in words: its state, how far it is, how fast, and what each worker does. */
import type { Progress } from '../../../../core/report/report.ts';
import type { RunState, WorkerStatus } from '../../../../core/store/format.ts';
import { NONE } from '../../../../words/numbers.ts';
import { nameList, plain } from '../../../../words/plain.ts';
import { countsOfWorkers, leftText, type RunCounts, scoredText } from '../../../../words/run-progress.ts';
import { bytes, pace } from '../../../../words/units.ts';
import type { DashboardState, RunView } from '../../../messages.ts';

export interface RunSummary {
  readonly state: string;
  readonly tone: 'quiet' | 'active' | 'good' | 'bad';
  readonly active: boolean;
  readonly done: number;
  readonly failed: number;
  /** 0 while not known. */
  readonly total: number;
  /** How many were done or failed for good before the run began; 0 where none goes on. */
  readonly at_start: number;
  /** `212 of 521 models scored` */
  readonly counts: string;
  /** `25 s left`; empty where not known. */
  readonly left: string;
  readonly pace: string;
  readonly workers: readonly WorkerRow[];
}

export interface WorkerRow {
  readonly name: string;
  /** Where it can be found by whoever looks for it. */
  readonly process: string;
  readonly state: string;
  readonly device: string;
  readonly dtype: string;
  readonly memory: string;
  readonly perMerge: string;
  readonly current: string;
  readonly problem: { readonly message: string; readonly fix: string } | null;
}

const STATES: Readonly<Record<RunView['state'] | RunState, readonly [string, RunSummary['tone']]>> = {
  idle: ['Not running', 'quiet'],
  starting: ['Starting', 'active'],
  loading: ['Loading models', 'active'],
  queued: ['Waiting for the device', 'active'],
  running: ['Running', 'active'],
  stopping: ['Stopping after this merge', 'active'],
  stopped: ['Stopped', 'quiet'],
  done: ['Done', 'good'],
  failed: ['Failed', 'bad'],
};

export function runSummary({ run, report, ensemble, plan }: DashboardState): RunSummary {
  const [state, tone] = STATES[isOver({ run, report, ensemble }) ? 'done' : run.state];
  const active = tone === 'active';
  const {
    total,
    done,
    failed,
    at_start,
    pools = 0,
  } = progressOf(active, run, [plan, (report ?? ensemble?.report)?.progress]);
  return {
    state,
    tone,
    active,
    done,
    failed,
    total,
    at_start,
    counts:
      total === 0
        ? ''
        : scoredText({ done, failed, total, at_start, pools }, report?.precision ? 'at most ' : ''),
    left: run.state === 'running' ? leftText(run.workers, Boolean(report?.precision)) : '',
    pace: active ? paceOf(run.pace) : '',
    workers: run.workers.map((worker, i) => workerRow(worker, i + 1, ensemble !== null)),
  };
}

/** Whether nothing is left to do, whoever looks and whenever: all is scored, or the means are known well enough. */
function isOver({ run, report, ensemble }: Pick<DashboardState, 'run' | 'report' | 'ensemble'>): boolean {
  if (run.state !== 'idle' && run.state !== 'stopped') return false;
  const progress = (report ?? ensemble?.report)?.progress;
  if (progress && progress.total > 0 && progress.done + progress.failed >= progress.total) return true;
  return report?.precision?.stop === 'precise';
}

/**
 * Of one source as a whole, since report and plan may be of another text than the run is: while it goes on of the
 * workers alone (of the plan until they have said something), else of the report.
 */
function progressOf(
  active: boolean,
  { workers }: RunView,
  [plan, reported]: readonly [DashboardState['plan'], Progress | undefined],
): RunCounts {
  const counts = countsOfWorkers(workers);
  const ofWorkers = counts.total === 0 ? null : counts;
  const sources = active ? [ofWorkers, plan, reported] : [reported, plan, ofWorkers];
  const source = sources.find((one) => one) ?? { total: 0, done: 0, failed: 0 };
  return {
    total: source.total,
    done: Math.min(source.total, source.done),
    failed: source.failed,
    at_start: active && source === ofWorkers ? counts.at_start : 0,
    // A report is of models alone.
    pools: plan && source !== reported && source.total === plan.total ? (plan.pools ?? 0) : 0,
  };
}

/** Models scored in the time that was watched. */
function paceOf(watched: RunView['pace']): string {
  const [first, last] = [watched[0], watched.at(-1)];
  if (!first || !last) return '';
  const time = (last.at - first.at) / 1000;
  const scored = last.done - first.done;
  return time > 0 && scored > 0 ? pace(scored / time) : '';
}

function workerRow(worker: WorkerStatus, number: number, isEnsemble: boolean): WorkerRow {
  const [state] = STATES[worker.state];
  const { current, problem } = worker;
  return {
    name: `Worker ${number}`,
    process: `Process ${worker.pid} on ${plain(worker.host, 60)}, run ${plain(worker.run, 60)}`,
    state:
      worker.state === 'queued' && worker.waiting_for ? `Waiting for ${plain(worker.waiting_for)}` : state,
    device: plain(worker.device, 40),
    dtype: worker.dtype,
    memory: worker.memory_bytes === null ? NONE : bytes(worker.memory_bytes),
    perMerge: worker.seconds_per_merge === null ? NONE : perMerge(worker.seconds_per_merge),
    current: current === null ? NONE : currentText(current, isEnsemble),
    problem: problem && { message: plain(problem.message, 500), fix: plain(problem.fix, 500) },
  };
}

/** To the agent each model of an ensemble is a size without experts. */
function currentText({ size, subset }: NonNullable<WorkerStatus['current']>, isEnsemble: boolean): string {
  if (isEnsemble) return plain(size, 60);
  return subset.length === 0 ? 'the base' : nameList(subset, 4);
}

function perMerge(value: number): string {
  return value < 1 ? `${Math.round(1000 * value)} ms` : `${value.toFixed(value < 10 ? 1 : 0)} s`;
}
