/**
 * The expected oracle over all subsets of k of M models, exactly. With a sample's losses ascending, the j-th is the
 * smallest of a random subset with probability C(M − j, k − 1)/C(M, k): all k − 1 others lie behind it.
 */
import type { Losses } from '../selection/measured.ts';

/** That probability for j = 1..M. Shape (M), sum 1. By the ratio of neighbours, so that no binomial overflows. */
export function rankShares(M: number, k: number): Float64Array {
  const shares = new Float64Array(M);
  shares[0] = k / M;
  for (let j = 1; j <= M - k; j++) shares[j] = ((shares[j - 1] as number) * (M - j - k + 1)) / (M - j);
  return shares;
}

/** Σ_s scale_s · (j-th smallest loss of sample s), for each scale. Shapes (M). */
export function rankTotals(rows: readonly Losses[], scales: readonly Float64Array[]): Float64Array[] {
  const totals = scales.map(() => new Float64Array(rows.length));
  forSortedSamples(rows, (sorted, s) => {
    for (const [i, scale] of scales.entries()) {
      const total = totals[i] as Float64Array;
      const share = scale[s] as number;
      for (let j = 0; j < sorted.length; j++) total[j] = (total[j] as number) + share * (sorted[j] as number);
    }
  });
  return totals;
}

/** Expected minimum over subsets of k = 1..M, from sums or values by rank. Shape (M). */
export function expectedMinima(byRank: Float64Array): Float64Array {
  const M = byRank.length;
  const out = new Float64Array(M);
  for (let k = 1; k <= M; k++) {
    let share = k / M;
    let sum = 0;
    for (let j = 1; j <= M - k + 1 && share > 0; j++) {
      sum += share * (byRank[j - 1] as number);
      share *= (M - j - k + 1) / (M - j);
    }
    out[k - 1] = sum;
  }
  return out;
}

/** The expected oracle of each sample at each of `ks`: one row (S) a k. */
export function expectedRows(rows: readonly Losses[], ks: readonly number[]): Float64Array[] {
  const M = rows.length;
  const shares = ks.map((k) => rankShares(M, k));
  const out = ks.map(() => new Float64Array(rows[0]?.nll.length ?? 0));
  forSortedSamples(rows, (sorted, s) => {
    for (const [i, k] of ks.entries()) {
      const share = shares[i] as Float64Array;
      let sum = 0;
      for (let j = 0; j <= M - k; j++) sum += (share[j] as number) * (sorted[j] as number);
      (out[i] as Float64Array)[s] = sum;
    }
  });
  return out;
}

/** Samples are sorted in blocks, since rows lie model by model. */
const BLOCK = 64;

function forSortedSamples(rows: readonly Losses[], use: (sorted: Float64Array, s: number) => void): void {
  const M = rows.length;
  const S = rows[0]?.nll.length ?? 0;
  const block = new Float64Array(BLOCK * M);
  for (let from = 0; from < S; from += BLOCK) {
    const to = Math.min(S, from + BLOCK);
    for (const [m, { nll }] of rows.entries())
      for (let s = from; s < to; s++) block[(s - from) * M + m] = nll[s] as number;
    for (let s = from; s < to; s++) use(block.subarray((s - from) * M, (s - from + 1) * M).sort(), s);
  }
}
