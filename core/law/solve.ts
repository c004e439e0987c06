import { at } from './whitening.ts';

/** Of the first `count`. */
export function dot(a: Float64Array, b: Float64Array, count: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Ordinary least squares by modified Gram–Schmidt; columns that depend on earlier ones get the coefficient 0. */
export function solve(
  columns: readonly Float64Array[],
  z: Float64Array,
  count: number,
): { coefficients: number[]; rss: number } {
  const q: Float64Array[] = [];
  const R: number[][] = [];
  const residual = z.slice(0, count);
  const projected: number[] = [];
  for (const column of columns) {
    const v = column.slice(0, count);
    const length = Math.sqrt(dot(v, v, count));
    const row: number[] = [];
    for (const basis of q) {
      const r = dot(basis, v, count);
      for (let i = 0; i < count; i++) v[i] = at(v, i) - r * at(basis, i);
      row.push(r);
    }
    const norm = Math.sqrt(dot(v, v, count));
    const kept = norm > 1e-12 * length;
    for (let i = 0; i < count; i++) v[i] = kept ? at(v, i) / norm : 0;
    row.push(kept ? norm : 1);
    const c = dot(v, residual, count);
    for (let i = 0; i < count; i++) residual[i] = at(residual, i) - c * at(v, i);
    q.push(v);
    R.push(row);
    projected.push(c);
  }
  const coefficients = projected.slice();
  for (let j = columns.length - 1; j >= 0; j--) {
    let sum = projected[j] ?? 0;
    for (let l = j + 1; l < columns.length; l++) sum -= (R[l]?.[j] ?? 0) * (coefficients[l] ?? 0);
    coefficients[j] = sum / (R[j]?.[j] ?? 1);
  }
  return { coefficients, rss: dot(residual, residual, count) };
}
