import { type Losses, type Measured, meanLosses } from './measured.ts';
import type { Samples } from './samples.ts';
import { subsetsOfSize } from './subset-count.ts';

/** The typical subset of size k: the mean over all of them, estimated from those that the design drew. */
export interface TypicalPoint {
  readonly k: number;
  readonly losses: Losses;
  /** Which measured subsets the design drew, and their weights in a plain mean, which sum to 1. */
  readonly entries: readonly { readonly index: number; readonly weight: number }[];
  /** Every subset of size k has been measured: there is no error from subsets. */
  readonly exhaustive: boolean;
  /** C(M − i, k − i), where i experts are in every subset. */
  readonly of: number;
  readonly draws: number;
  /**
   * Where a surrogate assists: losses of domains, shape (D) each, as many as merges that it rests on, whose spread tells
   * the error of `losses` from subsets (core/surrogate/assisted-curve.ts). Null for a plain mean, which `entries` tell all of.
   */
  readonly terms: readonly Float64Array[] | null;
  /** Beside terms, shape (M): losses of domains over the subsets without each expert; null where none is measured. */
  readonly leftOut?: readonly (Float64Array | null)[];
}

interface Made {
  readonly pool: number;
  readonly samples: Samples;
  readonly required: number;
  readonly points: readonly TypicalPoint[];
}

const made = new WeakMap<readonly Measured[], Made>();

/**
 * One point for each k that the design reached, ascending: Σ draws·L / Σ draws. Where every subset of size k has been
 * measured, for whatever purpose, it is their plain mean, which is exact. Made once for the same array of merges.
 *
 * @param required how many experts every subset holds
 */
export function typicalPoints(
  measured: readonly Measured[],
  pool: number,
  samples: Samples,
  required = 0,
): readonly TypicalPoint[] {
  const known = made.get(measured);
  if (known?.pool === pool && known.samples === samples && known.required === required) return known.points;
  const points = pointsOf(measured, pool, samples, required);
  made.set(measured, { pool, samples, required, points });
  return points;
}

function pointsOf(
  measured: readonly Measured[],
  pool: number,
  samples: Samples,
  required: number,
): TypicalPoint[] {
  const byK = new Map<number, number[]>();
  for (const [index, { members }] of measured.entries()) {
    const same = byK.get(members.length);
    if (same) same.push(index);
    else byK.set(members.length, [index]);
  }
  const points: TypicalPoint[] = [];
  for (const [k, indices] of [...byK].sort(([a], [b]) => a - b)) {
    const drawsOf = (index: number) => measured[index]?.draws ?? 0;
    const draws = indices.reduce((sum, index) => sum + drawsOf(index), 0);
    if (draws === 0) continue;
    const of = subsetsOfSize(pool - required, k - required);
    const exhaustive = indices.length === of;
    const entries = exhaustive
      ? indices.map((index) => ({ index, weight: 1 / of }))
      : indices
          .filter((index) => drawsOf(index) > 0)
          .map((index) => ({ index, weight: drawsOf(index) / draws }));
    const losses = meanLosses(
      entries.map(({ index }) => measured[index] as Measured),
      entries.map(({ weight }) => weight),
      samples,
    );
    points.push({ k, losses, entries, exhaustive, of, draws, terms: null });
  }
  return points;
}
