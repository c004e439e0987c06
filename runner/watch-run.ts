/** A run watched to its end by the statuses that its workers write. */
import { ProblemError } from '../core/problem.ts';
import type { WorkerStatus } from '../core/store/format.ts';
import { hasEnded, stateOfRun } from '../core/store/status.ts';
import { died, type RunFolder, readRun, truthful } from './run-folders.ts';
import type { Following } from './session-types.ts';

const LOOK_MS = 150;
/** A worker beats every second or two; one that is silent for so long is given up, whatever its process does. */
const SILENT_MS = 60_000;

export interface WatchedRun {
  readonly store: string;
  readonly run: string;
}

/** Calls the listener with the statuses of all workers whenever one of them changes. */
export function watchRun(
  watched: WatchedRun,
  listener: (status: readonly WorkerStatus[]) => void,
): Following {
  return new RunWatch(watched, listener);
}

interface Settle {
  resolve(status: WorkerStatus): void;
  reject(error: ProblemError): void;
}

class RunWatch implements Following {
  readonly finished: Promise<WorkerStatus>;
  readonly #watched: WatchedRun;
  readonly #listener: (status: readonly WorkerStatus[]) => void;
  readonly #timer: NodeJS.Timeout;
  #settle: Settle | null = null;
  #told = '';
  #beat = '';
  #beatAt = performance.now();

  constructor(watched: WatchedRun, listener: (status: readonly WorkerStatus[]) => void) {
    this.#watched = watched;
    this.#listener = listener;
    this.finished = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    // Whoever only listens must not be ended by a rejection that nobody awaits.
    this.finished.catch(() => {});
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  [Symbol.dispose](): void {
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

  #look(): void {
    const { store, run } = this.#watched;
    const folder = readRun(store, run);
    if (!folder) return;
    const status = truthful(store, folder);
    const told = JSON.stringify(status);
    if (told !== this.#told) {
      this.#told = told;
      this.#listener(status);
    }
    const last = lastWord(status);
    if (last) this.#ended(last);
    else if (folder.alive === false || this.#silent(folder)) {
      const done = status.find(({ state }) => state === 'done');
      this.#end((settle) =>
        done ? settle.resolve(done) : settle.reject(new ProblemError(died(store, run))),
      );
    }
  }

  /** What a host's run says comes through a connection that may be cut; the host says whether it lives. */
  #silent(folder: RunFolder): boolean {
    if (folder.isElsewhere) return false;
    const beat = JSON.stringify(folder.status.map(({ worker, heartbeat }) => [worker, heartbeat]));
    if (beat !== this.#beat) {
      this.#beat = beat;
      this.#beatAt = performance.now();
    }
    return performance.now() - this.#beatAt > SILENT_MS;
  }

  #ended(status: WorkerStatus): void {
    const { problem } = status;
    if (status.state === 'failed' && problem?.code === 'run_died') {
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

/** Null while a worker still has something to say; else the last word of one that ended as the run did. */
function lastWord(statuses: readonly WorkerStatus[]): WorkerStatus | null {
  const state = stateOfRun(statuses);
  return hasEnded(state) ? (statuses.find((status) => status.state === state) ?? null) : null;
}
