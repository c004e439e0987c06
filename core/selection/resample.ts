import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Losses } from './measured.ts';
import type { DomainWeights, Samples } from './samples.ts';

export const REPLICATES = 1000;

/** How often each replicate draws each sample; samples are drawn within their domain. */
export interface Resamples {
  readonly replicates: number;
  /** Shape (R, S). */
  readonly counts: Uint8Array;
  /** Shape (R, D): scored tokens drawn. */
  readonly tokens: Float64Array;
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
  const D = samples.domains.length;
  const counts = new Uint8Array(replicates * S);
  const tokens = new Float64Array(replicates * D);
  for (let r = 0; r < replicates; r++) {
    for (let d = 0; d < D; d++) {
      const from = samples.start[d] as number;
      const to = samples.start[d + 1] as number;
      for (let i = from; i < to; i++) {
        const at = r * S + from + below(rng, to - from);
        counts[at] = (counts[at] as number) + 1;
      }
      let drawn = 0;
      for (let s = from; s < to; s++) drawn += (counts[r * S + s] as number) * (samples.tokens[s] as number);
      tokens[r * D + d] = drawn;
    }
  }
  return { replicates, counts, tokens };
}

/** Sums of so many rows are added at once: one alone would wait for each addition. */
const LANES = 4;

/**
 * Σ_d w_d L_d of each row on every replicate, each domain a ratio; deviations are scaled by √(n/(n−1)), which a
 * bootstrap of n samples lacks. Shape (rows), each (R).
 */
export function replicatesOf(
  rows: readonly Losses[],
  samples: Samples,
  weights: DomainWeights,
  resamples: Resamples,
): Float64Array[] {
  const out = rows.map(() => new Float64Array(resamples.replicates));
  for (let first = 0; first < rows.length; first += LANES) {
    const own = rows.slice(first, first + LANES);
    for (let d = 0; d < weights.length; d++)
      if (weights[d] !== 0)
        addDomain(own, d, weights[d] as number, samples, resamples, out.slice(first, first + LANES));
  }
  return out;
}

function addDomain(
  rows: readonly Losses[],
  d: number,
  weight: number,
  { start, domains }: Samples,
  { replicates, counts, tokens }: Resamples,
  out: readonly Float64Array[],
): void {
  const from = start[d] as number;
  const n = (start[d + 1] as number) - from;
  const S = start.at(-1) as number;
  const nll = interleaved(rows, from, n);
  const inflation = n > 1 ? Math.sqrt(n / (n - 1)) : 1;
  const sums = new Float64Array(LANES);
  for (let r = 0; r < replicates; r++) {
    const drawn = r * S + from;
    let [a, b, c, e] = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const count = counts[drawn + i] as number;
      const at = i * LANES;
      a += count * (nll[at] as number);
      b += count * (nll[at + 1] as number);
      c += count * (nll[at + 2] as number);
      e += count * (nll[at + 3] as number);
    }
    sums[0] = a;
    sums[1] = b;
    sums[2] = c;
    sums[3] = e;
    const total = tokens[r * domains.length + d] as number;
    for (let lane = 0; lane < rows.length; lane++) {
      const loss = (rows[lane] as Losses).domains[d] as number;
      const column = out[lane] as Float64Array;
      column[r] =
        (column[r] as number) + weight * (loss + inflation * ((sums[lane] as number) / total - loss));
    }
  }
}

/** Samples `from` to `from` + n of each row, side by side; zero where there are fewer rows. Shape (n, LANES). */
function interleaved(rows: readonly Losses[], from: number, n: number): Float64Array {
  const out = new Float64Array(n * LANES);
  for (const [lane, { nll }] of rows.entries())
    for (let i = 0; i < n; i++) out[i * LANES + lane] = nll[from + i] as number;
  return out;
}
