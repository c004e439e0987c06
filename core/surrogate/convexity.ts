import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { cubeAt, productAt } from './basis.ts';
import type { SurrogateModel } from './model.ts';
import type { Polynomial } from './polynomial.ts';
import type { Lengths } from './simplex.ts';

/** Curvature below this, relative to the largest, is rounding. */
const FLAT = 1e-9;

/**
 * Whether the surrogate is convex on all weights of the free experts, so that its local minimum is the only one. The
 * polynomial's Hessian is linear in α, so it is enough to look at the corners of the weights' region, where one
 * expert has the whole length. Null for a Gaussian process, of which this cannot be said.
 */
export function convexOver(
  model: SurrogateModel,
  free: ReadonlySet<number>,
  { from, to }: Lengths,
): boolean | null {
  if (model.kind !== 'polynomial') return null;
  const experts = [...free];
  const along = experts.length > 1 && from === to ? differences(experts.length) : Matrix.eye(experts.length);
  return experts.every((corner) =>
    [...new Set([from, to])].every((length) => convexAlong(hessian(model, experts, corner, length), along)),
  );
}

/** At length·e_corner, among the free experts. */
function hessian(
  { pool, coefficients }: Polynomial,
  experts: readonly number[],
  corner: number,
  length: number,
): Matrix {
  const H = Matrix.zeros(experts.length, experts.length);
  for (const [a, i] of experts.entries()) {
    for (const [b, j] of experts.entries()) {
      const q = coefficients[productAt(pool, Math.min(i, j), Math.max(i, j))] as number;
      H.set(a, b, i === j ? 2 * q : q);
    }
    if (i === corner) H.set(a, a, H.get(a, a) + 6 * (coefficients[cubeAt(pool, i)] as number) * length);
  }
  return H;
}

/** Shape (n, n − 1): directions that keep the length, e_i − e_n. */
function differences(n: number): Matrix {
  const D = Matrix.zeros(n, n - 1);
  for (let i = 0; i < n - 1; i++) {
    D.set(i, i, 1);
    D.set(n - 1, i, -1);
  }
  return D;
}

function convexAlong(H: Matrix, along: Matrix): boolean {
  const restricted = along.transpose().mmul(H).mmul(along);
  const eigenvalues = new EigenvalueDecomposition(restricted, { assumeSymmetric: true }).realEigenvalues;
  const largest = Math.max(...eigenvalues.map(Math.abs));
  return Math.min(...eigenvalues) >= -FLAT * largest;
}
