import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { Form } from './curve.ts';
import { parameterCount } from './forms.ts';
import { type Fit, Fitter, FormGrid, predictAll } from './least-squares.ts';
import { LevelWhitenings } from './level.ts';
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
  /** Of the same covariance, at other misfits and for fewer k's. */
  readonly whitenings: LevelWhitenings;
  /** Whitened losses. */
  readonly z: Float64Array;
  /** Whitened residual variance: 1 where errors are known, estimated where not, null without residual degrees of freedom. */
  readonly scale: number | null;
}

/** Tolerance in t while the misfit variance is still sought. */
const ROUGH = 1e-5;

const unexplained = new Scratch();
const alongAxes = new Scratch();

/** Misfit and fit follow from each other so often at most. */
const MOST_STEPS = 12;

/** A form fitted at one misfit variance. */
interface Step {
  readonly misfit: number;
  readonly whitening: Whitening;
  readonly z: Float64Array;
  readonly fitter: Fitter;
  readonly fit: Fit;
}

/** Fits every form to one curve, sharing what depends on the covariance alone. */
export class Estimator {
  readonly points: UsablePoints;
  readonly #spectrum: Spectrum | null;
  readonly #whitenings: LevelWhitenings;

  constructor(points: UsablePoints) {
    const size = points.k.length;
    this.points = points;
    this.#whitenings = new LevelWhitenings(points.C, size);
    this.#spectrum = points.known && size > 0 ? spectrumOf(points.C, size) : null;
  }

  /** Null with fewer k's than the form has parameters. */
  estimate(form: Form): Estimate | null {
    const { k } = this.points;
    if (k.length < parameterCount(form)) return null;
    const found = this.#settled(FormGrid.of(form, k));
    return this.#finished(found, found.fitter.fit(found.z));
  }

  /** By the known errors alone. */
  withoutMisfit(form: Form): Estimate {
    const step = this.#at(FormGrid.of(form, this.points.k), 0);
    return this.#finished(step, step.fit);
  }

  /** Where the misfit variance is the one that the fit under it shows, or after the most steps. */
  #settled(grid: FormGrid): Step {
    const steps = [this.#at(grid, 0)];
    if (!this.points.known || grid.k.length <= grid.p) return steps[0] as Step;
    for (;;) {
      const current = steps[steps.length - 1] as Step;
      if (steps.length > MOST_STEPS) return current;
      const next = this.#misfit(current.fit);
      if (Math.abs(next - current.misfit) <= 1e-3 * current.misfit) return current;
      const from = steps.findIndex(({ misfit }) => misfit === next);
      // In a circle: where the last step ends is known without going there.
      if (from >= 0) return steps[from + ((MOST_STEPS - from) % (steps.length - from))] as Step;
      steps.push(this.#at(grid, next));
    }
  }

  #at(grid: FormGrid, misfit: number): Step {
    const { k, y } = this.points;
    const w = this.#whitenings.of(misfit);
    const z = new Float64Array(k.length);
    whiten(w, y, z, k.length);
    const fitter = new Fitter(grid, w);
    return { misfit, whitening: w, z, fitter, fit: fitter.fit(z, k.length, ROUGH) };
  }

  #finished({ fitter, misfit, whitening, z }: Step, fit: Fit): Estimate {
    const { k, known } = this.points;
    const precision = this.#spectrum?.values.reduce((sum, value) => sum + 1 / (value + misfit), 0) ?? 0;
    return {
      fit,
      fitter,
      errorsKnown: known,
      misfit,
      residualVariance: precision > 0 ? k.length / precision : misfit,
      whitening,
      whitenings: this.#whitenings,
      z,
      scale: residualScale(this.points, fit.rss, k.length - fit.p),
    };
  }

  /** Paule and Mandel's τ²: the one at which the weighted residual sum of squares is what it is expected to be, K − p. */
  #misfit(fit: Fit): number {
    const { k, y } = this.points;
    if (!this.#spectrum) return 0;
    const { values, vectors, ones, mean } = this.#spectrum;
    const K = k.length;
    const residuals = unexplained.of(K);
    predictAll(fit, k, residuals);
    for (let i = 0; i < K; i++) residuals[i] = at(y, i) - at(residuals, i);
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
