import { type Measured, objectiveOf } from './measured.ts';
import { type DomainWeights, weightedMean } from './samples.ts';
import type { TypicalPoint } from './typical.ts';

/**
 * The typical curve of each pool that lacks one expert: no new merge is needed. Shape (M, K); NaN where nothing is left.
 * Experts that every subset holds (`required`) have no row.
 */
export function leaveOneOut(
  points: readonly TypicalPoint[],
  measured: readonly Measured[],
  pool: number,
  weights: DomainWeights,
  required: readonly number[] = [],
): Float64Array {
  const K = points.length;
  const free = Array.from({ length: pool }, (_, j) => j).filter((j) => !required.includes(j));
  const sums = new Float64Array(free.length * K);
  const totals = new Float64Array(free.length * K);
  for (const [at, { entries, leftOut }] of points.entries()) {
    if (leftOut) {
      for (const [j, expert] of free.entries()) {
        const domains = leftOut[expert];
        totals[j * K + at] = domains ? 1 : 0;
        if (domains) sums[j * K + at] = weightedMean(domains, weights);
      }
      continue;
    }
    for (const { index, weight } of entries) {
      const row = measured[index] as Measured;
      const loss = objectiveOf(row, weights);
      const inside = new Set(row.members);
      for (const [j, expert] of free.entries()) {
        if (inside.has(expert)) continue;
        sums[j * K + at] = (sums[j * K + at] as number) + weight * loss;
        totals[j * K + at] = (totals[j * K + at] as number) + weight;
      }
    }
  }
  return sums.map((sum, i) => ((totals[i] as number) > 0 ? sum / (totals[i] as number) : Number.NaN));
}

/** Jackknife variance over experts of each k-mean, shape (K); NaN where some pool lacks the k (always at k = M), and of one pool. */
export function jackknifeVariance(leftOut: Float64Array, pool: number, K: number): Float64Array {
  const out = new Float64Array(K);
  for (let at = 0; at < K; at++) {
    const values = Array.from({ length: pool }, (_, j) => leftOut[j * K + at] as number);
    const mean = values.reduce((sum, value) => sum + value, 0) / pool;
    out[at] =
      pool < 2
        ? Number.NaN
        : ((pool - 1) / pool) * values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  }
  return out;
}
