import { Scratch } from './scratch.ts';
import { at } from './whitening.ts';

/** Of the first `count`. */
export function dot(a: Float64Array, b: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

const residuals = new Scratch();
const bases = new Scratch();
const triangles = new Scratch();

/** Ordinary least squares by modified Gram–Schmidt; columns that depend on earlier ones get the coefficient 0. */
export function solve(
  columns: readonly Float64Array[],
  z: Float64Array,
  count: number,
): { coefficients: number[]; rss: number } {
  const p = columns.length;
  const residual = residuals.of(count);
  for (let i = 0; i < count; i++) residual[i] = at(z, i);
  // Orthonormal columns one behind the other, and R by columns.
  const q = bases.of(p * count);
  const R = triangles.of(p * p);
  const coefficients: number[] = [];
  for (let c = 0; c < p; c++) {
    const column = columns[c] as Float64Array;
    const own = c * count;
    for (let i = 0; i < count; i++) q[own + i] = at(column, i);
    const length = Math.sqrt(dot(column, column, count));
    for (let basis = 0; basis < c; basis++) {
      let r = 0;
      for (let i = 0; i < count; i++) r += at(q, basis * count + i) * at(q, own + i);
      for (let i = 0; i < count; i++) q[own + i] = at(q, own + i) - r * at(q, basis * count + i);
      R[c * p + basis] = r;
    }
    let squares = 0;
    for (let i = 0; i < count; i++) squares += at(q, own + i) * at(q, own + i);
    const norm = Math.sqrt(squares);
    const kept = norm > 1e-12 * length;
    for (let i = 0; i < count; i++) q[own + i] = kept ? at(q, own + i) / norm : 0;
    R[c * p + c] = kept ? norm : 1;
    let projected = 0;
    for (let i = 0; i < count; i++) projected += at(q, own + i) * at(residual, i);
    for (let i = 0; i < count; i++) residual[i] = at(residual, i) - projected * at(q, own + i);
    coefficients.push(projected);
  }
  for (let j = p - 1; j >= 0; j--) {
    let sum = coefficients[j] as number;
    for (let l = j + 1; l < p; l++) sum -= at(R, l * p + j) * (coefficients[l] as number);
    coefficients[j] = sum / at(R, j * p + j);
  }
  return { coefficients, rss: dot(residual, residual, count) };
}
