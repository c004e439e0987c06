import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { UsablePoints } from '../usable-points.ts';
import { at } from '../whitening.ts';
import type { SizePoints } from './points.ts';

/** One direction of one size's errors: residual and the vector of ones along it, and its variance. */
interface Axis {
  readonly size: number;
  readonly residual: number;
  readonly one: number;
  readonly variance: number;
}

/**
 * Paule and Mandel's τ² around a law over sizes, nats²: the one at which the weighted residual sum of squares within
 * the sizes is what it is expected to be. Each size's level is profiled out; `shapes` counts the law's parameters beyond
 * the levels.
 */
export function misfitVariance(
  points: SizePoints,
  law: (s: number, k: number) => number,
  shapes: number,
): number {
  const free = points.y.length - points.N.length - shapes;
  if (free <= 0) return 0;
  const axes = axesOf(points, law);
  const squares = axes.reduce((sum, { residual }) => sum + residual * residual, 0);
  const trace = axes.reduce((sum, { variance }) => sum + variance, 0);
  const lift = 1e-10 * (trace / axes.length);
  const excess = (tau2: number) => weightedSquares(axes, points.N.length, tau2 + lift) - free;
  if (excess(0) <= 0) return 0;
  let [low, high] = [0, squares / free];
  for (let i = 0; i < 60 && high - low > 1e-6 * high; i++) {
    const middle = (low + high) / 2;
    if (excess(middle) > 0) low = middle;
    else high = middle;
  }
  return high;
}

function axesOf(points: SizePoints, law: (s: number, k: number) => number): Axis[] {
  return points.curves.flatMap((curve, s) => {
    const residuals = curve.k.map((k, i) => at(curve.y, i) - law(s, k));
    return spectrumOf(curve).map(({ variance, vector, one }) => ({
      size: s,
      residual: residuals.reduce((sum, r, i) => sum + r * at(vector, i), 0),
      one,
      variance,
    }));
  });
}

interface Direction {
  readonly variance: number;
  readonly vector: Float64Array;
  /** Sum of the vector. */
  readonly one: number;
}

/** Every fit to the same points asks for it again. */
const spectra = new WeakMap<UsablePoints, readonly Direction[]>();

/** Eigenvectors of one size's covariance. */
function spectrumOf(curve: UsablePoints): readonly Direction[] {
  const known = spectra.get(curve);
  if (known) return known;
  const size = curve.k.length;
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    Matrix.from1DArray(size, size, curve.C),
    { assumeSymmetric: true },
  );
  const made = realEigenvalues.map((value, column): Direction => {
    const vector = Float64Array.from({ length: size }, (_, row) => eigenvectorMatrix.get(row, column));
    return { variance: Math.max(0, value), vector, one: vector.reduce((sum, x) => sum + x, 0) };
  });
  spectra.set(curve, made);
  return made;
}

/** Around the best level of each size for these weights. */
function weightedSquares(axes: readonly Axis[], sizes: number, tau2: number): number {
  const sums = Array.from({ length: sizes }, () => ({ squares: 0, products: 0, ones: 0 }));
  for (const { size, residual, one, variance } of axes) {
    const sum = sums[size];
    if (!sum) continue;
    const weight = 1 / (variance + tau2);
    sum.squares += weight * residual * residual;
    sum.products += weight * residual * one;
    sum.ones += weight * one * one;
  }
  return sums.reduce((total, { squares, products, ones }) => total + squares - products ** 2 / ones, 0);
}
