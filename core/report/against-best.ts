import { throwIfCancelled } from '../law/cancelled.ts';
import type { CurveData } from '../law/input.ts';
import { curveError } from '../selection/curve-error.ts';
import type { Measured } from '../selection/measured.ts';
import { methodDifferences } from '../selection/method-difference.ts';
import { subsetError } from '../selection/subset-error.ts';
import type { Context } from './context.ts';
import { estimated } from './estimated.ts';
import type { AgainstBest, Cell, MethodDifference } from './report.ts';
import type { ScaledSubset } from './step-merges.ts';

/** A cell with the rows that it was made from. */
export interface MadeCell {
  readonly cell: Omit<Cell, 'rank' | 'against_best' | 'precision'>;
  /** Of the pool. */
  readonly measured: readonly Measured[];
  /** Those that the goals allow: with the experts that they require. */
  readonly allowed: readonly Measured[];
  /** What its curves were fitted to, in their order. */
  readonly data: readonly CurveData[];
  /** Of a tuned method; else empty. */
  readonly scaled: readonly ScaledSubset[];
}

/** One method against the best ranked one of its size, at each k and at the k that is recommended for the best. */
export function againstBest(
  context: Context,
  own: MadeCell,
  best: MadeCell,
  permutations: readonly (readonly number[])[] | null,
): AgainstBest {
  const by_k = differences(context, own.allowed, best.allowed, permutations);
  const k = best.cell.curves[0]?.recommended_k?.k;
  return { method: best.cell.method, at: by_k.find((each) => each.k === k) ?? null, by_k };
}

/** Of the objective, with 95% intervals for this pool, each for itself. */
function differences(
  context: Context,
  own: readonly Measured[],
  best: readonly Measured[],
  permutations: readonly (readonly number[])[] | null,
): MethodDifference[] {
  const { samples, weights, input, options, required } = context;
  const pool = input.plan.header.pool.length;
  return methodDifferences(own, best, pool, samples, required.length).map(({ point, measured }) => {
    throwIfCancelled(options.cancelled);
    const i = required.length;
    const subsets = subsetError([point], measured, pool, samples, weights, permutations, i);
    const { mean, covariance, freedom } = curveError([point], samples, weights, subsets);
    return {
      k: point.k,
      difference: estimated(context, mean[0] as number, covariance?.[0] ?? null, freedom[0] as number),
      subsets: point.entries.length,
      of: point.of,
    };
  });
}
