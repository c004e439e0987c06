import type { Variance } from './estimated.ts';
import { influence, type Measured, objectiveOf, varianceAround } from './measured.ts';
import { type DomainWeights, type Samples, weightedMean } from './samples.ts';
import type { TypicalPoint } from './typical.ts';

/** Error of the typical curve from subsets that were not merged. */
export interface SubsetError {
  /** Independent clusters, each of shape (K): the covariance is Σ u uᵀ, and Σ g·u with standard normal g is a replicate. */
  readonly clusters: readonly Float64Array[];
  /** Shape (K): degrees of freedom of each variance; Infinity where the k is exhaustive. */
  readonly freedom: Float64Array;
}

interface Residual {
  readonly weight: number;
  readonly value: number;
}

/**
 * Finite-population error of each k-mean. Subsets drawn without replacement are independent over k:
 * (1 − n/C(M,k))·s²/n. Under permutations a whole trajectory is one draw: each is a cluster over all its k, drawn with
 * replacement, so there is no finite-population factor. The part of the spread between subsets that is only noise of
 * the evaluation samples is taken out, since the samples' own error already has it. Null where no k shows its spread.
 */
export function subsetError(
  points: readonly TypicalPoint[],
  measured: readonly Measured[],
  pool: number,
  samples: Samples,
  weights: DomainWeights,
  permutations: readonly (readonly number[])[] | null,
  required = 0,
): SubsetError | null {
  const K = points.length;
  const freedom = new Float64Array(K).fill(Number.POSITIVE_INFINITY);
  const clusters: Float64Array[] = [];
  const trajectories = permutations?.map(() => new Float64Array(K)) ?? [];
  const alone: number[] = [];
  let spread = 0;
  let spreadWeight = 0;
  for (const [at, point] of points.entries()) {
    if (point.exhaustive) continue;
    const mean = objectiveOf(point.losses, weights);
    const residualOf = (index: number) => objectiveOf(measured[index] as Measured, weights) - mean;
    const along = permutations ? prefixIndices(point, measured, permutations) : null;
    const residuals: readonly Residual[] = along
      ? along.filter((index) => index !== null).map((index) => ({ weight: 0, value: residualOf(index) }))
      : point.entries.map(({ index, weight }) => ({ weight, value: residualOf(index) }));
    const n = residuals.length;
    if (n < 2) {
      alone.push(at);
      continue;
    }
    const signal = signalShare(point, measured, samples, weights);
    const left = along ? 1 : 1 - n / point.of;
    const scale = Math.sqrt((n / (n - 1)) * left * signal);
    freedom[at] = n - 1;
    if (point.terms) {
      const own = termsError(point.terms, point.of, weights);
      const cluster = new Float64Array(K);
      cluster[at] = Math.sqrt(own.variance);
      clusters.push(cluster);
      freedom[at] = own.freedom;
    } else if (along) {
      for (const [p, index] of along.entries()) {
        if (index !== null) (trajectories[p] as Float64Array)[at] = (scale * residualOf(index)) / n;
      }
    } else {
      const sum = residuals.reduce((total, { weight, value }) => total + (weight * value) ** 2, 0);
      const cluster = new Float64Array(K);
      cluster[at] = scale * Math.sqrt(sum);
      clusters.push(cluster);
    }
    const squares = residuals.reduce((total, { value }) => total + value * value, 0);
    spread += squares * signal;
    spreadWeight += (n - 1) * spreadShape(point.k, pool, required);
  }
  if (alone.length > 0 && spreadWeight === 0) return null;
  for (const at of alone) {
    const cluster = new Float64Array(K);
    cluster[at] = Math.sqrt(
      (spread / spreadWeight) * spreadShape((points[at] as TypicalPoint).k, pool, required),
    );
    clusters.push(cluster);
    freedom[at] = 1;
  }
  return { clusters: [...clusters, ...trajectories], freedom };
}

/**
 * Of an assisted mean: s²/n·(1 − n/of) of its terms (core/surrogate/assisted-mean.ts). Noise of the evaluation samples stays
 * in s², as in the bounds of a precision.
 */
function termsError(terms: readonly Float64Array[], of: number, weights: DomainWeights): Variance {
  const n = terms.length;
  const values = terms.map((domains) => weightedMean(domains, weights));
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { variance: ((squares / (n - 1)) * (1 - n / of)) / n, freedom: n - 1 };
}

/**
 * Spread over subsets of size k out of M, up to a constant: (M − k) / (k(M − 1)). Where i experts are in all of them, only
 * k − i of M − i are drawn, each with weight 1/k: (k − i)(M − k) / (k²(M − i − 1)).
 */
export function spreadShape(k: number, pool: number, required = 0): number {
  const drawn = pool - required;
  return drawn > 1 ? ((k - required) * (pool - k)) / (k * k * (drawn - 1)) : 0;
}

/**
 * For each permutation the measured subset that is its first k, or null where that is still to come. Null as a whole
 * where the draws are not those of the permutations: then the subsets count as drawn one by one.
 */
function prefixIndices(
  point: TypicalPoint,
  measured: readonly Measured[],
  permutations: readonly (readonly number[])[],
): (number | null)[] | null {
  const indexOf = new Map(
    point.entries.map(({ index }) => [(measured[index] as Measured).members.join(), index]),
  );
  const along = permutations.map(
    (permutation) =>
      indexOf.get(
        permutation
          .slice(0, point.k)
          .sort((a, b) => a - b)
          .join(),
      ) ?? null,
  );
  const drawn = new Map<number, number>();
  for (const index of along) if (index !== null) drawn.set(index, (drawn.get(index) ?? 0) + 1);
  const agrees = point.entries.every(({ index }) => drawn.get(index) === measured[index]?.draws);
  return agrees ? along : null;
}

/** Share of the squared residuals around the mean that is not noise of the evaluation samples, in 0..1. */
function signalShare(
  point: TypicalPoint,
  measured: readonly Measured[],
  samples: Samples,
  weights: DomainWeights,
): number {
  const centre = influence(point.losses, samples, weights);
  const mean = objectiveOf(point.losses, weights);
  let squares = 0;
  let noise = 0;
  for (const { index, weight } of point.entries) {
    const row = measured[index] as Measured;
    squares += weight * (objectiveOf(row, weights) - mean) ** 2;
    noise += weight * varianceAround(centre, row, samples, weights);
  }
  return squares > 0 ? Math.max(0, 1 - noise / squares) : 0;
}
