import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Losses } from './measured.ts';
import type { DomainWeights, Samples } from './samples.ts';

export const REPLICATES = 1000;

/** How often each replicate draws each sample. Shape (R, S); samples are drawn within their domain. */
export interface Resamples {
  readonly replicates: number;
  readonly counts: Uint8Array;
}

/** The first 32 bits of a hex hash, as a seed: the same content always gives the same digits. */
export function seedOf(hash: string): number {
  return Number.parseInt(hash.slice(0, 8), 16) | 0;
}

/** Uniform integer in 0..n−1, n below 2^16; its bias is below n/2^32. */
export function below(rng: RandomGenerator, n: number): number {
  return Math.floor(((rng.next() >>> 0) / 4294967296) * n);
}

/** Draws each domain's samples with replacement. One set serves every merge, so that all differences are paired. */
export function resample(samples: Samples, seed: number, replicates: number = REPLICATES): Resamples {
  const rng = xoroshiro128plus(seed);
  const S = samples.tokens.length;
  const counts = new Uint8Array(replicates * S);
  for (let r = 0; r < replicates; r++) {
    for (let d = 0; d < samples.domains.length; d++) {
      const from = samples.start[d] as number;
      const n = (samples.start[d + 1] as number) - from;
      for (let i = 0; i < n; i++) {
        const at = r * S + from + below(rng, n);
        counts[at] = (counts[at] as number) + 1;
      }
    }
  }
  return { replicates, counts };
}

/**
 * Σ_d w_d L_d on every replicate, each domain a ratio; deviations are scaled by √(n/(n−1)), which a bootstrap of n
 * samples lacks. Shape (R).
 */
export function replicatesOf(
  row: Losses,
  samples: Samples,
  weights: DomainWeights,
  resamples: Resamples,
): Float64Array {
  const S = samples.tokens.length;
  const out = new Float64Array(resamples.replicates);
  for (let r = 0; r < out.length; r++) {
    let sum = 0;
    for (let d = 0; d < weights.length; d++) {
      const weight = weights[d] as number;
      if (weight === 0) continue;
      const from = samples.start[d] as number;
      const to = samples.start[d + 1] as number;
      let nll = 0;
      let tokens = 0;
      for (let s = from; s < to; s++) {
        const count = resamples.counts[r * S + s] as number;
        nll += count * (row.nll[s] as number);
        tokens += count * (samples.tokens[s] as number);
      }
      const loss = row.domains[d] as number;
      const inflation = to - from > 1 ? Math.sqrt((to - from) / (to - from - 1)) : 1;
      sum += weight * (loss + inflation * (nll / tokens - loss));
    }
    out[r] = sum;
  }
  return out;
}
