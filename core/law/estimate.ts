import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Form } from './curve.ts';
import { parameterCount } from './forms.ts';
import { type Fit, Fitter, FormGrid, predict } from './least-squares.ts';
import { levelWhitening } from './level.ts';
import { Scratch } from './scratch.ts';
import { residualScale, type UsablePoints } from './usable-points.ts';
import { at, type Whitening, whiten } from './whitening.ts';

/** A form fitted with the errors it implies. */
export interface Estimate {
  readonly fit: Fit;
  readonly fitter: Fitter;
  /** Errors of the losses are known, and not only judged by the residuals. */
  readonly errorsKnown: boolean;
  /** τ², nats²: variance of the curve around the form beyond its known errors; 0 where errors are unknown. */
  readonly misfit: number;
  /** τ² and the errors' variance that residuals show together (harmonic mean over the covariance's axes), nats². */
  readonly residualVariance: number;
  readonly whitening: Whitening;
  /** Whitened losses. */
  readonly z: Float64Array;
  /** Whitened residual variance: 1 where errors are known, estimated where not, null without residual degrees of freedom. */
  readonly scale: number | null;
}

/** Tolerance in t while the misfit variance is still sought. */
const ROUGH = 1e-5;

const unexplained = new Scratch();
const alongAxes = new Scratch();

/** Fits every form to one curve, sharing what depends on the covariance alone. */
export class Estimator {
  readonly points: UsablePoints;
  readonly #spectrum: Spectrum | null;
  #withoutMisfit: Whitening | null = null;

  constructor(points: UsablePoints) {
    this.points = points;
    const size = points.k.length;
    if (!points.known || size === 0) {
      this.#spectrum = null;
      return;
    }
    this.#spectrum = spectrumOf(points.C, size);
  }

  /** Null with fewer k's than the form has parameters. */
  estimate(form: Form): Estimate | null {
    const { k } = this.points;
    let misfit = 0;
    if (k.length < parameterCount(form)) return null;
    const grid = FormGrid.of(form, k);
    let current = this.#at(grid, misfit, ROUGH);
    for (let i = 0; i < 12 && this.points.known && k.length > current.fit.p; i++) {
      const next = this.#misfit(current.fit);
      if (Math.abs(next - misfit) <= 1e-3 * misfit) break;
      misfit = next;
      current = this.#at(grid, misfit, ROUGH);
    }
    const { fitter, z } = current;
    return this.#finished(fitter.fit(z), current.fitter, misfit, current.whitening, z);
  }

  /** By the known errors alone. */
  withoutMisfit(form: Form): Estimate {
    return this.#at(FormGrid.of(form, this.points.k), 0, ROUGH);
  }

  #at(grid: FormGrid, misfit: number, tolerance: number): Estimate {
    const { k, y, C } = this.points;
    const made = misfit === 0 ? this.#withoutMisfit : null;
    const w = made ?? levelWhitening(C, k.length, misfit);
    if (misfit === 0) this.#withoutMisfit = w;
    const z = new Float64Array(k.length);
    whiten(w, y, z, k.length);
    const fitter = new Fitter(grid, w);
    return this.#finished(fitter.fit(z, k.length, tolerance), fitter, misfit, w, z);
  }

  #finished(fit: Fit, fitter: Fitter, misfit: number, w: Whitening, z: Float64Array): Estimate {
    const { k, known } = this.points;
    const free = k.length - fit.p;
    const precision = this.#spectrum?.values.reduce((sum, value) => sum + 1 / (value + misfit), 0) ?? 0;
    return {
      fit,
      fitter,
      errorsKnown: known,
      misfit,
      residualVariance: precision > 0 ? k.length / precision : misfit,
      whitening: w,
      z,
      scale: residualScale(this.points, fit.rss, free),
    };
  }

  /** Paule and Mandel's τ²: the one at which the weighted residual sum of squares is what it is expected to be, K − p. */
  #misfit(fit: Fit): number {
    const { k, y } = this.points;
    if (!this.#spectrum) return 0;
    const { values, vectors, ones, mean } = this.#spectrum;
    const K = k.length;
    const residuals = unexplained.of(K);
    for (let i = 0; i < K; i++) residuals[i] = at(y, i) - predict(fit, k[i] ?? 0);
    const rotated = alongAxes.of(K);
    let squared = 0;
    for (let column = 0; column < K; column++) {
      let sum = 0;
      for (let row = 0; row < K; row++) sum += at(vectors, column * K + row) * at(residuals, row);
      rotated[column] = sum;
      squared += sum * sum;
    }
    const free = K - fit.p;
    const floor = 1e-10 * mean;
    // Around the best level for each τ², whatever level the fit has.
    const excess = (tau2: number) => {
      let [squares, products, level] = [0, 0, 0];
      for (let i = 0; i < K; i++) {
        const weight = 1 / (at(values, i) + tau2 + floor);
        squares += weight * at(rotated, i) * at(rotated, i);
        products += weight * at(rotated, i) * at(ones, i);
        level += weight * at(ones, i) * at(ones, i);
      }
      return squares - (products * products) / level - free;
    };
    if (excess(0) <= 0) return 0;
    let low = 0;
    let high = squared / free;
    for (let i = 0; i < 60 && high - low > 1e-6 * high; i++) {
      const middle = (low + high) / 2;
      if (excess(middle) > 0) low = middle;
      else high = middle;
    }
    return high;
  }
}

/** The axes of a covariance, K of them. */
interface Spectrum {
  /** Variance along each, not negative. */
  readonly values: Float64Array;
  readonly mean: number;
  /** One axis behind the other. Shape (K, K). */
  readonly vectors: Float64Array;
  /** A common shift of all k, along each. */
  readonly ones: Float64Array;
}

function spectrumOf(C: Float64Array, size: number): Spectrum {
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
