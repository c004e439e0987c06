import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { Measured } from './measured.ts';

/** A measured subset and the same with one expert more. */
export interface StepPair {
  readonly donor: number;
  /** Index of T, and of T with the donor. */
  readonly before: number;
  readonly after: number;
  /** Size of T. */
  readonly t: number;
}

/** Every measured pair (T, T ∪ {d}) whose size t of T is asked for. */
export function stepPairs(measured: readonly Measured[], steps: ReadonlySet<number>): StepPair[] {
  const indexOf = new Map(measured.map(({ members }, index) => [members.join(), index]));
  const pairs: StepPair[] = [];
  for (const [after, { members }] of measured.entries()) {
    const t = members.length - 1;
    if (!steps.has(t)) continue;
    for (const donor of members) {
      const before = indexOf.get(members.filter((d) => d !== donor).join());
      if (before !== undefined) pairs.push({ donor, before, after, t });
    }
  }
  return pairs;
}

/** Effects of donors from measured pairs, as linear functions of the changes. */
export interface PairEffects {
  /** Shape (M): null for a donor without pairs. */
  readonly donors: readonly ({
    readonly coefficients: Float64Array;
    /** Variance in units of the variance around the model. */
    readonly leverage: number;
    readonly comparisons: number;
  } | null)[];
  /** Variance of the changes around the model, with `freedom` degrees of freedom. */
  readonly variance: number;
  readonly freedom: number;
}

/**
 * Least squares of change = step t + donor d with donors' effects summing to zero over those compared, so that an
 * expert is not judged by who else happened to be added at its steps. Null where the pairs do not connect the donors.
 */
export function pairEffects(
  pairs: readonly StepPair[],
  changes: Float64Array,
  pool: number,
): PairEffects | null {
  const present = [...new Set(pairs.map(({ donor }) => donor))].sort((a, b) => a - b);
  const steps = [...new Set(pairs.map(({ t }) => t))];
  const p = present.length + steps.length;
  // Sums of the donors and of the steps are the same column twice; effects that sum to zero take one away.
  const freedom = pairs.length - (p - 1);
  if (present.length < 2 || freedom < 1) return null;
  const donorAt = new Map(present.map((donor, i) => [donor, i]));
  const stepAt = new Map(steps.map((t, i) => [t, present.length + i]));
  const X = Matrix.zeros(pairs.length, p);
  for (const [i, { donor, t }] of pairs.entries()) {
    X.set(i, donorAt.get(donor) ?? 0, 1);
    X.set(i, stepAt.get(t) ?? 0, 1);
  }
  const gram = X.transpose().mmul(X);
  const scale = gram.trace() / p;
  for (let a = 0; a < present.length; a++)
    for (let b = 0; b < present.length; b++) gram.set(a, b, gram.get(a, b) + scale);
  const cholesky = new CholeskyDecomposition(gram);
  if (!cholesky.isPositiveDefinite()) return null;
  const pivots = cholesky.lowerTriangularMatrix.diagonal();
  if (Math.min(...pivots) < 1e-6 * Math.sqrt(scale)) return null;
  const solved = cholesky.solve(X.transpose());
  const fitted = X.mmul(solved.mmul(Matrix.columnVector(changes)));
  let squares = 0;
  for (let i = 0; i < changes.length; i++) squares += ((changes[i] as number) - fitted.get(i, 0)) ** 2;
  return {
    donors: Array.from({ length: pool }, (_, d) => {
      const row = donorAt.get(d);
      if (row === undefined) return null;
      const coefficients = Float64Array.from(solved.getRow(row));
      return {
        coefficients,
        leverage: coefficients.reduce((sum, c) => sum + c * c, 0),
        comparisons: pairs.filter(({ donor }) => donor === d).length,
      };
    }),
    variance: squares / freedom,
    freedom,
  };
}
