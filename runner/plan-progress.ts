/** How far a plan is while results arrive, by the rules of `core/store/progress.ts`. */
import type { Progress } from '../core/report/report.ts';
import type { Plan, PlanLine } from '../core/store/format.ts';
import { mergeState } from '../core/store/progress.ts';
import type { ResultIndex } from '../core/store/results.ts';

/** Counts without looking twice at a merge that is done: what is done stays done. */
export class PlanProgress {
  readonly #results: ResultIndex;
  readonly #plan: Plan;
  /** Distinct merges: what was asked for may be drawn as well. */
  readonly #total: number;
  #open: readonly PlanLine[];
  #missing: readonly PlanLine[] = [];
  #version = -1;

  constructor(plan: Plan, results: ResultIndex) {
    this.#results = results;
    this.#plan = plan;
    const first = new Map(plan.lines.toReversed().map((line) => [line.key, line]));
    this.#open = plan.lines.filter((line) => first.get(line.key) === line);
    this.#total = this.#open.length;
  }

  get progress(): Progress {
    this.#count();
    const failed = this.#open.length - this.#missing.length;
    return { done: this.#total - this.#open.length, failed, total: this.#total };
  }

  /** Merges that a run has still to do, in the plan's order. */
  get missing(): readonly PlanLine[] {
    this.#count();
    return this.#missing;
  }

  #count(): void {
    if (this.#version === this.#results.version) return;
    this.#version = this.#results.version;
    const open: PlanLine[] = [];
    const missing: PlanLine[] = [];
    for (const line of this.#open) {
      const state = mergeState(this.#plan, line, this.#results);
      if (state !== 'done') open.push(line);
      if (state === 'missing') missing.push(line);
    }
    this.#open = open;
    this.#missing = missing;
  }
}
