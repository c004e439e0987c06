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
  const variances = new Float64Array(samples.freedom.length);
  for (const values of influences)
    for (let d = 0; d < variances.length; d++)
      if (weights?.[d] !== 0) variances[d] = (variances[d] as number) + squares(values, samples, d);
  return summed(variances, samples);
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
  const variances = new Float64Array(samples.freedom.length);
  for (let i = 1; i < influences.length; i++)
    for (let d = 0; d < variances.length; d++)
      if (weights?.[d] !== 0) {
        const step = squaredSteps(
          influences[i - 1] as Float64Array,
          influences[i] as Float64Array,
          samples,
          d,
        );
        variances[d] = (variances[d] as number) + step;
      }
  return summed(variances, samples);
}

function summed(variances: Float64Array, { freedom }: Samples): Variance {
  const parts = Array.from(variances, (variance, d) => ({ variance, freedom: freedom[d] as number }));
  return { variance: variances.reduce((sum, own) => sum + own, 0), freedom: pooledFreedom(parts) };
}

export function difference(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let s = 0; s < out.length; s++) out[s] = (a[s] as number) - (b[s] as number);
  return out;
}

/** Over domain d. */
function squares(values: Float64Array, { start }: Samples, d: number): number {
  let sum = 0;
  for (let s = start[d] as number; s < (start[d + 1] as number); s++) sum += (values[s] as number) ** 2;
  return sum;
}

function squaredSteps(from: Float64Array, to: Float64Array, { start }: Samples, d: number): number {
  let sum = 0;
  for (let s = start[d] as number; s < (start[d + 1] as number); s++)
    sum += ((to[s] as number) - (from[s] as number)) ** 2;
  return sum;
}
