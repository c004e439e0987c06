import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import type { Losses } from './measured.ts';
import type { DomainWeights, Samples } from './samples.ts';

export const REPLICATES = 1000;

/** How often each replicate draws each sample; samples are drawn within their domain. */
export interface Resamples {
  readonly replicates: number;
  /** Shape (R·D + 1): where the draws of each replicate and domain begin; domains of one replicate follow each other. */
  readonly start: Uint32Array;
  /** Samples that are drawn, as their places in their domain, ascending. */
  readonly drawn: Uint16Array | Uint32Array;
  /** How often each of them is. */
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
  const D = samples.domains.length;
  const sizes = samples.domains.map(
    (_, d) => (samples.start[d + 1] as number) - (samples.start[d] as number),
  );
  const most = Math.max(0, ...sizes);
  const start = new Uint32Array(replicates * D + 1);
  const room = replicates * samples.tokens.length;
  const drawn = most > 65536 ? new Uint32Array(room) : new Uint16Array(room);
  const counts = new Uint8Array(room);
  const tokens = new Float64Array(replicates * D);
  const times = new Uint8Array(most);
  let at = 0;
  for (let cell = 0; cell < tokens.length; cell++) {
    const d = cell % D;
    const n = sizes[d] as number;
    times.fill(0);
    for (let i = 0; i < n; i++) {
      const s = below(rng, n);
      times[s] = (times[s] as number) + 1;
    }
    for (let s = 0; s < n; s++) {
      const count = times[s] as number;
      if (count === 0) continue;
      drawn[at] = s;
      counts[at] = count;
      at += 1;
      tokens[cell] =
        (tokens[cell] as number) + count * (samples.tokens[(samples.start[d] as number) + s] as number);
    }
    start[cell + 1] = at;
  }
  return { replicates, start, drawn: drawn.slice(0, at), counts: counts.slice(0, at), tokens };
}

/** Sums of so many rows are added at once: one alone would wait for each addition. */
const LANES = 8;

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
  samples: Samples,
  { replicates, start, drawn, counts, tokens }: Resamples,
  out: readonly Float64Array[],
): void {
  const D = samples.domains.length;
  const from = samples.start[d] as number;
  const n = (samples.start[d + 1] as number) - from;
  const nll = interleaved(rows, from, n);
  const inflation = n > 1 ? Math.sqrt(n / (n - 1)) : 1;
  const sums = new Float64Array(LANES);
  for (let r = 0; r < replicates; r++) {
    const cell = r * D + d;
    const end = start[cell + 1] as number;
    let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let i = start[cell] as number; i < end; i++) {
      const count = counts[i] as number;
      const at = (drawn[i] as number) * LANES;
      s0 += count * (nll[at] as number);
      s1 += count * (nll[at + 1] as number);
      s2 += count * (nll[at + 2] as number);
      s3 += count * (nll[at + 3] as number);
      s4 += count * (nll[at + 4] as number);
      s5 += count * (nll[at + 5] as number);
      s6 += count * (nll[at + 6] as number);
      s7 += count * (nll[at + 7] as number);
    }
    sums[0] = s0;
    sums[1] = s1;
    sums[2] = s2;
    sums[3] = s3;
    sums[4] = s4;
    sums[5] = s5;
    sums[6] = s6;
    sums[7] = s7;
    const total = tokens[cell] as number;
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
