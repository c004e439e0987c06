/**
 * Profile-likelihood intervals. For each shape t the losses are linear in (α, δ), so the region of all parameters
 * whose residual sum of squares is within `rise` of the smallest is an ellipse at each t, and the extremes of any
 * quantity linear in (α, δ) over it have a closed form; the largest over t is the interval's end. That follows the
 * bend of the law, respects its bounds, and is unlimited exactly where the data set no limit, which a standard error
 * cannot be (Bates and Watts, Nonlinear Regression Analysis, 1988, chapter 6).
 */
import type { Interval } from './curve.ts';
import type { Estimate } from './estimate.ts';
import type { ShapeForm } from './forms.ts';
import { minimise } from './minimise.ts';
import type { Quantity, ShapedQuantity } from './quantity.ts';
import { at, whiten } from './whitening.ts';

/** What the data say at one shape, without the bound δ ≥ 0: the centre of the ellipse and its spread. */
interface AtShape {
  readonly t: number;
  readonly level: number;
  readonly fall: number;
  readonly rss: number;
  /** Covariance of (α, δ), whitened units. */
  readonly vLevel: number;
  readonly vBoth: number;
  readonly vFall: number;
}

/** One estimate's likelihood over its shapes: made once, asked for many quantities. */
export class Profile {
  readonly #estimate: Estimate;
  readonly #model: ShapeForm;
  #shapes: readonly AtShape[] | null = null;
  readonly #limit: AtShape;
  readonly #ones: Float64Array;
  readonly #raw: Float64Array;
  readonly #psi: Float64Array;
  /** Of the flat curve, which every shape contains at δ = 0. */
  readonly #flat: { readonly level: number; readonly rss: number; readonly information: number };

  constructor(estimate: Estimate, model: ShapeForm) {
    this.#estimate = estimate;
    this.#model = model;
    const size = estimate.z.length;
    this.#ones = new Float64Array(size);
    whiten(estimate.whitening, new Float64Array(size).fill(1), this.#ones, size);
    this.#raw = new Float64Array(size);
    this.#psi = new Float64Array(size);
    let information = 0;
    let level = 0;
    for (let i = 0; i < size; i++) {
      information += at(this.#ones, i) ** 2;
      level += at(this.#ones, i) * at(estimate.z, i);
    }
    level /= information;
    let rss = 0;
    for (let i = 0; i < size; i++) rss += (at(estimate.z, i) - level * at(this.#ones, i)) ** 2;
    this.#flat = { level, rss, information };
    this.#limit = this.#at(1);
  }

  /** Made when first asked for: a quantity without a limit needs none. */
  #around(): readonly AtShape[] {
    const { fit } = this.#estimate;
    this.#shapes ??= Array.from(shapesAround(fit.t ?? this.#model.tLow, this.#model), (t) => this.#at(t));
    return this.#shapes;
  }

  /** All values that `quantity` takes where the residual sum of squares is within `rise` of its minimum. */
  interval(quantity: Quantity, rise: number): Interval {
    if (quantity.kind === 'shape') return this.#shapeInterval(rise);
    return [this.end(quantity, rise, -1), this.end(quantity, rise, 1)];
  }

  /** One end of the interval: the low one by sign −1. */
  end(quantity: ShapedQuantity, rise: number, sign: 1 | -1): number | null {
    const bound = this.#estimate.fit.rss + rise;
    if (quantity.unlimited === sign && this.#limitInside(bound)) return null;
    const value = (shape: AtShape) =>
      this.#isOutside(shape, bound)
        ? Number.NEGATIVE_INFINITY
        : this.#extreme(shape, quantity.at(shape.t), bound, sign);
    const shapes = this.#around();
    let best = 0;
    let most = Number.NEGATIVE_INFINITY;
    shapes.forEach((shape, index) => {
      const reached = value(shape);
      if (reached > most) {
        most = reached;
        best = index;
      }
    });
    const low = shapes[Math.max(0, best - 1)]?.t ?? 0;
    const high = shapes[Math.min(shapes.length - 1, best + 1)]?.t ?? 0;
    const start = shapes[best]?.t ?? 0;
    const refined = -minimise((t) => -value(this.#at(t)), low, high, start, 1e-3 * (high - low)).value;
    const end = sign * Math.max(most, refined);
    return Number.isFinite(end) ? end : null;
  }

  /** No curve of this shape is in the region: nothing has to be asked of it. */
  #isOutside({ rss }: AtShape, bound: number): boolean {
    return rss > bound && this.#flat.rss > bound;
  }

  /** The largest sign·(g0·α + g1·δ) over the ellipse at one shape with δ ≥ 0; −∞ where no point of it is allowed. */
  #extreme(shape: AtShape, [g0, g1]: readonly [number, number], bound: number, sign: 1 | -1): number {
    const slack = bound - shape.rss;
    let best = Number.NEGATIVE_INFINITY;
    if (slack >= 0) {
      const variance = g0 * g0 * shape.vLevel + 2 * g0 * g1 * shape.vBoth + g1 * g1 * shape.vFall;
      const half = Math.sqrt(Math.max(0, slack * variance));
      const step = variance > 0 ? Math.sqrt(slack / variance) * (g0 * shape.vBoth + g1 * shape.vFall) : 0;
      if (shape.fall + sign * step >= 0) best = sign * (g0 * shape.level + g1 * shape.fall) + half;
    }
    const flatSlack = bound - this.#flat.rss;
    if (flatSlack >= 0)
      best = Math.max(
        best,
        sign * g0 * this.#flat.level + Math.abs(g0) * Math.sqrt(flatSlack / this.#flat.information),
      );
    return best;
  }

  /** Whether some falling curve at t = 1, where floor and tail have no limit, is inside the region. */
  #limitInside(bound: number): boolean {
    const slack = bound - this.#limit.rss;
    return slack >= 0 && this.#limit.fall + Math.sqrt(slack * this.#limit.vFall) > 0;
  }

  #shapeInterval(rise: number): Interval {
    const model = this.#model;
    const bound = this.#estimate.fit.rss + rise;
    const free = this.#flat.rss <= bound;
    const inside = (shape: AtShape) =>
      shape.rss <= bound && (shape.fall >= 0 || this.#reachesZero(shape, bound));
    const shapes = this.#around();
    const feasible = shapes.filter(inside);
    const first = feasible[0]?.t ?? this.#estimate.fit.t ?? model.tLow;
    const last = feasible[feasible.length - 1]?.t ?? first;
    const edge = (from: number, to: number) => {
      let [a, b] = [from, to];
      for (let i = 0; i < 50; i++) {
        const middle = (a + b) / 2;
        if (inside(this.#at(middle))) a = middle;
        else b = middle;
      }
      return a;
    };
    const neighbour = (t: number, step: 1 | -1) => {
      const index = shapes.findIndex((shape) => shape.t === t);
      return shapes[index + step]?.t ?? t;
    };
    const low = free ? model.tLow : edge(first, neighbour(first, -1));
    const high = free ? 1 : edge(last, neighbour(last, 1));
    const unlimited = free || this.#limitInside(bound);
    if (model.shapeName === 'b') return [model.shape(low), unlimited ? null : model.shape(high)];
    return [unlimited ? 0 : model.shape(high), low <= model.tLow ? null : model.shape(low)];
  }

  #reachesZero(shape: AtShape, bound: number): boolean {
    return shape.fall + Math.sqrt(Math.max(0, bound - shape.rss) * shape.vFall) >= 0;
  }

  #at(t: number): AtShape {
    const { z, whitening: w, fitter } = this.#estimate;
    const size = z.length;
    const raw = this.#raw;
    const psi = this.#psi;
    this.#model.fill(t, fitter.k, raw, size);
    whiten(w, raw, psi, size);
    const ones = this.#ones;
    const { level: mean, information } = this.#flat;
    let shared = 0;
    for (let i = 0; i < size; i++) shared += at(ones, i) * at(psi, i);
    const slope = shared / information;
    let norm = 0;
    let cross = 0;
    for (let i = 0; i < size; i++) {
      const deviation = at(psi, i) - slope * at(ones, i);
      norm += deviation * deviation;
      cross += deviation * (at(z, i) - mean * at(ones, i));
    }
    const fall = -cross / norm;
    const level = mean + fall * slope;
    let rss = 0;
    for (let i = 0; i < size; i++) rss += (at(z, i) - level * at(ones, i) + fall * at(psi, i)) ** 2;
    const vFall = 1 / norm;
    return {
      t,
      level,
      fall,
      rss,
      vFall,
      vBoth: slope * vFall,
      vLevel: 1 / information + slope * slope * vFall,
    };
  }
}

/** An even grid over all shapes, and ever closer steps around the estimate, so that no region falls between. */
function shapesAround(center: number, model: ShapeForm): Float64Array {
  const grid = new Set<number>([center]);
  const count = 40;
  for (let i = 0; i <= count; i++) grid.add(model.tLow + ((model.tHigh - model.tLow) * i) / count);
  for (let step = 0.5 / count; step > 1e-7; step /= 3) {
    grid.add(Math.max(model.tLow, center - step));
    grid.add(Math.min(model.tHigh, center + step));
  }
  // Towards the limit the floor runs away quickly, so the steps shrink there too.
  for (let step = 0.5 / count; step > 1 - model.tHigh; step /= 3) grid.add(1 - step);
  return Float64Array.from(grid)
    .filter((t) => t >= model.tLow && t <= model.tHigh)
    .sort();
}
