/** How far a curve lies from its form beyond its known errors. */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { Scratch } from './scratch.ts';
import { at } from './whitening.ts';

/** The axes of a covariance, K of them. */
export interface Spectrum {
  /** Variance along each, not negative. */
  readonly values: Float64Array;
  readonly mean: number;
  /** One axis behind the other. Shape (K, K). */
  readonly vectors: Float64Array;
  /** A common shift of all k, along each. */
  readonly ones: Float64Array;
}

export function spectrumOf(C: Float64Array, size: number): Spectrum {
  const found = new EigenvalueDecomposition(Matrix.from1DArray(size, size, C), { assumeSymmetric: true });
  const values = Float64Array.from(found.realEigenvalues, (value) => Math.max(0, value));
  const vectors = Float64Array.from(found.eigenvectorMatrix.transpose().to1DArray());
  const ones = values.map((_, axis) => {
    let sum = 0;
    for (let i = 0; i < size; i++) sum += at(vectors, axis * size + i);
    return sum;
  });
  return { values, mean: values.reduce((a, b) => a + b, 0) / size, vectors, ones };
}

const alongAxes = new Scratch();

/**
 * Paule and Mandel's τ²: the one at which the weighted sum of squares of the residuals, shape (K), is what it is expected
 * to be, the degrees of freedom that the fit leaves.
 */
export function misfitVariance(spectrum: Spectrum, residuals: Float64Array, free: number): number {
  const { vectors } = spectrum;
  const K = spectrum.values.length;
  const rotated = alongAxes.of(K);
  let squared = 0;
  for (let column = 0; column < K; column++) {
    let sum = 0;
    for (let row = 0; row < K; row++) sum += at(vectors, column * K + row) * at(residuals, row);
    rotated[column] = sum;
    squared += sum * sum;
  }
  if (squaresAt(0, spectrum, rotated) <= free) return 0;
  let low = 0;
  let high = squared / free;
  for (let i = 0; i < 60 && high - low > 1e-6 * high; i++) {
    const middle = (low + high) / 2;
    if (squaresAt(middle, spectrum, rotated) > free) low = middle;
    else high = middle;
  }
  return high;
}

/** Weighted sum of squares around the best level for this τ², whatever level the fit has. `rotated`: along the axes. */
function squaresAt(tau2: number, { values, ones, mean }: Spectrum, rotated: Float64Array): number {
  const floor = 1e-10 * mean;
  let squares = 0;
  let products = 0;
  let level = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = 1 / (at(values, i) + tau2 + floor);
    squares += weight * at(rotated, i) * at(rotated, i);
    products += weight * at(rotated, i) * at(ones, i);
    level += weight * at(ones, i) * at(ones, i);
  }
  return squares - (products * products) / level;
}
