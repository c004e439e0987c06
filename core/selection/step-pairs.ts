import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { Scope } from './scope.ts';
import { isMember, type SubsetFinder, type SubsetMasks } from './subset-masks.ts';

/** Measured subsets T and T ∪ {donor}, by columns of equal length. */
export interface StepPairs {
  readonly donor: Uint8Array;
  /** Index of T, and of T with the donor. */
  readonly before: Int32Array;
  readonly after: Int32Array;
  /** Size of T within the scope. */
  readonly t: Uint8Array;
}

/** Every measured pair (T, T ∪ {d}) of the scope whose size t of T is asked for. */
export function stepPairs(
  masks: SubsetMasks,
  find: SubsetFinder,
  scope: Scope,
  steps: ReadonlySet<number>,
): StepPairs {
  const rows: { donor: number[]; before: number[]; after: number[]; t: number[] } = {
    donor: [],
    before: [],
    after: [],
    t: [],
  };
  for (const after of scope.indices) {
    const t = (masks.size[after] as number) - scope.fixed - 1;
    if (!steps.has(t)) continue;
    for (const donor of scope.players) {
      if (!isMember(masks, after, donor)) continue;
      const before = find(after, donor);
      if (before < 0) continue;
      rows.donor.push(donor);
      rows.before.push(before);
      rows.after.push(after);
      rows.t.push(t);
    }
  }
  return {
    donor: Uint8Array.from(rows.donor),
    before: Int32Array.from(rows.before),
    after: Int32Array.from(rows.after),
    t: Uint8Array.from(rows.t),
  };
}

/** Change of the loss at each pair, nats. */
export function changesOf({ before, after }: StepPairs, losses: Float64Array): Float64Array {
  const changes = new Float64Array(before.length);
  for (let i = 0; i < changes.length; i++)
    changes[i] = (losses[after[i] as number] as number) - (losses[before[i] as number] as number);
  return changes;
}

/** Effects of donors from measured pairs, as linear functions of the changes. */
export interface PairEffects {
  /** By donor; those without pairs are absent. */
  readonly donors: ReadonlyMap<
    number,
    {
      /** Shape (pairs). */
      readonly coefficients: Float64Array;
      /** Variance in units of the variance around the model. */
      readonly leverage: number;
      readonly comparisons: number;
    }
  >;
  /** Variance of the changes around the model, with `freedom` degrees of freedom. */
  readonly variance: (changes: Float64Array) => number;
  readonly freedom: number;
}

/**
 * Least squares of change = step t + donor d with donors' effects summing to zero over those compared, so that an
 * expert is not judged by who else happened to be added at its steps. Null where the pairs do not connect the donors.
 */
export function pairEffects(pairs: StepPairs): PairEffects | null {
  const n = pairs.donor.length;
  const donors = [...new Set(pairs.donor)].sort((a, b) => a - b);
  const steps = [...new Set(pairs.t)];
  const p = donors.length + steps.length;
  // Sums of the donors and of the steps are the same column twice; effects that sum to zero take one away.
  const freedom = n - (p - 1);
  if (donors.length < 2 || freedom < 1) return null;
  const rowOfDonor = new Map(donors.map((donor, i) => [donor, i]));
  const rowOfStep = new Map(steps.map((t, i) => [t, donors.length + i]));
  const donorRow = Int32Array.from(pairs.donor, (donor) => rowOfDonor.get(donor) ?? 0);
  const stepRow = Int32Array.from(pairs.t, (t) => rowOfStep.get(t) ?? 0);
  const inverse = inverseGram(donorRow, stepRow, donors.length, p);
  if (!inverse) return null;
  const effect = (row: number, i: number) =>
    inverse.get(row, donorRow[i] as number) + inverse.get(row, stepRow[i] as number);
  const variance = (changes: Float64Array) => {
    const projected = new Float64Array(p);
    for (let i = 0; i < n; i++) {
      for (const row of [donorRow[i] as number, stepRow[i] as number])
        projected[row] = (projected[row] as number) + (changes[i] as number);
    }
    const fitted = inverse.mmul(Matrix.columnVector(projected));
    let squares = 0;
    for (let i = 0; i < n; i++)
      squares +=
        ((changes[i] as number) -
          fitted.get(donorRow[i] as number, 0) -
          fitted.get(stepRow[i] as number, 0)) **
        2;
    return squares / freedom;
  };
  return {
    donors: new Map(
      donors.map((donor, row) => {
        const coefficients = Float64Array.from({ length: n }, (_, i) => effect(row, i));
        const leverage = coefficients.reduce((sum, c) => sum + c * c, 0);
        const comparisons = pairs.donor.reduce((sum, d) => sum + (d === donor ? 1 : 0), 0);
        return [donor, { coefficients, leverage, comparisons }];
      }),
    ),
    variance,
    freedom,
  };
}

/** Of the donors' and steps' indicators, with the donors' sum held at zero. Null where it is singular. */
function inverseGram(donorRow: Int32Array, stepRow: Int32Array, donors: number, p: number): Matrix | null {
  const gram = Matrix.zeros(p, p);
  for (let i = 0; i < donorRow.length; i++) {
    const a = donorRow[i] as number;
    const b = stepRow[i] as number;
    gram.set(a, a, gram.get(a, a) + 1);
    gram.set(b, b, gram.get(b, b) + 1);
    gram.set(a, b, gram.get(a, b) + 1);
    gram.set(b, a, gram.get(b, a) + 1);
  }
  const scale = gram.trace() / p;
  for (let a = 0; a < donors; a++) for (let b = 0; b < donors; b++) gram.set(a, b, gram.get(a, b) + scale);
  const cholesky = new CholeskyDecomposition(gram);
  if (!cholesky.isPositiveDefinite()) return null;
  const pivots = cholesky.lowerTriangularMatrix.diagonal();
  if (Math.min(...pivots) < 1e-6 * Math.sqrt(scale)) return null;
  return cholesky.solve(Matrix.eye(p));
}
