import type { Form } from './curve.ts';
import { type FormModel, formModel, parameterCount, type ShapeForm } from './forms.ts';
import { minimise } from './minimise.ts';
import { Scratch } from './scratch.ts';
import { ShapeGrid } from './shape-grid.ts';
import { dot, solve } from './solve.ts';
import { type Whitening, whiten } from './whitening.ts';

/** One form fitted to one curve. */
export interface Fit {
  readonly form: Form;
  readonly model: FormModel;
  /** Number of parameters. */
  readonly p: number;
  /** Shape forms: the t of the fit (see ShapeForm). */
  readonly t: number | null;
  /** Linear forms: by column. Shape forms: [α, δ]. */
  readonly coefficients: readonly number[];
  /** Whitened residual sum of squares. */
  readonly rss: number;
}

/** The law's value, nats. */
export function predict(fit: Fit, k: number): number {
  const [first = 0, second = 0] = fit.coefficients;
  const { model } = fit;
  if (model.kind === 'shape') return first - second * model.psi(fit.t ?? 0)(k);
  let sum = 0;
  fit.coefficients.forEach((coefficient, index) => {
    sum += coefficient * model.column(index, k);
  });
  return sum;
}

/** The law's values at all of `k`, nats, into `out`. */
export function predictAll(fit: Fit, k: readonly number[], out: Float64Array): void {
  const [first = 0, second = 0] = fit.coefficients;
  const { model } = fit;
  if (model.kind === 'shape') model.fill(fit.t ?? 0, k, out, k.length);
  for (let i = 0; i < k.length; i++)
    out[i] = model.kind === 'shape' ? first - second * (out[i] as number) : predict(fit, k[i] as number);
}

/** L∞ alone, for who needs nothing else of very many fits. */
export function floorOf({ model, t, coefficients }: Fit): number {
  const [first = 0, fall = 0] = coefficients;
  return model.kind === 'linear' ? first : first - fall * model.floor(t ?? 0);
}

/** The parameters under the names they are reported by: Linf, A, and b, p or C. */
export function parametersOf(fit: Fit): Record<string, number> {
  const { model } = fit;
  if (model.kind === 'linear')
    return Object.fromEntries(model.parameters.map((name, index) => [name, fit.coefficients[index] ?? 0]));
  const [level = 0, fall = 0] = fit.coefficients;
  const t = fit.t ?? 0;
  return { Linf: level - fall * model.floor(t), A: fall * model.tail(t), [model.shapeName]: model.shape(t) };
}

/** Names of the parameters that stand on a bound of their form. */
export function onBound(fit: Fit): string[] {
  if (fit.model.kind === 'linear') return [];
  const [, fall = 0] = fit.coefficients;
  if (fall <= 0) return ['A'];
  const t = fit.t ?? 0;
  const near = 1e-7;
  return t <= fit.model.tLow + near || t >= fit.model.tHigh - near ? [fit.model.shapeName] : [];
}

/** The shape stands at the end where the floor runs away: the points set no limit to floor, tail and shape. */
export function withoutLimit({ model, t, coefficients }: Fit): boolean {
  return model.kind === 'shape' && (coefficients[1] ?? 0) > 0 && (t ?? 0) >= model.tHigh - 1e-7;
}

const GRID = 48;

const MOST_GRIDS = 64;
const grids = new Map<string, FormGrid>();

/** One form on given k's, before any weights: the columns that every whitening of it starts from. */
export class FormGrid {
  readonly form: Form;
  readonly model: FormModel;
  readonly k: readonly number[];
  readonly p: number;
  /** Of the linear form, or the one of ones. */
  readonly columns: readonly Float64Array[];
  /** Grid points of a shape form, ascending. */
  readonly t: Float64Array;
  /** ψ at each of them, shape (t, K). */
  readonly psi: Float64Array;

  /** Curves at the same k's share theirs. */
  static of(form: Form, k: readonly number[]): FormGrid {
    const name = `${form} ${k.join()}`;
    const known = grids.get(name);
    if (known) return known;
    if (grids.size >= MOST_GRIDS) grids.clear();
    const made = new FormGrid(form, k);
    grids.set(name, made);
    return made;
  }

  private constructor(form: Form, k: readonly number[]) {
    this.form = form;
    this.k = k;
    this.p = parameterCount(form);
    const model = formModel(form, k[0] ?? 1, k[k.length - 1] ?? 1);
    this.model = model;
    if (model.kind === 'linear') {
      this.columns = model.parameters.map((_, i) => Float64Array.from(k, (kk) => model.column(i, kk)));
      this.t = new Float64Array(0);
      this.psi = new Float64Array(0);
      return;
    }
    this.columns = [new Float64Array(k.length).fill(1)];
    this.t = Float64Array.from(
      { length: GRID + 1 },
      (_, i) => model.tLow + ((model.tHigh - model.tLow) * i) / GRID,
    );
    this.psi = new Float64Array(this.t.length * k.length);
    this.t.forEach((t, i) => {
      this.psi.set(k.map(model.psi(t)), i * k.length);
    });
  }
}

const raws = new Scratch();
const psis = new Scratch();

/** One form, ready to be fitted to any losses at the same k's and with the same weights. */
export class Fitter {
  readonly grid: FormGrid;
  readonly form: Form;
  readonly model: FormModel;
  readonly k: readonly number[];
  readonly p: number;
  readonly whitening: Whitening;
  readonly #columns: readonly Float64Array[];
  /** The first column: of shape forms, whitened ones. */
  readonly #ones: Float64Array;
  /** Of the first so many k's, as they were last fitted. */
  #shapes: { readonly count: number; readonly grid: ShapeGrid } | null = null;
  /** At the shape that was last looked at. */
  #level = 0;
  #fall = 0;

  /** @param count only the first so many k's are ever fitted */
  constructor(grid: FormGrid, w: Whitening, count = grid.k.length) {
    this.grid = grid;
    this.form = grid.form;
    this.k = grid.k;
    this.p = grid.p;
    this.model = grid.model;
    this.whitening = w;
    const K = grid.k.length;
    this.#columns = grid.columns.map((column) => {
      const out = new Float64Array(K);
      whiten(w, column, out, count);
      return out;
    });
    this.#ones = this.#columns[0] ?? new Float64Array(K);
  }

  /** `z`: whitened losses. Only the first `count` k's are fitted. `tolerance` is in t. */
  fit(z: Float64Array, count = this.k.length, tolerance = 1e-9): Fit {
    const { model } = this;
    if (model.kind === 'shape') return this.#fitShape(model, z, count, tolerance);
    const { coefficients, rss } = solve(this.#columns, z, count);
    return { form: this.form, model, p: this.p, t: null, coefficients, rss };
  }

  #fitShape(model: ShapeForm, z: Float64Array, count: number, tolerance: number): Fit {
    const grid = this.#grid(count);
    const along = dot(this.#ones, z, count);
    const best = grid.best(z, along);
    const mean = along / grid.uu;
    const rssAt = (t: number) => this.#atShape(model, t, z, count, grid.uu, mean);
    const tAt = (index: number) => this.grid.t[Math.min(Math.max(index, 0), GRID)] ?? 0;
    const found =
      best === null ? tAt(0) : minimise(rssAt, tAt(best - 1), tAt(best + 1), tAt(best), tolerance).x;
    // A minimum on a bound is taken at the bound itself, which Brent's steps only approach.
    let t = found;
    for (const end of [model.tLow, model.tHigh])
      if (Math.abs(found - end) < 1e-6 && rssAt(end) <= rssAt(found)) t = end;
    const rss = rssAt(t);
    return { form: this.form, model, p: this.p, t, coefficients: [this.#level, this.#fall], rss };
  }

  #grid(count: number): ShapeGrid {
    if (this.#shapes?.count === count) return this.#shapes.grid;
    const grid = new ShapeGrid(this.whitening, this.#ones, this.grid.psi, this.k.length, count);
    this.#shapes = { count, grid };
    return grid;
  }

  /** Level α and fall δ ≥ 0 at a given shape, and the whitened residual sum of squares, summed residual by residual. */
  atShape(t: number, z: Float64Array, count: number): AtShape {
    const { model } = this;
    if (model.kind !== 'shape') throw new TypeError(`${this.form} has no shape`);
    const uu = dot(this.#ones, this.#ones, count);
    const rss = this.#atShape(model, t, z, count, uu, dot(this.#ones, z, count) / uu);
    return { level: this.#level, fall: this.#fall, rss };
  }

  /**
   * The residual sum of squares; level and fall stay behind. The innermost step of all fits: no object is made.
   * @param uu 1ᵀ1 @param mean of z along 1, both whitened
   */
  #atShape(model: ShapeForm, t: number, z: Float64Array, count: number, uu: number, mean: number): number {
    const ones = this.#ones;
    const raw = raws.of(count);
    const psi = psis.of(count);
    model.fill(t, this.k, raw, count);
    whiten(this.whitening, raw, psi, count);
    const slope = dot(ones, psi, count) / uu;
    let cross = 0;
    let norm = 0;
    for (let i = 0; i < count; i++) {
      const one = ones[i] as number;
      const deviation = (psi[i] as number) - slope * one;
      cross += deviation * ((z[i] as number) - mean * one);
      norm += deviation * deviation;
    }
    const fall = norm > 0 ? Math.max(0, -cross / norm) : 0;
    const level = mean + fall * slope;
    let rss = 0;
    for (let i = 0; i < count; i++) {
      const residual = (z[i] as number) - level * (ones[i] as number) + fall * (psi[i] as number);
      rss += residual * residual;
    }
    this.#level = level;
    this.#fall = fall;
    return rss;
  }
}

interface AtShape {
  readonly level: number;
  readonly fall: number;
  readonly rss: number;
}
