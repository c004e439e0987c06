import type { Form } from './curve.ts';
import { parameterCount } from './forms.ts';
import { type Fit, Fitter, FormGrid, predictAll } from './least-squares.ts';
import { misfitVariance, type Spectrum, spectrumOf } from './misfit.ts';
import { Scratch } from './scratch.ts';
import { residualScale, type UsablePoints } from './usable-points.ts';
import { type Whitened, WhitenedLosses } from './whitened-losses.ts';
import { at } from './whitening.ts';

/** A form fitted with the errors it implies. */
export interface Estimate extends Whitened {
  readonly fit: Fit;
  readonly fitter: Fitter;
  /** Errors of the losses are known, and not only judged by the residuals. */
  readonly errorsKnown: boolean;
  /** τ², nats²: variance of the curve around the form beyond its known errors; 0 where errors are unknown. */
  readonly misfit: number;
  /** τ² and the errors' variance that residuals show together (harmonic mean over the covariance's axes), nats². */
  readonly residualVariance: number;
  /** The same losses at other misfits and for fewer k's. */
  readonly losses: WhitenedLosses;
  /** Whitened residual variance: 1 where errors are known, estimated where not, null without residual degrees of freedom. */
  readonly scale: number | null;
}

/** Tolerance in t while the misfit variance is still sought. */
const ROUGH = 1e-5;

const unexplained = new Scratch();

/** Misfit and fit follow from each other so often at most. */
const MOST_STEPS = 12;

/** A form fitted at one misfit variance. */
interface Step extends Whitened {
  readonly misfit: number;
  readonly fitter: Fitter;
  readonly fit: Fit;
}

/** Fits every form to one curve, sharing what depends on the covariance alone. */
export class Estimator {
  readonly points: UsablePoints;
  readonly #spectrum: Spectrum | null;
  readonly #losses: WhitenedLosses;

  constructor(points: UsablePoints) {
    const size = points.k.length;
    this.points = points;
    this.#losses = new WhitenedLosses(points.y, points.C);
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
    const whitened = this.#losses.of(misfit);
    const fitter = new Fitter(grid, whitened.whitening);
    return { ...whitened, misfit, fitter, fit: fitter.fit(whitened.z, grid.k.length, ROUGH) };
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
      losses: this.#losses,
      z,
      scale: residualScale(this.points, fit.rss, k.length - fit.p),
    };
  }

  #misfit(fit: Fit): number {
    const { k, y } = this.points;
    if (!this.#spectrum) return 0;
    const residuals = unexplained.of(k.length);
    predictAll(fit, k, residuals);
    for (let i = 0; i < k.length; i++) residuals[i] = at(y, i) - at(residuals, i);
    return misfitVariance(this.#spectrum, residuals, k.length - fit.p);
  }
}
