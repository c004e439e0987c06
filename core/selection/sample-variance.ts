import type { Variance } from './estimated.ts';
import { pooledFreedom } from './freedom.ts';
import type { DomainWeights, Samples } from './samples.ts';

/**
 * Errors from evaluation samples, of one row or of several together, from their influences, each of shape (S): the sum of
 * their variances. Each domain's part is known only by its own samples (Welch and Satterthwaite): where a small domain
 * makes most of an error, the many samples of another do not make it surer.
 *
 * @param weights what the influences are of; domains that do not count in it are passed over. Absent: all do
 */
export function sampleVariance(
  influences: readonly Float64Array[],
  samples: Samples,
  weights?: DomainWeights,
): Variance {
  return overDomains(samples, weights, (from, to) => {
    let sum = 0;
    for (const values of influences) sum += squares(values, from, to);
    return sum;
  });
}

/** The same of the difference of two models scored on the same samples. */
export function pairedVariance(a: Float64Array, b: Float64Array, samples: Samples): Variance {
  return stepVariance([b, a], samples);
}

/** The same of the differences of each row from the one before it. */
export function stepVariance(
  influences: readonly Float64Array[],
  samples: Samples,
  weights?: DomainWeights,
): Variance {
  return overDomains(samples, weights, (from, to) => {
    let sum = 0;
    for (let i = 1; i < influences.length; i++)
      sum += squaredDifference(influences[i] as Float64Array, influences[i - 1] as Float64Array, from, to);
    return sum;
  });
}

export function difference(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let s = 0; s < out.length; s++) out[s] = (a[s] as number) - (b[s] as number);
  return out;
}

function overDomains(
  { start, freedom }: Samples,
  weights: DomainWeights | undefined,
  varianceOf: (from: number, to: number) => number,
): Variance {
  const parts: Variance[] = [];
  let total = 0;
  for (let d = 0; d < freedom.length; d++) {
    if (weights?.[d] === 0) continue;
    const variance = varianceOf(start[d] as number, start[d + 1] as number);
    total += variance;
    parts.push({ variance, freedom: freedom[d] as number });
  }
  return { variance: total, freedom: pooledFreedom(parts) };
}

function squares(values: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let s = from; s < to; s++) sum += (values[s] as number) ** 2;
  return sum;
}

function squaredDifference(a: Float64Array, b: Float64Array, from: number, to: number): number {
  let sum = 0;
  for (let s = from; s < to; s++) sum += ((a[s] as number) - (b[s] as number)) ** 2;
  return sum;
}
