/**
 * Levenberg and Marquardt's least squares within a box (Marquardt 1963; steps are cut at the bounds, and a parameter on
 * a bound that the gradient pushes outwards is held). Slopes by differences. For a handful of parameters.
 */

/** Writes the residuals at `x` to `out` and returns their sum of squares. */
export type Residuals = (x: Float64Array, out: Float64Array) => number;

export interface Box {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const LARGEST_STEPS = 80;
/** Share of the box, for slopes. */
const DIFFERENCE = 1e-6;

/** A local minimum of the sum of squares from `start`, to `tolerance` as a share of the box and of the sum. */
export function descend(
  residuals: Residuals,
  count: number,
  start: Float64Array,
  { low, high }: Box,
  tolerance = 1e-10,
): { x: Float64Array; rss: number } {
  const n = start.length;
  const inside = (value: number, i: number) => Math.min(Math.max(value, low[i] ?? 0), high[i] ?? 0);
  const width = Float64Array.from(start, (_, i) => (high[i] ?? 0) - (low[i] ?? 0));
  let x = start.map(inside);
  let r: Float64Array = new Float64Array(count);
  let rss = residuals(x, r);
  let next: Float64Array = new Float64Array(count);
  const J = Array.from({ length: n }, () => new Float64Array(count));
  let damping = 1e-3;
  for (let step = 0; step < LARGEST_STEPS; step++) {
    slopes(residuals, x, r, next, J, high, width);
    const gradient = J.map((column) => dot(column, r));
    const free = gradient.flatMap((g, i) => {
      const value = x[i] ?? 0;
      return (value <= (low[i] ?? 0) && g > 0) || (value >= (high[i] ?? 0) && g < 0) ? [] : [i];
    });
    if (free.length === 0) break;
    let moved = 0;
    let gained = 0;
    for (; damping < 1e12; damping *= 8) {
      const change = dampedStep(J, gradient, free, damping);
      const trial = x.map((value, i) => inside(value + (change[i] ?? 0), i));
      const value = residuals(trial, next);
      if (value <= rss) {
        moved = farthest(trial, x, width);
        gained = rss - value;
        [x, rss] = [trial, value];
        [r, next] = [next, r];
        damping = Math.max(damping / 10, 1e-12);
        break;
      }
    }
    if (damping >= 1e12 || (moved < tolerance && gained <= tolerance * rss)) break;
  }
  return { x, rss };
}

/** The largest move, as a share of the box. */
function farthest(a: Float64Array, b: Float64Array, width: Float64Array): number {
  let most = 0;
  for (let i = 0; i < a.length; i++)
    most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)) / (width[i] || 1));
  return most;
}

/** Columns of the Jacobian, by one-sided differences that stay inside the box. */
function slopes(
  residuals: Residuals,
  x: Float64Array,
  r: Float64Array,
  scratch: Float64Array,
  J: readonly Float64Array[],
  high: readonly number[],
  width: Float64Array,
): void {
  J.forEach((column, i) => {
    const own = x[i] ?? 0;
    const size = DIFFERENCE * (width[i] ?? 1);
    const step = own + size > (high[i] ?? 0) ? -size : size;
    x[i] = own + step;
    residuals(x, scratch);
    x[i] = own;
    for (let j = 0; j < column.length; j++) column[j] = ((scratch[j] ?? 0) - (r[j] ?? 0)) / step;
  });
}

/** −(JᵀJ + damping·diag)⁻¹·Jᵀr over the free parameters; zero elsewhere. */
function dampedStep(
  J: readonly Float64Array[],
  gradient: readonly number[],
  free: readonly number[],
  damping: number,
): Float64Array {
  const n = free.length;
  const empty = new Float64Array(0);
  const A = free.map((i) => free.map((j) => dot(J[i] ?? empty, J[j] ?? empty)));
  const b = free.map((i) => -(gradient[i] ?? 0));
  for (let i = 0; i < n; i++) {
    const row = A[i] ?? [];
    row[i] = (row[i] ?? 0) * (1 + damping) + Number.MIN_VALUE;
  }
  // Elimination without pivots: the matrix is positive definite.
  for (let i = 0; i < n; i++) {
    const pivotRow = A[i] ?? [];
    const pivot = pivotRow[i] || 1;
    for (let j = i + 1; j < n; j++) {
      const row = A[j] ?? [];
      const factor = (row[i] ?? 0) / pivot;
      for (let l = i; l < n; l++) row[l] = (row[l] ?? 0) - factor * (pivotRow[l] ?? 0);
      b[j] = (b[j] ?? 0) - factor * (b[i] ?? 0);
    }
  }
  const change = new Float64Array(gradient.length);
  for (let i = n - 1; i >= 0; i--) {
    const row = A[i] ?? [];
    let sum = b[i] ?? 0;
    for (let l = i + 1; l < n; l++) sum -= (row[l] ?? 0) * (change[free[l] ?? 0] ?? 0);
    const value = sum / (row[i] || 1);
    change[free[i] ?? 0] = Number.isFinite(value) ? value : 0;
  }
  return change;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
