import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { Measured } from './measured.ts';

/**
 * How membership moves the loss among subsets of one size: c(d) = mean loss of the k-subsets with expert d minus the
 * mean of all k-subsets. Where all are measured it is exactly that; where some are, least squares of the loss on
 * membership, which needs more than M subsets.
 */
export interface MembershipEffect {
  /** Indices of the measured subsets of this size. */
  readonly indices: readonly number[];
  /** Shape (M, n): c = coefficients · losses. */
  readonly coefficients: Float64Array;
  /**
   * Shape (M): variance of c by what is not measured, in units of the variance around the additive model:
   * Σ coefficients² − Σ (coefficients with all measured)².
   */
  readonly unmeasured: Float64Array;
  /** Shape (n, M): residuals of losses y are y − mean − design·β. */
  readonly design: Float64Array;
  /** (M − k)/(M − 1): c = shape·β under an additive model with Σβ = 0. */
  readonly shape: number;
}

/** Null where the measured subsets cannot tell the experts apart. */
export function membershipEffect(
  indices: readonly number[],
  measured: readonly Measured[],
  pool: number,
  of: number,
): MembershipEffect | null {
  const n = indices.length;
  const k = indices.length > 0 ? (measured[indices[0] as number] as Measured).members.length : 0;
  const shape = (pool - k) / (pool - 1);
  if (n < of && n < pool + 2) return null;
  if (k === pool) {
    const zeros = new Float64Array(pool);
    return { indices, coefficients: zeros, unmeasured: zeros, design: zeros, shape: 0 };
  }
  const design = centredMembership(indices, measured, pool);
  const Z = new Matrix(n, pool);
  for (let i = 0; i < n; i++) for (let d = 0; d < pool; d++) Z.set(i, d, design[i * pool + d] as number);
  // Rows of Z sum to zero, so β is only known up to a constant; adding a multiple of the ones matrix picks Σβ = 0.
  const gram = Z.transpose().mmul(Z);
  const scale = gram.trace() / pool;
  const cholesky = new CholeskyDecomposition(gram.add(Matrix.ones(pool, pool).mul(scale)));
  if (!cholesky.isPositiveDefinite() || smallestPivot(cholesky) < 1e-3 * Math.sqrt(scale)) return null;
  const solved = cholesky.solve(Z.transpose());
  const coefficients = new Float64Array(pool * n);
  const unmeasured = new Float64Array(pool);
  // With all measured: 1/N₊ − 1/N on the N₊ = N·k/M subsets with d, −1/N on the others; squares sum to 1/N₊ − 1/N.
  const complete = (pool / k - 1) / of;
  for (let d = 0; d < pool; d++) {
    let squares = 0;
    for (let i = 0; i < n; i++) {
      const coefficient = shape * solved.get(d, i);
      coefficients[d * n + i] = coefficient;
      squares += coefficient ** 2;
    }
    unmeasured[d] = n < of ? Math.max(0, squares - complete) : 0;
  }
  return { indices, coefficients, unmeasured, design, shape };
}

/** Shape (n, M): membership of each subset minus the mean over the subsets. */
function centredMembership(
  indices: readonly number[],
  measured: readonly Measured[],
  pool: number,
): Float64Array {
  const design = new Float64Array(indices.length * pool);
  const mean = new Float64Array(pool);
  for (const [i, index] of indices.entries()) {
    for (const d of (measured[index] as Measured).members) {
      design[i * pool + d] = 1;
      mean[d] = (mean[d] as number) + 1 / indices.length;
    }
  }
  for (let i = 0; i < design.length; i++) design[i] = (design[i] as number) - (mean[i % pool] as number);
  return design;
}

function smallestPivot(cholesky: CholeskyDecomposition): number {
  return Math.min(...cholesky.lowerTriangularMatrix.diagonal());
}

/** Variance of the losses around the additive model, with n − M degrees of freedom; 0 where none are left. */
export function residualVariance(effect: MembershipEffect, losses: Float64Array, pool: number): number {
  const n = effect.indices.length;
  if (effect.shape === 0 || n <= pool) return 0;
  const beta = new Float64Array(pool);
  let mean = 0;
  for (let i = 0; i < n; i++) mean += (losses[i] as number) / n;
  for (let d = 0; d < pool; d++)
    for (let i = 0; i < n; i++)
      beta[d] =
        (beta[d] as number) +
        ((effect.coefficients[d * n + i] as number) / effect.shape) * (losses[i] as number);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let fitted = mean;
    for (let d = 0; d < pool; d++) fitted += (effect.design[i * pool + d] as number) * (beta[d] as number);
    sum += ((losses[i] as number) - fitted) ** 2;
  }
  return sum / (n - pool);
}
