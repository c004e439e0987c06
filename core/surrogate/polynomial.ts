import { basisMean, basisRow, basisSize, cubeAt, linearAt, productAt } from './basis.ts';
import { cholesky, solveLower, solveUpper } from './cholesky.ts';
import type { Factors } from './factors.ts';
import type { SurrogateMerge } from './merge.ts';

/** L(α) = base + Σ q_ij α_iα_j + Σ r_i α_i³ (+ Σ a_i α_i). */
export interface Polynomial {
  readonly kind: 'polynomial';
  readonly pool: number;
  /** Whether α_i are in the basis. */
  readonly varying: boolean;
  /** L(θ0) where lengths vary, else 0. Nats per token. */
  readonly base: number;
  /** Shape (p), by place in the basis. */
  readonly coefficients: Float64Array;
}

/** A fitted model and, for each merge, loss minus the prediction of the fit without it. */
export interface Fitted<T> {
  readonly model: T;
  /** Shape (n). Nats per token. */
  readonly leftOut: Float64Array;
  readonly factors: Factors;
}

/**
 * Pivots of the scaled normal equations below this mean that the merges do not tell all coefficients apart. No ridge
 * stands in for what they lack: it would move every prediction, and the Gaussian process is there.
 */
const DEPENDENT = 1e-9;

/** Ordinary least squares on columns of length 1; null where the merges do not determine every coefficient. */
export function fitPolynomial(
  merges: readonly SurrogateMerge[],
  pool: number,
  base: number | null,
): Fitted<Polynomial> | null {
  const varying = base !== null;
  const p = basisSize(pool, varying);
  if (merges.length < p) return null;
  const rows = merges.map((merge) => basisRow(merge, pool, varying));
  const scale = new Float64Array(p);
  for (const { at, value } of rows) {
    for (const [i, place] of at.entries())
      scale[place] = (scale[place] as number) + (value[i] as number) ** 2;
  }
  if (scale.some((squares) => squares === 0)) return null;
  for (let j = 0; j < p; j++) scale[j] = 1 / Math.sqrt(scale[j] as number);
  const gram = new Float64Array(p * p);
  const right = new Float64Array(p);
  for (const [n, { at, value }] of rows.entries()) {
    const loss = (merges[n] as SurrogateMerge).loss - (base ?? 0);
    for (const [a, i] of at.entries()) {
      const x = (value[a] as number) * (scale[i] as number);
      right[i] = (right[i] as number) + x * loss;
      for (const [b, j] of at.entries()) {
        if (j > i) continue;
        gram[i * p + j] = (gram[i * p + j] as number) + x * (value[b] as number) * (scale[j] as number);
      }
    }
  }
  const L = cholesky(gram, p, DEPENDENT);
  if (!L) return null;
  const coefficients = solveUpper(L, p, solveLower(L, p, right));
  for (let j = 0; j < p; j++) coefficients[j] = (coefficients[j] as number) * (scale[j] as number);
  const model: Polynomial = { kind: 'polynomial', pool, varying, base: base ?? 0, coefficients };
  const leftOut = Float64Array.from(rows, ({ at, value }, n) => {
    const dense = new Float64Array(p);
    let fitted = model.base;
    for (const [a, place] of at.entries()) {
      dense[place] = (value[a] as number) * (scale[place] as number);
      fitted += (value[a] as number) * (coefficients[place] as number);
    }
    const leverage = solveLower(L, p, dense).reduce((sum, z) => sum + z * z, 0);
    // A merge that alone determines a coefficient cannot be foretold without it.
    if (leverage > 1 - DEPENDENT) return Number.NaN;
    return ((merges[n] as SurrogateMerge).loss - fitted) / (1 - leverage);
  });
  return { model, leftOut, factors: { kind: 'polynomial', L, scale, rows } };
}

/** L(α), α of shape (M). */
export function polynomialAt({ pool, varying, base, coefficients }: Polynomial, alpha: Float64Array): number {
  let sum = base;
  for (let i = 0; i < pool; i++) {
    const a = alpha[i] as number;
    if (a === 0) continue;
    let row = (coefficients[cubeAt(pool, i)] as number) * a * a;
    if (varying) row += coefficients[linearAt(pool, i)] as number;
    for (let j = i; j < pool; j++)
      row += (coefficients[productAt(pool, i, j)] as number) * (alpha[j] as number);
    sum += a * row;
  }
  return sum;
}

/** ∂L/∂α, shape (M). */
export function polynomialGradient(
  { pool, varying, coefficients }: Polynomial,
  alpha: Float64Array,
): Float64Array {
  return Float64Array.from({ length: pool }, (_, i) => {
    const a = alpha[i] as number;
    let sum = 3 * (coefficients[cubeAt(pool, i)] as number) * a * a;
    if (varying) sum += coefficients[linearAt(pool, i)] as number;
    for (let j = 0; j < pool; j++) {
      const q = coefficients[productAt(pool, Math.min(i, j), Math.max(i, j))] as number;
      sum += (i === j ? 2 : 1) * q * (alpha[j] as number);
    }
    return sum;
  });
}

/** Mean of L over all subsets of size k with this step, in closed form. */
export function polynomialMean(
  { pool, varying, base, coefficients }: Polynomial,
  k: number,
  step: number,
): number {
  return basisMean(pool, k, step, varying).reduce((sum, x, j) => sum + x * (coefficients[j] as number), base);
}
