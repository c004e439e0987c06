import { dot } from './measured.ts';
import type { StepPairs } from './step-pairs.ts';

/** The subsets whose differences pairs are: pairs that share one are not independent. */
export interface PairSubsets {
  /** Positions of the pairs' subsets among those that occur, shape (pairs). */
  readonly before: Int32Array;
  readonly after: Int32Array;
  readonly count: number;
  /** Variance of each in units of the model's, shape (count). */
  readonly spread: Float64Array;
  /** Of the changes: how many can be chosen freely. */
  readonly rank: number;
}

export function subsetsOfPairs({ before, after, t }: StepPairs, shape: (t: number) => number): PairSubsets {
  const positions = new Map<number, number>();
  const positionOf = (index: number) => {
    const known = positions.get(index);
    if (known !== undefined) return known;
    positions.set(index, positions.size);
    return positions.size - 1;
  };
  const from = before.map(positionOf);
  const to = after.map(positionOf);
  const root = Int32Array.from({ length: positions.size }, (_, i) => i);
  const find = (i: number): number => {
    let at = i;
    while (root[at] !== at) at = root[at] as number;
    return at;
  };
  let rank = 0;
  for (let i = 0; i < from.length; i++) {
    const [a, b] = [find(from[i] as number), find(to[i] as number)];
    if (a === b) continue;
    root[a] = b;
    rank += 1;
  }
  const spread = new Float64Array(positions.size);
  for (let i = 0; i < from.length; i++) {
    spread[from[i] as number] = shape(t[i] as number);
    spread[to[i] as number] = shape((t[i] as number) + 1);
  }
  return { before: from, after: to, count: positions.size, spread, rank };
}

/** Σ over subsets of (the sum of its pairs' coefficients)²: variance in units of one subset's. */
export function squaresBySubset(
  { before, after, count, spread }: PairSubsets,
  coefficients: Float64Array,
): number {
  const sums = new Float64Array(count);
  for (let i = 0; i < coefficients.length; i++) {
    const [b, a] = [before[i] as number, after[i] as number];
    sums[b] = (sums[b] as number) - (coefficients[i] as number);
    sums[a] = (sums[a] as number) + (coefficients[i] as number);
  }
  return sums.reduce((total, sum, at) => total + sum ** 2 * (spread[at] as number), 0);
}

/**
 * Squares around the model of which few make the most tell less of their variance than there are: as a share,
 * (Σv)²/(n·Σv²) for pairs of the variances v (Satterthwaite).
 */
export function evenness({ before, after, spread }: PairSubsets, weights: Float64Array): number {
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < before.length; i++) {
    const own = (spread[before[i] as number] as number) + (spread[after[i] as number] as number);
    sum += (weights[i] as number) * own;
    squares += ((weights[i] as number) * own) ** 2;
  }
  return squares > 0 ? sum ** 2 / (before.length * squares) : 1;
}

/** A row of the model for each pair: its donor's, by which it is faded, and its step's. Shapes (pairs). */
export interface PairModel {
  readonly donorRow: Int32Array;
  readonly stepRow: Int32Array;
  readonly fading: Float64Array;
}

/** Of the weighted squares around the model: tr(W·V) − tr(G⁻¹·XᵀW·V·W·X), V the covariance of the changes in units of the model's variance. */
export function expectedSquares(
  { before, after, count, spread }: PairSubsets,
  weights: Float64Array,
  { donorRow, stepRow, fading }: PairModel,
  inverse: Float64Array,
  p: number,
): number {
  const sums = new Float64Array(count * p);
  const add = (subset: number, row: number, by: number) => {
    sums[subset * p + row] = (sums[subset * p + row] as number) + by;
  };
  let expected = 0;
  for (let i = 0; i < before.length; i++) {
    const [b, a, weight] = [before[i] as number, after[i] as number, weights[i] as number];
    expected += weight * ((spread[b] as number) + (spread[a] as number));
    const [donor, step, faded] = [
      donorRow[i] as number,
      stepRow[i] as number,
      weight * (fading[i] as number),
    ];
    add(b, donor, -faded);
    add(a, donor, faded);
    add(b, step, -weight);
    add(a, step, weight);
  }
  for (let s = 0; s < count; s++) {
    const own = sums.subarray(s * p, (s + 1) * p);
    for (let a = 0; a < p; a++)
      if (own[a] !== 0)
        expected -=
          (spread[s] as number) * (own[a] as number) * dot(inverse.subarray(a * p, (a + 1) * p), own);
  }
  return expected;
}
