import { type Losses, objectiveOf } from '../selection/measured.ts';
import type { EnsembleData } from './data.ts';
import { expectedMinima, expectedRows, rankShares, rankTotals } from './expected-oracle.ts';
import { bits, bitsPerByte, combination, lossesOf, minus, notBelowZero, perNat, perSample } from './rows.ts';
import type { OraclePoint } from './types.ts';

/** Intervals cost a pass over all samples each. */
const MOST_INTERVALS = 64;

/** Losses behind one k: rows as for one model. */
export interface ExpectedPool {
  /** The expected oracle. */
  readonly oracle: Losses;
  /** What it gains over the expected best member; whose best is taken as known. */
  readonly gain: Losses;
}

export type CurvePoint = Omit<OraclePoint, 'independent_gain'>;

/** Every k from 1 to M. */
export function oracleCurve(rows: readonly Losses[], data: EnsembleData, complete: boolean): CurvePoint[] {
  const [total, mean] = rankTotals(rows, [perNat(data), perSample(data)]) as [Float64Array, Float64Array];
  const [oracle, nats] = [expectedMinima(total), expectedMinima(mean)];
  const members = expectedMinima(Float64Array.from(sortedObjectives(rows, data), ({ value }) => value));
  const judged = new Map<number, ExpectedPool>();
  const ks = complete ? spreadOut(rows.length) : [];
  for (const [i, pool] of expectedPools(rows, ks, data).entries()) judged.set(ks[i] as number, pool);
  return Array.from(oracle, (value, i) => {
    const pool = judged.get(i + 1);
    const best = members[i] as number;
    const plain = (nat: number) => ({ value: bits(nat), low: null, high: null });
    return {
      k: i + 1,
      bits_per_byte: pool ? bitsPerByte(pool.oracle, data, true) : plain(value),
      nats: nats[i] as number,
      best_member: bits(best),
      gain: pool ? notBelowZero(bitsPerByte(pool.gain, data, true)) : plain(best - value),
    };
  });
}

export function expectedPools(
  rows: readonly Losses[],
  ks: readonly number[],
  data: Pick<EnsembleData, 'samples' | 'weights'>,
): ExpectedPool[] {
  if (ks.length === 0) return [];
  const { samples } = data;
  const ranked = sortedObjectives(rows, data).map(({ m }) => rows[m] as Losses);
  return expectedRows(rows, ks).map((nll, i) => {
    const oracle = lossesOf(nll, samples);
    const best = combination(ranked, rankShares(rows.length, ks[i] as number), samples);
    return { oracle, gain: minus(best, oracle, samples) };
  });
}

/** Best model first, nats per byte. */
function sortedObjectives(rows: readonly Losses[], { weights }: Pick<EnsembleData, 'weights'>) {
  return rows
    .map((row, m) => ({ m, value: objectiveOf(row, weights) }))
    .sort((a, b) => a.value - b.value || a.m - b.m);
}

/** All k's where they are few; else 1, M and about equal ratios between. */
function spreadOut(M: number): number[] {
  if (M <= MOST_INTERVALS) return Array.from({ length: M }, (_, i) => i + 1);
  const step = Math.log(M) / (MOST_INTERVALS - 1);
  return [...new Set(Array.from({ length: MOST_INTERVALS }, (_, i) => Math.round(Math.exp(i * step))))];
}
