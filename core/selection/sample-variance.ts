import type { Variance } from './estimated.ts';
import { pooledFreedom } from './freedom.ts';
import type { Samples } from './samples.ts';

/**
 * Errors from evaluation samples, of one row or of several together, from their influences, each of shape (S): the sum of
 * their variances. Each domain's part is known only by its own samples (Welch and Satterthwaite): where a small domain
 * makes most of an error, the many samples of another do not make it surer.
 */
export function sampleVariance(influences: readonly Float64Array[], { start, freedom }: Samples): Variance {
  const parts = Array.from(freedom, (own, d) => ({
    variance: influences.reduce((sum, values) => sum + squares(values, start[d], start[d + 1]), 0),
    freedom: own,
  }));
  return { variance: parts.reduce((sum, { variance }) => sum + variance, 0), freedom: pooledFreedom(parts) };
}

/** The same of the difference of two models scored on the same samples. */
export function pairedVariance(a: Float64Array, b: Float64Array, samples: Samples): Variance {
  return sampleVariance([difference(a, b)], samples);
}

export function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, s) => value - (b[s] as number));
}

function squares(values: Float64Array, from = 0, to = 0): number {
  let sum = 0;
  for (let s = from; s < to; s++) sum += (values[s] as number) ** 2;
  return sum;
}
