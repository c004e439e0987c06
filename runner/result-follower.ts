/** Reports of one plan as results arrive: points at once, intervals when it is quiet. Lives in the analysis worker. */
import type { Progress } from '../core/report/report.ts';
import type { AnyReport, Stage } from './analysis-messages.ts';

/**
 * Between two point reports, and how much longer than one takes to make: a result is to be seen at once, and the merges
 * need the processor too. Where merges keep every core busy they are so slow that reports are rare.
 */
const POINTS_MS = 50;
const POINTS_FACTOR = 2;
/** Without new results, intervals are made; while they keep arriving, only so often. */
const QUIET_MS = 700;
const BUSY_COMPLETE_MS = 30_000;

export interface Followed {
  /** Of the results: rises with each one. */
  version(): number;
  progress(): Progress;
  /** Null while nothing can be reported. */
  report(stage: Stage): AnyReport | null;
  send(progress: Progress, report: AnyReport | null): void;
  /** Says what went wrong in `work`. */
  answering(work: () => void): void;
}

export class ResultFollower {
  readonly #followed: Followed;
  #timer: NodeJS.Timeout | null = null;
  #pointsAt = 0;
  #completeAt = 0;
  #took = 0;
  /** Of the results, when the last report of each stage was made. */
  #points = -1;
  #complete = -1;

  constructor(followed: Followed) {
    this.#followed = followed;
    this.#schedule(0);
  }

  changed(): void {
    const wait = Math.max(POINTS_MS, this.#took * POINTS_FACTOR) - (Date.now() - this.#pointsAt);
    this.#schedule(Math.max(0, wait));
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  #schedule(ms: number): void {
    this.stop();
    this.#timer = setTimeout(() => this.#followed.answering(() => this.#work()), ms);
  }

  #work(): void {
    this.#timer = null;
    const followed = this.#followed;
    const version = followed.version();
    if (this.#points !== version) {
      const started = Date.now();
      const report = followed.report('points');
      this.#points = version;
      this.#pointsAt = Date.now();
      this.#took = this.#pointsAt - started;
      const progress = followed.progress();
      followed.send(progress, report);
      const due = this.#completeAt + BUSY_COMPLETE_MS - Date.now();
      this.#schedule(progress.done > 0 && due <= 0 && this.#completeAt > 0 ? 0 : QUIET_MS);
    } else if (this.#complete !== version) {
      const report = followed.report('complete');
      this.#complete = version;
      this.#completeAt = Date.now();
      followed.send(followed.progress(), report);
    }
  }
}
