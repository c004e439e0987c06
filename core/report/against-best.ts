import { throwIfCancelled } from '../law/cancelled.ts';
import type { CurveData } from '../law/input.ts';
import type { Measured } from '../selection/measured.ts';
import type { AssistedTypical } from './assisted-typical.ts';
import { cellDifferences, differenceAt } from './cell-differences.ts';
import type { Context } from './context.ts';
import type { AgainstBest, Cell, MethodDifference } from './report.ts';
import type { ScaledSubset } from './step-merges.ts';

/** A cell with the rows that it was made from. */
export interface MadeCell {
  readonly cell: Omit<Cell, 'rank' | 'against_best' | 'precision'>;
  /** Of the pool. */
  readonly measured: readonly Measured[];
  /** Those that the goals allow: with the experts that they require. */
  readonly allowed: readonly Measured[];
  /** What its typical curve rests on; null where that is plain means alone. */
  readonly assisted: AssistedTypical | null;
  /** What its curves were fitted to, in their order. */
  readonly data: readonly CurveData[];
  /** Of a tuned method; else empty. */
  readonly scaled: readonly ScaledSubset[];
}

/** One method against the best ranked one of its size, at each k, and where methods are compared: at `k`, or nearest to it. */
export function againstBest(
  context: Context,
  own: MadeCell,
  best: MadeCell,
  k: number | null,
  permutations: readonly (readonly number[])[] | null,
): AgainstBest {
  const by_k = differences(context, own, best, permutations);
  return { method: best.cell.method, at: k === null || k === 0 ? null : nearest(by_k, k), by_k };
}

/** Of two that are as near the larger. */
function nearest(by_k: readonly MethodDifference[], k: number): MethodDifference | null {
  return by_k.reduce<MethodDifference | null>(
    (a, b) => (a !== null && Math.abs(a.k - k) < Math.abs(b.k - k) ? a : b),
    null,
  );
}

/** Of the objective, with 95% intervals for this pool, each for itself. */
function differences(
  context: Context,
  own: MadeCell,
  best: MadeCell,
  permutations: readonly (readonly number[])[] | null,
): MethodDifference[] {
  return cellDifferences(context, own, best).map(({ point, measured, means }) => {
    throwIfCancelled(context.options.cancelled);
    return {
      k: point.k,
      difference: differenceAt(context, { point, measured }, permutations),
      subsets: point.entries.length,
      of: point.of,
      means,
    };
  });
}
