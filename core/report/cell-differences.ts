/** One cell's typical curve minus another's. */
import { curveError } from '../selection/curve-error.ts';
import { objectiveOf } from '../selection/measured.ts';
import { type DifferencePoint, methodDifferences, minus } from '../selection/method-difference.ts';
import { subsetError } from '../selection/subset-error.ts';
import type { MadeCell } from './against-best.ts';
import type { Context } from './context.ts';
import { estimatedBy } from './estimated.ts';
import type { Estimated } from './report.ts';

/** Of the objective at one k, with its 95% interval for this pool. */
export function differenceAt(
  context: Context,
  { point, measured }: DifferencePoint,
  permutations: readonly (readonly number[])[] | null,
): Estimated {
  const { samples, weights, input, required } = context;
  const pool = input.plan.header.pool.length;
  return estimatedBy(context, objectiveOf(point.losses, weights), () => {
    const subsets = subsetError([point], measured, pool, samples, weights, permutations, required.length);
    const { covariance, freedom } = curveError([point], samples, weights, subsets);
    return covariance && { variance: covariance[0] as number, freedom: freedom[0] as number };
  });
}

export interface CellDifference extends DifferencePoint {
  readonly means: 'plain' | 'assisted';
}

/**
 * On the subsets that both have merged (`methodDifferences`). Where both curves rest on assisted means of the same subsets their
 * difference is one too: terms of the same merge are paired, so that it agrees with the curves and has the error of losses that
 * differ by little. At one k where that is given.
 */
export function cellDifferences(
  { samples, input, required }: Context,
  own: MadeCell,
  other: MadeCell,
  k: number | null = null,
): CellDifference[] {
  const rows = ({ allowed }: MadeCell) =>
    k === null ? allowed : allowed.filter(({ members }) => members.length === k);
  const pool = input.plan.header.pool.length;
  const plain = methodDifferences(rows(own), rows(other), pool, samples, required.length);
  const isSame = own.assisted !== null && own.assisted.subsets === other.assisted?.subsets;
  return plain.map(({ point, measured }): CellDifference => {
    const [a, b] = [own, other].map(({ assisted }) => assisted?.byK.get(point.k));
    if (!isSame || point.exhaustive || !a?.terms || !b?.terms) return { point, measured, means: 'plain' };
    const theirs = b.terms;
    const terms = a.terms.map((term, i) =>
      term.map((loss, d) => loss - ((theirs[i] as Float64Array)[d] as number)),
    );
    return { point: { ...point, losses: minus(a.losses, b.losses), terms }, measured, means: 'assisted' };
  });
}
