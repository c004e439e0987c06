import type { Interval } from './curve.ts';
import type { Estimate } from './estimate.ts';
import { onBound } from './least-squares.ts';
import { Profile } from './profile.ts';
import type { LinearQuantity, Quantity, ShapedQuantity } from './quantity.ts';
import { student95 } from './student.ts';
import { samplingVariance, type UsablePoints } from './usable-points.ts';
import { at, whiten } from './whitening.ts';

/** An interval, and what its width rests on. */
export interface Judged {
  readonly interval: Interval;
  /** Degrees of freedom of its t quantile; Infinity for the normal one. */
  readonly df: number;
  /** Linearised standard error, nats or the quantity's own units; null where nothing is left to estimate it from. */
  readonly se: number | null;
}

/** 95% intervals of everything that follows from one estimate. */
export class Judge {
  readonly #estimate: Estimate;
  readonly #points: UsablePoints;
  readonly #profile: Profile | null;
  /** Whitened Jacobian as an orthonormal basis Q and R, of the parameters that are free. */
  readonly #Q: readonly Float64Array[];
  readonly #R: readonly (readonly number[])[];
  readonly #shapeFree: boolean;

  /** @param points those of the estimate */
  constructor(estimate: Estimate, points: UsablePoints) {
    this.#estimate = estimate;
    this.#points = points;
    const { model, t, coefficients } = estimate.fit;
    this.#profile = model.kind === 'shape' ? new Profile(estimate, model) : null;
    this.#shapeFree = model.kind === 'shape' && onBound(estimate.fit).length === 0;
    const columns: Float64Array[] = [];
    const { k } = points;
    if (model.kind === 'linear') {
      model.parameters.forEach((_, index) => {
        columns.push(Float64Array.from(k, (kk) => model.column(index, kk)));
      });
    } else {
      const shape = t ?? 0;
      columns.push(new Float64Array(k.length).fill(1));
      columns.push(Float64Array.from(k, model.psi(shape)).map((psi) => -psi));
      if (this.#shapeFree) {
        const [after, before] = [model.psi(shape + STEP), model.psi(shape - STEP)];
        const slope = (kk: number) => (after(kk) - before(kk)) / (2 * STEP);
        columns.push(Float64Array.from(k, (kk) => -(coefficients[1] ?? 0) * slope(kk)));
      }
    }
    const { Q, R } = orthonormal(
      columns.map((column) => {
        const out = new Float64Array(column.length);
        whiten(estimate.whitening, column, out, column.length);
        return out;
      }),
    );
    this.#Q = Q;
    this.#R = R;
  }

  /** Null where no variance can be estimated: as many parameters as k's, and errors unknown. */
  judge(quantity: Quantity | LinearQuantity): Judged | null {
    const width = this.#width(quantity);
    if (!width) return null;
    const { rise, half, df, se } = width;
    if ('kind' in quantity) {
      const interval = this.#profile?.interval(quantity, rise) ?? [null, null];
      return { interval, df, se };
    }
    const value = this.#value(quantity);
    return { interval: [value - half, value + half], df, se };
  }

  /** The high end of that interval alone, null where it has none. */
  high(quantity: ShapedQuantity | LinearQuantity): { readonly end: number | null } | null {
    const width = this.#width(quantity);
    if (!width) return null;
    if ('kind' in quantity) return { end: this.#profile?.end(quantity, width.rise, 1) ?? null };
    return { end: this.#value(quantity) + width.half };
  }

  #value(quantity: LinearQuantity): number {
    return quantity.reduce((sum, g, i) => sum + g * (this.#estimate.fit.coefficients[i] ?? 0), 0);
  }

  #width(
    quantity: Quantity | LinearQuantity,
  ): { readonly rise: number; readonly half: number; readonly df: number; readonly se: number } | null {
    const { scale } = this.#estimate;
    if (scale === null) return null;
    const { variance, df, inflation } = this.#precision(this.#gradient(quantity));
    const se = Math.sqrt(scale * inflation * variance);
    return { rise: scale * inflation * student95(df) ** 2, half: student95(df) * se, df, se };
  }

  #gradient(quantity: Quantity | LinearQuantity): readonly number[] {
    const { model, t, coefficients } = this.#estimate.fit;
    if (!('kind' in quantity)) return quantity;
    const shape = t ?? 0;
    if (quantity.kind === 'shape') {
      if (model.kind !== 'shape' || !this.#shapeFree) return [0, 0];
      return [0, 0, (model.shape(shape + STEP) - model.shape(shape - STEP)) / (2 * STEP)];
    }
    const [level = 0, fall = 0] = coefficients;
    const value = (s: number) => {
      const [g0, g1] = quantity.at(s);
      return g0 * level + g1 * fall;
    };
    const linear = quantity.at(shape);
    return this.#shapeFree ? [...linear, (value(shape + STEP) - value(shape - STEP)) / (2 * STEP)] : linear;
  }

  /**
   * Variance of a quantity with this gradient (whitened units), and by how many degrees of freedom it is known:
   * Satterthwaite over the covariance's own and those of the misfit variance.
   */
  #precision(gradient: readonly number[]): { variance: number; df: number; inflation: number } {
    const { whitening: w, misfit, fit } = this.#estimate;
    const { known } = this.#points;
    const size = this.#points.k.length;
    const free = size - fit.p;
    const coordinates = forward(this.#R, gradient);
    const variance = coordinates.reduce((sum, c) => sum + c * c, 0);
    if (!known) return { variance, df: free, inflation: 1 };

    // c: weights of the losses in the estimate, so that its variance is cᵀ(C + τ²I)c.
    const whitened = new Float64Array(size);
    this.#Q.forEach((q, index) => {
      for (let i = 0; i < size; i++) whitened[i] = at(whitened, i) + (coordinates[index] ?? 0) * at(q, i);
    });
    const c = new Float64Array(size);
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) c[j] = at(c, j) + at(w.inverse, i * size + j) * at(whitened, i);
    const squares = c.reduce((sum, x) => sum + x * x, 0);
    const sampling = samplingVariance(this.#points, c);
    const total = sampling.variance + misfit * squares;
    const ofMisfit = misfit > 0 ? (squares * this.#estimate.residualVariance) ** 2 / free : 0;
    const uncertainty = sampling.variance ** 2 / sampling.df + ofMisfit;
    const df = uncertainty > 0 ? total ** 2 / uncertainty : Number.POSITIVE_INFINITY;
    const share = total > 0 ? sampling.variance / total : 0;
    return { variance, df, inflation: 1 + share * (costOfWeights(sampling.df, free) - 1) };
  }
}

/** Weights that are themselves estimated from n degrees of freedom cost K − p of them (Rao 1965, growth curves). */
function costOfWeights(df: number, free: number): number {
  return Number.isFinite(df) ? Math.min(2, df / Math.max(df - free, df / 2)) : 1;
}

/** Step in t for slopes of the shape; psi is smooth on the scale of 1. */
const STEP = 1e-6;

function orthonormal(columns: readonly Float64Array[]): { Q: Float64Array[]; R: number[][] } {
  const Q: Float64Array[] = [];
  const R: number[][] = [];
  for (const column of columns) {
    const v = column.slice();
    const row: number[] = [];
    for (const q of Q) {
      let r = 0;
      for (let i = 0; i < v.length; i++) r += at(q, i) * at(v, i);
      for (let i = 0; i < v.length; i++) v[i] = at(v, i) - r * at(q, i);
      row.push(r);
    }
    const norm = Math.hypot(...v);
    for (let i = 0; i < v.length; i++) v[i] = norm > 0 ? at(v, i) / norm : 0;
    row.push(norm);
    Q.push(v);
    R.push(row);
  }
  return { Q, R };
}

/** Solves Rᵀ·x = g, where R[j] holds column j of R down to its diagonal. */
function forward(R: readonly (readonly number[])[], g: readonly number[]): number[] {
  const x: number[] = [];
  R.forEach((column, j) => {
    let sum = g[j] ?? 0;
    for (let l = 0; l < j; l++) sum -= (column[l] ?? 0) * (x[l] ?? 0);
    const diagonal = column[j] ?? 0;
    x.push(diagonal > 0 ? sum / diagonal : 0);
  });
  return x;
}
