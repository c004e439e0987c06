import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { Scope } from './scope.ts';
import { subsetsOfSize } from './subset-count.ts';
import { isMember, type SubsetMasks } from './subset-masks.ts';

/**
 * How membership moves the loss among subsets of one size k: c(d) = mean loss of the k-subsets with expert d minus the
 * mean of all k-subsets. Where all are measured it is exactly that; where some are, least squares of the loss on
 * membership, which needs more than M subsets. M = players of the scope, in their order.
 */
export interface MembershipEffect {
  /** Positions in the scope of the measured subsets of this size. Shape (n). */
  readonly positions: readonly number[];
  /** Shape (M, n): c = coefficients · losses. */
  readonly coefficients: Float64Array;
  /**
   * What is not measured: c(d) has the variance units[d]·variance(losses), nats², of n − M degrees of freedom, with
   * units = Σ coefficients² − Σ (coefficients with all measured)². Null where all subsets are measured.
   */
  readonly unmeasured: {
    readonly units: Float64Array;
    readonly freedom: number;
    /** Of the losses, shape (n), around the additive model. */
    readonly variance: (losses: Float64Array) => number;
  } | null;
}

/** Null where the measured subsets cannot tell the experts apart. */
export function membershipEffect(
  positions: readonly number[],
  k: number,
  masks: SubsetMasks,
  scope: Scope,
): MembershipEffect | null {
  const n = positions.length;
  const M = scope.players.length;
  const of = subsetsOfSize(M, k);
  if (k === 0 || k === M)
    return n === 0 ? null : { positions, coefficients: new Float64Array(M * n), unmeasured: null };
  if (n === of)
    return { positions, coefficients: completeContrast(positions, k, masks, scope), unmeasured: null };
  if (n < M + 2) return null;
  return sampledEffect(positions, k, masks, scope);
}

/** 1/N₊ − 1/N on the N₊ = N·k/M subsets with the expert, −1/N on the others. */
function completeContrast(
  positions: readonly number[],
  k: number,
  masks: SubsetMasks,
  { players, indices }: Scope,
): Float64Array {
  const n = positions.length;
  const coefficients = new Float64Array(players.length * n).fill(-1 / n);
  for (const [row, d] of players.entries()) {
    for (let i = 0; i < n; i++) {
      if (isMember(masks, indices[positions[i] as number] as number, d))
        coefficients[row * n + i] = (players.length / k - 1) / n;
    }
  }
  return coefficients;
}

function sampledEffect(
  positions: readonly number[],
  k: number,
  masks: SubsetMasks,
  scope: Scope,
): MembershipEffect | null {
  const n = positions.length;
  const M = scope.players.length;
  const of = subsetsOfSize(M, k);
  const Z = centredMembership(positions, masks, scope);
  // Rows of Z sum to zero, so β is only known up to a constant; adding a multiple of the ones matrix picks Σβ = 0.
  const gram = Z.transpose().mmul(Z);
  const scale = gram.trace() / M;
  const cholesky = new CholeskyDecomposition(gram.add(Matrix.ones(M, M).mul(scale)));
  if (!cholesky.isPositiveDefinite() || smallestPivot(cholesky) < 1e-3 * Math.sqrt(scale)) return null;
  const solved = cholesky.solve(Z.transpose());
  // Under an additive model with Σβ = 0, c = shape·β.
  const shape = (M - k) / (M - 1);
  const coefficients = Float64Array.from(solved.to1DArray(), (value) => shape * value);
  const units = new Float64Array(M);
  // Σ of the complete contrast's squares.
  const complete = (M / k - 1) / of;
  for (let d = 0; d < M; d++) {
    let squares = 0;
    for (let i = 0; i < n; i++) squares += (coefficients[d * n + i] as number) ** 2;
    units[d] = Math.max(0, squares - complete);
  }
  const variance = (losses: Float64Array) => residualVariance(Z, solved, losses);
  return { positions, coefficients, unmeasured: { units, freedom: n - M, variance } };
}

/** Shape (n, M): membership of each subset minus the mean over the subsets. */
function centredMembership(positions: readonly number[], masks: SubsetMasks, scope: Scope): Matrix {
  const design = new Matrix(positions.length, scope.players.length);
  for (const [i, position] of positions.entries()) {
    for (const [column, d] of scope.players.entries())
      design.set(i, column, isMember(masks, scope.indices[position] as number, d) ? 1 : 0);
  }
  return design.center('column');
}

function smallestPivot(cholesky: CholeskyDecomposition): number {
  return Math.min(...cholesky.lowerTriangularMatrix.diagonal());
}

/** Of the losses around mean + Z·β, β = solved·losses. */
function residualVariance(Z: Matrix, solved: Matrix, losses: Float64Array): number {
  const n = losses.length;
  const mean = losses.reduce((sum, loss) => sum + loss, 0) / n;
  const fitted = Z.mmul(solved.mmul(Matrix.columnVector(losses)));
  const squares = losses.reduce((sum, loss, i) => sum + (loss - mean - fitted.get(i, 0)) ** 2, 0);
  return squares / (n - Z.columns);
}
