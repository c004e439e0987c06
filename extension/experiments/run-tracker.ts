import type { WorkerStatus } from '../../core/store/format.ts';
import { hasEnded, stateOfRun } from '../../core/store/status.ts';
import type { Following } from '../../runner/experiment-session.ts';
import { askToStop, isAskedToStop, readRun, truthful } from '../../runner/run-folders.ts';
import { watchRun } from '../../runner/watch-run.ts';
import { isGoingOn, type RunView } from '../../webview/messages.ts';

/** Between two points of the pace. */
const PACE_MS = 1_000;
const MOST_PACE = 20;
/** Workers write several times a second; counts come with the reports, so this is for the eye alone. */
const SHOW_MS = 1_000;

/** One run as surfaces show it, from its first sign of life to its last word. */
export class RunTracker {
  readonly store: string;
  readonly run: string;
  readonly following: Following;
  readonly #now: () => number;
  readonly #changed: (view: RunView) => void;
  readonly #began: number;
  #view: RunView;
  #seen = false;
  #shownAt = Number.NEGATIVE_INFINITY;
  #soon: NodeJS.Timeout | null = null;

  constructor(store: string, run: string, now: () => number, changed: (view: RunView) => void) {
    this.store = store;
    this.run = run;
    this.#now = now;
    this.#began = now();
    this.#changed = changed;
    const folder = readRun(store, run);
    const workers = folder ? truthful(store, folder) : [];
    this.#view = { state: this.#stateOf(workers), workers, pace: [] };
    this.following = watchRun({ store, run }, (workers) => this.#take(workers));
  }

  get view(): RunView {
    return this.#view;
  }

  /** Whether it was seen going on: a run that had ended before is no news. */
  get seen(): boolean {
    return this.#seen;
  }

  get active(): boolean {
    return isGoingOn(this.#view.state);
  }

  get seconds(): number {
    return (this.#now() - this.#began) / 1000;
  }

  stop(now: boolean): void {
    askToStop(this.store, this.run, now);
    if (this.active) this.#show({ ...this.#view, state: 'stopping' });
  }

  /** Its process is gone, whatever its workers said last. */
  failed(): void {
    if (this.active) this.#show({ ...this.#view, state: 'failed' });
  }

  dispose(): void {
    this.#forgetSoon();
    this.following[Symbol.dispose]();
  }

  #take(workers: readonly WorkerStatus[]): void {
    const at = this.#now();
    const done = Math.max(0, ...workers.map((worker) => worker.done));
    const last = this.#view.pace.at(-1);
    const pace =
      last && (at - last.at < PACE_MS || last.done === done)
        ? this.#view.pace
        : [...this.#view.pace, { at, done }].slice(-MOST_PACE);
    if (workers.some((worker) => !hasEnded(worker.state))) this.#seen = true;
    const view: RunView = { state: this.#stateOf(workers), workers, pace };
    const wait = this.#shownAt + SHOW_MS - at;
    if (view.state !== this.#view.state || wait <= 0 || wait > SHOW_MS) this.#show(view);
    else {
      this.#view = view;
      this.#soon ??= setTimeout(() => this.#show(this.#view), wait);
    }
  }

  /** A run that is asked to end is ending, whatever its workers are still at, and whoever asked. */
  #stateOf(workers: readonly WorkerStatus[]): RunView['state'] {
    const state = stateOf(workers);
    return isGoingOn(state) && isAskedToStop(this.store, this.run) ? 'stopping' : state;
  }

  #show(view: RunView): void {
    this.#forgetSoon();
    this.#view = view;
    this.#shownAt = this.#now();
    this.#changed(view);
  }

  #forgetSoon(): void {
    if (this.#soon) clearTimeout(this.#soon);
    this.#soon = null;
  }
}

function stateOf(workers: readonly WorkerStatus[]): RunView['state'] {
  const state = stateOfRun(workers);
  return state === 'loading' ? 'starting' : state;
}
