/** Merges by weights, θ0 + Σ w·v: they follow no method, and are in no cell. */
import type { Losses } from '../selection/measured.ts';
import type { ReportInput } from './input.ts';
import type { Rows } from './merges.ts';

export interface WeightedMerge {
  readonly size: string;
  /** In pool order: the multiple of each task vector, 0 for those left out. */
  readonly weights: readonly number[];
  readonly losses: Losses;
}

/** Those of the plan that are scored. */
export function weightedMerges({ plan }: Pick<ReportInput, 'plan'>, rows: Rows): WeightedMerge[] {
  return plan.lines.flatMap(({ key, size, subset, weights }) => {
    const losses = weights ? rows.get(key) : null;
    if (!weights || !losses) return [];
    const own = new Map(subset.map((name, i) => [name, weights[i] ?? 0]));
    return [{ size, weights: plan.header.pool.map((name) => own.get(name) ?? 0), losses }];
  });
}
