/** How far a plan is, counted as the agent counts it. */
import type { EvaluationId, MergeKey, Plan, PlanLine } from './format.ts';
import type { Failure, Score } from './results.ts';

/** Tries of a merge before it is left, and as many more for each time the user asks. */
const ATTEMPTS = 2;

export interface KnownResults {
  get(key: MergeKey, evaluation: EvaluationId): Score | undefined;
  failure(key: MergeKey, evaluation?: EvaluationId): Failure | undefined;
}

/**
 * `done`: every domain has a score, or is known to have none because the loss is not finite. `failed`: given up
 * after its attempts. The rest is `missing`.
 */
export type MergeState = 'done' | 'failed' | 'missing';

export function mergeState(plan: Pick<Plan, 'header'>, line: PlanLine, results: KnownResults): MergeState {
  const open = Object.values(plan.header.evaluations).find(
    (evaluation) =>
      results.get(line.key, evaluation) === undefined &&
      results.failure(line.key, evaluation)?.code !== 'diverged',
  );
  if (open === undefined) return 'done';
  const attempts = results.failure(line.key, open)?.attempt ?? 0;
  return attempts >= ATTEMPTS * (1 + (line.retry ?? 0)) ? 'failed' : 'missing';
}

/** Counts over the lines of a plan. */
export function progressOf(
  plan: Pick<Plan, 'header' | 'lines'>,
  results: KnownResults,
): Record<MergeState, number> {
  const counts = { done: 0, failed: 0, missing: 0 };
  for (const line of plan.lines) counts[mergeState(plan, line, results)] += 1;
  return counts;
}
