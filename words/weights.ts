/** Weights of experts as people read them. */
import type { ProposedWeights } from '../core/report/study/study.ts';
import type { PlanMethod } from '../core/store/format.ts';

/** Among which weights they are the best: a sweep of one step length foretells no other. */
export function bestWeightsText(method: PlanMethod, { length }: ProposedWeights): string {
  const isFixed = method.method !== 'task_arithmetic' || method.normalize;
  return isFixed ? `best weights that sum to ${Number(length.toFixed(3))}` : 'best weights';
}
