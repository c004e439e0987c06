import type { Resamples } from './resample.ts';

/** Σ_s value_s·count_rs for each replicate; the values of a domain sum to zero, so no centring is needed. Shape (R). */
export function deviationsOf(values: Float64Array, resamples: Resamples): Float64Array {
  const S = values.length;
  const out = new Float64Array(resamples.replicates);
  for (let r = 0; r < out.length; r++) {
    let sum = 0;
    const at = r * S;
    for (let s = 0; s < S; s++) sum += (values[s] as number) * (resamples.counts[at + s] as number);
    out[r] = sum;
  }
  return out;
}

/** The 95% quantile over replicates of the largest deviation; −∞ without any. */
export function maxQuantile(deviations: readonly Float64Array[], replicates: number): number {
  const largest = new Float64Array(replicates).fill(Number.NEGATIVE_INFINITY);
  for (const row of deviations) {
    for (let r = 0; r < replicates; r++)
      if ((row[r] as number) > (largest[r] as number)) largest[r] = row[r] as number;
  }
  largest.sort();
  return largest[Math.ceil(0.95 * replicates) - 1] as number;
}
