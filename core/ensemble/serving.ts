/**
 * Merging and ensembling on a common axis. A merge of k experts is served as one model, an ensemble of k models costs
 * all of them; so what they reach is held against each other by what serving takes: bytes of weights, FLOPs per token.
 */
import type { Estimated } from '../selection/estimated.ts';

export type ServingAxis = 'bytes' | 'flops';

/** What of a pool is taken: the oracle knows the best model of each sample, the mixture knows nothing. */
export type PoolKind = 'oracle' | 'mixture';

/** Somebody's best with these costs: a merge, or a pool. All losses are bits per byte on the same samples. */
export interface ServingPoint {
  /** Experts merged, or models served. */
  readonly k: number;
  readonly servingBytes: number;
  readonly flopsPerToken: number;
  readonly bitsPerByte: number;
}

export interface ServingPool extends ServingPoint {
  /** What can be had without knowing which model to ask: the uniform mixture. `bitsPerByte` is the oracle's. */
  readonly mixture: number;
}

/** The least loss that each can have at a cost; null where it costs more. */
export interface ServingStep {
  readonly cost: number;
  readonly merge: number | null;
  readonly oracle: number | null;
  readonly mixture: number | null;
  /** The merge minus the pool, paired by sample; below zero the merge is better. Null where either costs more. */
  readonly against_oracle: Estimated | null;
  readonly against_mixture: Estimated | null;
}

export interface ServingSeries {
  readonly axis: ServingAxis;
  /** Ascending; at every cost at which a merge or a pool becomes possible. */
  readonly steps: readonly ServingStep[];
}

/** Bits per byte of a merge minus those of a pool. */
export type ServingDifference<M, P> = (merge: M, pool: P, kind: PoolKind) => Estimated;

/** @throws RangeError on a cost or loss that is no finite number */
export function compareServing<M extends ServingPoint, P extends ServingPool>(
  merges: readonly M[],
  pools: readonly P[],
  axis: ServingAxis,
  difference: ServingDifference<M, P>,
): ServingSeries {
  const costOf = ({ servingBytes, flopsPerToken }: ServingPoint) =>
    axis === 'bytes' ? servingBytes : flopsPerToken;
  for (const point of [...merges, ...pools])
    if (![costOf(point), point.bitsPerByte].every(Number.isFinite))
      throw new RangeError(`k = ${point.k} has the cost ${costOf(point)} and the loss ${point.bitsPerByte}`);
  const costs = [...new Set([...merges, ...pools].map(costOf))].sort((a, b) => a - b);
  const steps = costs.map((cost): ServingStep => {
    const affordable = (point: ServingPoint) => costOf(point) <= cost;
    const own = merges.filter(affordable);
    const theirs = pools.filter(affordable);
    const merge = least(own, ({ bitsPerByte }) => bitsPerByte);
    const oracle = least(theirs, ({ bitsPerByte }) => bitsPerByte);
    const mixture = least(theirs, (pool) => pool.mixture);
    return {
      cost,
      merge: merge?.bitsPerByte ?? null,
      oracle: oracle?.bitsPerByte ?? null,
      mixture: mixture?.mixture ?? null,
      against_oracle: merge && oracle && difference(merge, oracle, 'oracle'),
      against_mixture: merge && mixture && difference(merge, mixture, 'mixture'),
    };
  });
  return { axis, steps };
}

function least<P>(points: readonly P[], loss: (point: P) => number): P | null {
  return points.reduce<P | null>(
    (best, point) => (best === null || loss(point) < loss(best) ? point : best),
    null,
  );
}
