/** How far a plan is while results arrive, by the rules of `core/store/progress.ts`. */
import type { Progress } from '../core/report/report.ts';
import type { MergeKey } from '../core/store/format.ts';
import type { MergeState } from '../core/store/progress.ts';
import type { ResultIndex } from '../core/store/results.ts';

/** Counts without looking twice at a line that is done: what is done stays done. */
export class PlanProgress<Line extends { readonly key: MergeKey }> {
  readonly #results: ResultIndex;
  readonly #stateOf: (line: Line) => MergeState;
  /** Distinct keys: what was asked for may be drawn as well. */
  readonly #total: number;
  #open: readonly Line[];
  #missing: readonly Line[] = [];
  #version = -1;

  constructor(lines: readonly Line[], results: ResultIndex, stateOf: (line: Line) => MergeState) {
    this.#results = results;
    this.#stateOf = stateOf;
    const first = new Map(lines.toReversed().map((line) => [line.key, line]));
    this.#open = lines.filter((line) => first.get(line.key) === line);
    this.#total = this.#open.length;
  }

  get progress(): Progress {
    this.#count();
    const failed = this.#open.length - this.#missing.length;
    return { done: this.#total - this.#open.length, failed, total: this.#total };
  }

  /** What a run has still to do, in the plan's order. */
  get missing(): readonly Line[] {
    this.#count();
    return this.#missing;
  }

  #count(): void {
    if (this.#version === this.#results.version) return;
    this.#version = this.#results.version;
    const open: Line[] = [];
    const missing: Line[] = [];
    for (const line of this.#open) {
      const state = this.#stateOf(line);
      if (state !== 'done') open.push(line);
      if (state === 'missing') missing.push(line);
    }
    this.#open = open;
    this.#missing = missing;
  }
}
