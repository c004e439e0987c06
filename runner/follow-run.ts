/** A run watched to its end: the statuses of its workers from files, its reports from the analysis worker. */
import type { Experiment } from '../core/experiment/experiment.ts';
import { ProblemError } from '../core/problem.ts';
import type { Plan, WorkerStatus } from '../core/store/format.ts';
import { hasEnded } from '../core/store/status.ts';
import type { Analysis, AnalysisUpdate } from './analysis.ts';
import { died, type RunFolder, readRun, truthful } from './run-folders.ts';
import type { Following, Update } from './session-types.ts';

const LOOK_MS = 150;
/** A worker beats every second or two; one that is silent for so long is given up, whatever its process does. */
const SILENT_MS = 60_000;

export interface Followed {
  readonly store: string;
  readonly run: string;
  readonly plan: Plan;
  readonly experiment: Experiment;
  readonly analysis: Analysis;
}

export function followRun(followed: Followed, listener: (update: Update) => void): Following {
  return new RunFollowing(followed, listener);
}

interface Settle {
  resolve(status: WorkerStatus): void;
  reject(error: ProblemError): void;
}

class RunFollowing implements Following {
  readonly finished: Promise<WorkerStatus>;
  readonly #followed: Followed;
  readonly #listener: (update: Update) => void;
  readonly #analysis: Disposable;
  readonly #timer: NodeJS.Timeout;
  #settle: Settle | null = null;
  #progress: Update['progress'];
  #status: readonly WorkerStatus[] = [];
  #told = '';
  #beat = '';
  #beatAt = performance.now();

  constructor(followed: Followed, listener: (update: Update) => void) {
    this.#followed = followed;
    this.#listener = listener;
    this.#progress = { done: 0, failed: 0, total: followed.plan.lines.length };
    this.finished = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever only listens must not be ended by a rejection that nobody awaits.
    this.finished.catch(() => {});
    const { analysis, experiment, plan } = followed;
    this.#analysis = analysis.follow(experiment, plan.id, (update) => this.#analysed(update));
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#analysis[Symbol.dispose]();
    this.#end((settle) =>
      settle.reject(
        new ProblemError({
          code: 'cancelled',
          message: 'Nobody follows any more.',
          fix: 'Attach to it again.',
        }),
      ),
    );
  }

  #analysed({ progress, report }: AnalysisUpdate): void {
    this.#progress = progress;
    this.#listener({ status: this.#status, progress: this.#latest(), ...(report ? { report } : {}) });
  }

  #look(): void {
    const { store, run } = this.#followed;
    const folder = readRun(store, run);
    if (!folder) return;
    this.#status = truthful(store, folder);
    const told = JSON.stringify(this.#status);
    if (told !== this.#told) {
      this.#told = told;
      this.#listener({ status: this.#status, progress: this.#latest() });
    }
    const last = lastWord(this.#status);
    if (last) this.#ended(last);
    else if (folder.alive === false || this.#silent(folder)) {
      this.#end((settle) => settle.reject(new ProblemError(died(store, run))));
    }
  }

  /** The workers may know of a merge before the analysis has read it, or after: a number never goes back. */
  #latest(): Update['progress'] {
    const done = Math.max(this.#progress.done, ...this.#status.map((status) => status.done));
    const failed = Math.max(this.#progress.failed, ...this.#status.map((status) => status.failed));
    return { ...this.#progress, done: Math.min(done, this.#progress.total), failed };
  }

  #silent(folder: RunFolder): boolean {
    const beat = JSON.stringify(folder.status.map(({ worker, heartbeat }) => [worker, heartbeat]));
    if (beat !== this.#beat) {
      this.#beat = beat;
      this.#beatAt = performance.now();
    }
    return performance.now() - this.#beatAt > SILENT_MS;
  }

  #ended(status: WorkerStatus): void {
    if (status.problem?.code === 'run_died') {
      const { problem } = status;
      this.#end((settle) => settle.reject(new ProblemError(problem)));
    } else {
      this.#end((settle) => settle.resolve(status));
    }
  }

  #end(how: (settle: Settle) => void): void {
    const settle = this.#settle;
    this.#settle = null;
    clearInterval(this.#timer);
    if (settle) how(settle);
  }
}

/** Null while a worker still has something to say; else the gravest of the last words. */
function lastWord(statuses: readonly WorkerStatus[]): WorkerStatus | null {
  if (statuses.length === 0 || statuses.some(({ state }) => !hasEnded(state))) return null;
  const byState = (state: WorkerStatus['state']): WorkerStatus | undefined =>
    statuses.find((status) => status.state === state);
  return byState('failed') ?? byState('stopped') ?? byState('done') ?? null;
}
