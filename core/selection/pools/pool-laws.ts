import type { Form } from '../../law/curve.ts';
import { Estimator } from '../../law/estimate.ts';
import type { CurveData } from '../../law/input.ts';
import { type Fit, Fitter, FormGrid, parametersOf, withoutLimit } from '../../law/least-squares.ts';
import { levelWhitening } from '../../law/level.ts';
import { type UsablePoints, usablePoints } from '../../law/usable-points.ts';
import { whiten } from '../../law/whitening.ts';

/**
 * One form fitted to many pools with the weights of the whole one: its covariance at their k, and its misfit. Pools at
 * the same k share what is made before any loss is seen.
 */
export class PoolLaws {
  readonly #points: UsablePoints;
  readonly #form: Form;
  readonly #misfit: number;
  readonly #fitters = new Map<string, Fitter | null>();

  constructor(curve: CurveData, form: Form) {
    this.#points = usablePoints(curve, false);
    this.#form = form;
    this.#misfit = new Estimator(this.#points).estimate(form)?.misfit ?? 0;
  }

  /** Null where these k are too few, or not among the whole pool's. `tolerance` is in the shape. */
  fit(k: readonly number[], losses: Float64Array, tolerance?: number): Fit | null {
    const fitter = this.fitter(k);
    if (!fitter) return null;
    const z = new Float64Array(k.length);
    whiten(fitter.whitening, losses, z, k.length);
    return fitter.fit(z, k.length, tolerance);
  }

  floorOf(k: readonly number[], losses: Float64Array): number | null {
    const fit = this.fit(k, losses);
    return fit && parametersOfPool(fit).floor;
  }

  /** Null where these k are too few, or not among the whole pool's. */
  fitter(k: readonly number[]): Fitter | null {
    const name = k.join();
    const known = this.#fitters.get(name);
    if (known !== undefined) return known;
    const made = this.#make(k);
    this.#fitters.set(name, made);
    return made;
  }

  #make(k: readonly number[]): Fitter | null {
    const { k: all, C } = this.#points;
    const at = k.map((kk) => all.indexOf(kk));
    const grid = k.length > 0 ? FormGrid.of(this.#form, k) : null;
    if (!grid || k.length < grid.p || at.includes(-1)) return null;
    const own = Float64Array.from({ length: k.length ** 2 }, (_, cell) => {
      const [i, j] = [Math.floor(cell / k.length), cell % k.length];
      return C[(at[i] ?? 0) * all.length + (at[j] ?? 0)] ?? 0;
    });
    return new Fitter(grid, levelWhitening(own, k.length, this.#misfit));
  }
}

/** Null where the points set no limit to it, or the form has none such. */
export function parametersOfPool(fit: Fit): {
  readonly floor: number | null;
  readonly tail: number | null;
  readonly offset: number | null;
} {
  const { Linf, A, b } = parametersOf(fit);
  const limited = !withoutLimit(fit);
  return {
    floor: limited ? (Linf ?? null) : null,
    tail: limited ? (A ?? null) : null,
    offset: limited ? (b ?? null) : null,
  };
}
