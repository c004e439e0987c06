/** How far a plan is, judged by the results in the store: the same rules as the agent's own. */
import type { Progress } from '../core/report/report.ts';
import type { EvaluationId, Plan, PlanLine } from '../core/store/format.ts';
import type { ResultIndex } from '../core/store/results.ts';

/** Attempts at a merge before it is skipped, for each time that the user asked for it. */
const ATTEMPTS = 2;

export type LineState = 'done' | 'failed' | 'missing';

/** `failed`: no score is to be expected of some domain. A loss that is not finite would be so again. */
export function lineState(
  line: PlanLine,
  evaluations: readonly EvaluationId[],
  results: ResultIndex,
): LineState {
  const allowed = ATTEMPTS * (1 + (line.retry ?? 0));
  let state: LineState = 'done';
  for (const evaluation of evaluations) {
    if (results.get(line.key, evaluation)) continue;
    const failure = results.failure(line.key, evaluation);
    if (!failure || (failure.code !== 'diverged' && failure.attempt < allowed)) return 'missing';
    state = 'failed';
  }
  return state;
}

/** Counts without looking twice at a merge that is done: what is done stays done. */
export class PlanProgress {
  readonly #results: ResultIndex;
  readonly #evaluations: readonly EvaluationId[];
  readonly #total: number;
  #open: readonly PlanLine[];
  #missing: readonly PlanLine[] = [];
  #version = -1;

  constructor(plan: Plan, results: ResultIndex) {
    this.#results = results;
    this.#evaluations = Object.values(plan.header.evaluations);
    this.#total = plan.lines.length;
    this.#open = plan.lines;
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
      const state = lineState(line, this.#evaluations, this.#results);
      if (state !== 'done') open.push(line);
      if (state === 'missing') missing.push(line);
    }
    this.#open = open;
    this.#missing = missing;
  }
}
