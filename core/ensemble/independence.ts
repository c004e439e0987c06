/**
 * The independence benchmark: the same losses, each model's column shuffled by itself within bins of equal difficulty.
 * Models keep their means and what is hard for all stays hard, but nothing else ties them together; the oracle's gain
 * is then that of independent noise. It depends on the bins: a benchmark, not a test. What is shuffled is what each
 * sample contributes to the objective, so that every model keeps its bits per byte exactly.
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { student95 } from '../law/student.ts';
import type { Estimated } from '../selection/estimated.ts';
import type { Losses } from '../selection/measured.ts';
import { below } from '../selection/resample.ts';
import { shuffle } from '../selection/shuffle.ts';
import type { EnsembleData } from './data.ts';
import { expectedMinima, rankTotals } from './expected-oracle.ts';
import { lower } from './rows.ts';

export const BINS = 10;

/** Sample indices of each bin, by the mean contribution over models; none has fewer than two where S allows. */
export function difficultyBins(rows: readonly Losses[], scale: Float64Array): number[][] {
  const difficulty = scale.map(
    (share, s) => share * rows.reduce((sum, { nll }) => sum + (nll[s] as number), 0),
  );
  const order = Array.from(scale.keys()).sort(
    (a, b) => (difficulty[a] as number) - (difficulty[b] as number) || a - b,
  );
  const count = Math.max(1, Math.min(BINS, Math.floor(order.length / 2)));
  return Array.from({ length: count }, (_, bin) =>
    order.slice(Math.round((bin * order.length) / count), Math.round(((bin + 1) * order.length) / count)),
  );
}

/** Losses shuffled so often are averaged: fewer where one costs much. */
export function shufflesFor(M: number, S: number): number {
  return Math.max(2, Math.min(10, Math.floor(2e7 / (M * S))));
}

/** Σ by rank of the shuffled contributions, averaged over shuffles, as an expected oracle by k. Shape (M), nats per byte. */
export function independentOracle(
  rows: readonly Losses[],
  scale: Float64Array,
  bins: readonly (readonly number[])[],
  shuffles: number,
  seed: number,
): Float64Array {
  const rng = xoroshiro128plus(seed);
  const order = bins.flat();
  const ones = new Float64Array(order.length).fill(1);
  const mean = new Float64Array(rows.length);
  for (let i = 0; i < shuffles; i++) {
    const shuffled = rows.map(({ nll }) => {
      const column = Float64Array.from(order, (s) => (scale[s] as number) * (nll[s] as number));
      shuffleBins(
        column,
        bins.map(({ length }) => length),
        rng,
      );
      return { nll: column, domains: new Float64Array(0) };
    });
    const [totals] = rankTotals(shuffled, [ones]) as [Float64Array];
    for (const [k, value] of expectedMinima(totals).entries())
      mean[k] = (mean[k] as number) + value / shuffles;
  }
  return mean;
}

/** Shuffles each of the bins that lie one behind the other. */
function shuffleBins(column: Float64Array, lengths: readonly number[], rng: RandomGenerator): void {
  let from = 0;
  for (const length of lengths) {
    shuffle(column, rng, from, from + length);
    from += length;
  }
}

/** The benchmark's gain over the measured one at k = M, with its error from resampled samples, bins kept. */
export function independentShare(
  value: number,
  rows: readonly Losses[],
  data: EnsembleData,
  bins: readonly (readonly number[])[],
): Estimated {
  const S = data.samples.tokens.length;
  const replicates = Math.max(40, Math.min(400, Math.floor(2e8 / (rows.length * S))));
  const rng = xoroshiro128plus(data.seed);
  const shares = Array.from({ length: replicates }, () => shareOnce(rows, data, bins, rng));
  const mean = shares.reduce((sum, share) => sum + share, 0) / replicates;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / (replicates - 1);
  const half = student95(replicates - 1) * Math.sqrt(variance);
  // A replicate in which nothing is gained has no share.
  return Number.isFinite(half)
    ? { value, low: value - half, high: value + half }
    : { value, low: null, high: null };
}

function shareOnce(
  rows: readonly Losses[],
  data: EnsembleData,
  bins: readonly (readonly number[])[],
  rng: RandomGenerator,
): number {
  const drawn = drawSamples(data, bins, rng);
  const n = drawn.order.length;
  const [oracle, independent] = [new Float64Array(n).fill(Infinity), new Float64Array(n).fill(Infinity)];
  let best = Number.POSITIVE_INFINITY;
  const column = new Float64Array(n);
  for (const { nll } of rows) {
    let sum = 0;
    for (let i = 0; i < n; i++) {
      column[i] = (drawn.scale[i] as number) * (nll[drawn.order[i] as number] as number);
      sum += column[i] as number;
    }
    best = Math.min(best, sum);
    lower(oracle, column);
    shuffleBins(column, drawn.lengths, rng);
    lower(independent, column);
  }
  const total = (values: Float64Array) => values.reduce((a, b) => a + b, 0);
  return (best - total(independent)) / (best - total(oracle));
}

/** A resample within domains, its samples bin by bin. */
function drawSamples(data: EnsembleData, bins: readonly (readonly number[])[], rng: RandomGenerator) {
  const { samples, weights } = data;
  const counts = new Uint32Array(samples.tokens.length);
  const own = new Float64Array(counts.length);
  for (let d = 0; d < weights.length; d++) {
    const [from, to] = [samples.start[d] as number, samples.start[d + 1] as number];
    let bytes = 0;
    for (let i = from; i < to; i++) {
      const s = from + below(rng, to - from);
      counts[s] = (counts[s] as number) + 1;
      bytes += samples.tokens[s] as number;
    }
    own.fill((weights[d] as number) / bytes, from, to);
  }
  const drawn = bins.map((bin) => bin.flatMap((s) => new Array<number>(counts[s] as number).fill(s)));
  const order = drawn.flat();
  return { order, lengths: drawn.map(({ length }) => length), scale: order.map((s) => own[s] as number) };
}
