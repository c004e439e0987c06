import type { Resamples } from './resample.ts';
import type { Samples } from './samples.ts';

/** Σ_s value_s·count_rs for each replicate; the values of a domain sum to zero, so no centring is needed. Shape (R). */
export function deviationsOf(
  values: Float64Array,
  { domains, start: samples }: Samples,
  { replicates, start, drawn, counts }: Resamples,
): Float64Array {
  const D = domains.length;
  const out = new Float64Array(replicates);
  for (let r = 0; r < replicates; r++) {
    let sum = 0;
    for (let d = 0; d < D; d++) {
      const from = samples[d] as number;
      const end = start[r * D + d + 1] as number;
      for (let i = start[r * D + d] as number; i < end; i++)
        sum += (values[from + (drawn[i] as number)] as number) * (counts[i] as number);
    }
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
