import { seededRandom } from '../law/random.ts';
import { student95 } from '../law/student.ts';
import type { Variance } from './estimated.ts';
import { pooledFreedom } from './freedom.ts';
import { dot, influence, objectiveOf } from './measured.ts';
import { type Resamples, replicatesOf } from './resample.ts';
import { sampleVariance, stepVariance } from './sample-variance.ts';
import type { DomainWeights, Samples } from './samples.ts';
import type { SubsetError } from './subset-error.ts';
import type { TypicalPoint } from './typical.ts';

/** The typical curve under one weighting of the domains, and what is known of its errors. K = points. */
export interface CurveError {
  /** Shape (K). Nats per token. */
  readonly mean: Float64Array;
  /** Shape (K, K): evaluation samples and subsets that were not merged; null where the latter show no spread yet. */
  readonly covariance: Float64Array | null;
  /** Shape (K): degrees of freedom of each point's variance. */
  readonly freedom: Float64Array;
  /** Of the covariance as a whole, for what follows from several points. */
  readonly jointFreedom: number;
}

export function curveError(
  points: readonly TypicalPoint[],
  samples: Samples,
  weights: DomainWeights,
  subsets: SubsetError | null,
): CurveError {
  const K = points.length;
  const mean = Float64Array.from(points, ({ losses }) => objectiveOf(losses, weights));
  const freedom = new Float64Array(K);
  if (!subsets || !samplesShowSpread(samples, weights))
    return { mean, covariance: null, freedom, jointFreedom: 0 };
  const influences = points.map(({ losses }) => influence(losses, samples, weights));
  const [from, to] = countedSpan(samples, weights);
  const covariance = new Float64Array(K * K);
  const subsetParts: Variance[] = [];
  for (let a = 0; a < K; a++) {
    for (let b = 0; b <= a; b++) {
      const fromSamples = dot(influences[a] as Float64Array, influences[b] as Float64Array, from, to);
      const fromSubsets = subsets.clusters.reduce((sum, u) => sum + (u[a] as number) * (u[b] as number), 0);
      covariance[a * K + b] = fromSamples + fromSubsets;
      covariance[b * K + a] = fromSamples + fromSubsets;
      if (a !== b) continue;
      const subsetPart = { variance: fromSubsets, freedom: subsets.freedom[a] as number };
      freedom[a] = pooledFreedom([
        sampleVariance([influences[a] as Float64Array], samples, weights),
        subsetPart,
      ]);
      subsetParts.push(subsetPart);
    }
  }
  // Errors from samples are one source for all k; errors from subsets are nearly one for each.
  const jointFreedom = pooledFreedom([jointSampleVariance(influences, samples, weights), ...subsetParts]);
  return { mean, covariance, freedom, jointFreedom };
}

/** Domains may share in differences between points otherwise than in their levels: whichever is known less counts. */
function jointSampleVariance(
  influences: readonly Float64Array[],
  samples: Samples,
  weights: DomainWeights,
): Variance {
  const levels = sampleVariance(influences, samples, weights);
  const steps = stepVariance(influences, samples, weights);
  return { ...levels, freedom: Math.min(levels.freedom, steps.freedom) };
}

/** From the first to behind the last sample of a domain that counts: outside of them every influence is zero. */
function countedSpan({ start }: Samples, weights: DomainWeights): [number, number] {
  const first = weights.findIndex((weight) => weight !== 0);
  return [start[first] ?? 0, start[weights.findLastIndex((weight) => weight !== 0) + 1] ?? 0];
}

/** A domain of one sample says nothing about its own error. */
export function samplesShowSpread(samples: Samples, weights: DomainWeights): boolean {
  return weights.every(
    (weight, d) => weight === 0 || (samples.start[d + 1] as number) - (samples.start[d] as number) > 1,
  );
}

/** Paired replicates of the curve: resampled evaluation samples, plus a draw of the error from subsets. Shape (R, K). */
export function curveReplicates(
  points: readonly TypicalPoint[],
  samples: Samples,
  weights: DomainWeights,
  subsets: SubsetError,
  resamples: Resamples,
  seed: number,
): Float64Array {
  const K = points.length;
  const R = resamples.replicates;
  const out = new Float64Array(R * K);
  const rows = points.map(({ losses }) => losses);
  for (const [at, column] of replicatesOf(rows, samples, weights, resamples).entries())
    for (let r = 0; r < R; r++) out[r * K + at] = column[r] as number;
  const random = seededRandom(seed);
  for (const cluster of subsets.clusters) {
    const reached = points.map((_, at) => at).filter((at) => cluster[at] !== 0);
    for (let r = 0; r < R; r++) {
      const g = random.normal();
      for (const at of reached) out[r * K + at] = (out[r * K + at] as number) + g * (cluster[at] as number);
    }
  }
  return out;
}

/** Half-width of a 95% interval. */
export function halfWidth(variance: number, freedom: number): number {
  return variance === 0 ? 0 : student95(freedom) * Math.sqrt(variance);
}
