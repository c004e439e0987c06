/** Floors and tails free by size, with one offset b for all of them: L(N, k) = L∞(N) + A(N)/(k + b). */
import { type Fit, Fitter, FormGrid, onBound, parametersOf, predict } from '../least-squares.ts';
import { levelWhitening } from '../level.ts';
import { minimise } from '../minimise.ts';
import { fisherTail } from '../student.ts';
import { residualScale } from '../usable-points.ts';
import { at, whiten } from '../whitening.ts';
import type { OffsetForm } from './joint-model.ts';
import { misfitVariance } from './misfit.ts';
import { type SizePoints, someSizes } from './points.ts';
import type { OffsetTest } from './sizes-law.ts';

export interface SharedOffset {
  /** The sizes that have at least two k's. */
  readonly points: SizePoints;
  readonly fitters: readonly Fitter[];
  /** Shape of the offset that all share (see ShapeForm). */
  readonly t: number;
  readonly b: number;
  readonly fits: readonly Fit[];
  /** Each size by itself; null with fewer than three k's. */
  readonly alone: readonly (Fit | null)[];
  readonly misfit: number;
  readonly free: number;
  /** Whitened residual variance: 1 where errors are known, null without residual degrees of freedom. */
  readonly scale: number | null;
}

/** Starts along t; between them the sum of squares has one valley. */
const GRID = 24;
/** Tolerance in t while the misfit variance is still sought. */
const ROUGH = 1e-4;

/** Null where no size has three k's, or there are no more points than parameters less one. */
export function fitSharedOffset(all: SizePoints, form: OffsetForm): SharedOffset | null {
  const points = someSizes(
    all,
    all.N.flatMap((_, s) => ((all.curves[s]?.k.length ?? 0) >= 2 ? [s] : [])),
  );
  const sizes = points.N.length;
  const free = points.y.length - (2 * sizes + 1);
  if (sizes === 0 || free < 0 || !points.curves.some(({ k }) => k.length >= 3)) return null;
  let fitters = fittersOf(points, form, 0);
  let misfit = 0;
  for (let i = 0; i < 6 && points.known; i++) {
    const fits = fitters.map((fitter, s) =>
      fitter.fit(whitenedAt(points, fitter, s, points.y), fitter.k.length, ROUGH),
    );
    const shapes = points.curves.reduce((sum, { k }) => sum + Math.min(2, k.length - 1), 0);
    const next = misfitVariance(points, (s, k) => predict(fits[s] as Fit, k), shapes);
    if (Math.abs(next - misfit) <= 1e-3 * misfit) break;
    misfit = next;
    fitters = fittersOf(points, form, misfit);
  }
  const { t, fits, rss } = atSharedOffset(points, fitters, points.y, null, 1e-9);
  const alone = fitters.map((fitter, s) =>
    fitter.k.length >= 3 ? fitter.fit(whitenedAt(points, fitter, s, points.y)) : null,
  );
  return {
    points,
    fitters,
    t,
    b: shapeOf(fitters, t),
    fits,
    alone,
    misfit,
    free,
    scale: residualScale(points, rss, free),
  };
}

function fittersOf({ curves }: SizePoints, form: OffsetForm, misfit: number): Fitter[] {
  return curves.map(({ k, C }) => new Fitter(FormGrid.of(form, k), levelWhitening(C, k.length, misfit)));
}

function whitenedAt(points: SizePoints, fitter: Fitter, s: number, y: Float64Array): Float64Array {
  const [from, to] = [points.start[s] ?? 0, points.start[s + 1] ?? 0];
  const z = new Float64Array(to - from);
  whiten(fitter.whitening, y.subarray(from, to), z, z.length);
  return z;
}

function shapeOf(fitters: readonly Fitter[], t: number): number {
  const model = fitters[0]?.model;
  return model?.kind === 'shape' ? model.shape(t) : 0;
}

/** The offset of least total sum of squares for losses `y`, shape (P); near `start`, or anywhere. */
export function atSharedOffset(
  points: SizePoints,
  fitters: readonly Fitter[],
  y: Float64Array,
  start: number | null,
  tolerance: number,
): { t: number; fits: readonly Fit[]; rss: number } {
  const z = fitters.map((fitter, s) => whitenedAt(points, fitter, s, y));
  const total = (t: number) =>
    fitters.reduce((sum, fitter, s) => sum + fitter.atShape(t, z[s] as Float64Array, fitter.k.length).rss, 0);
  const models = fitters.flatMap(({ model }) => (model.kind === 'shape' ? [model] : []));
  const low = Math.max(...models.map(({ tLow }) => tLow));
  const high = Math.min(...models.map(({ tHigh }) => tHigh));
  const { from, to, best } =
    start === null ? bestOfGrid(total, low, high) : { from: low, to: high, best: start };
  let t = minimise(total, from, to, best, tolerance).x;
  for (const end of [low, high]) if (Math.abs(t - end) < 1e-6 && total(end) <= total(t)) t = end;
  const fits = fitters.map((fitter, s): Fit => {
    const { level, fall, rss } = fitter.atShape(t, z[s] as Float64Array, fitter.k.length);
    return { form: fitter.form, model: fitter.model, p: fitter.p, t, coefficients: [level, fall], rss };
  });
  return { t, fits, rss: fits.reduce((sum, { rss }) => sum + rss, 0) };
}

function bestOfGrid(
  total: (t: number) => number,
  low: number,
  high: number,
): { from: number; to: number; best: number } {
  const place = (i: number) => low + ((high - low) * Math.min(Math.max(i, 0), GRID)) / GRID;
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i <= GRID; i++) {
    const value = total(place(i));
    if (value < least) [best, least] = [i, value];
  }
  return { from: place(best - 1), to: place(best + 1), best: place(best) };
}

/** L∞(N) and A(N) of the shared fit. */
export function floorAndTail(fit: Fit): { floor: number; tail: number } {
  const { Linf = Number.NaN, A = 0 } = parametersOf(fit);
  return { floor: Linf, tail: A };
}

/** b of a size fitted alone; null where its curve does not fall, and any b would do. */
export function ownOffset(fit: Fit | null): number | null {
  return fit === null || onBound(fit).includes('A') ? null : (parametersOf(fit)['b'] ?? null);
}

/** Null where fewer than two sizes can be fitted alone, or nothing is left to judge them by. */
export function testSharedOffset(shared: SharedOffset): OffsetTest | null {
  const { points, fitters, fits, alone, misfit } = shared;
  const df1 = alone.filter((fit) => fit !== null).length - 1;
  const free = shared.free - df1;
  if (points.hidden || df1 < 1 || free < 1) return null;
  const apart = alone.reduce((sum, fit, s) => sum + (fit ?? (fits[s] as Fit)).rss, 0);
  const together = fits.reduce((sum, { rss }) => sum + rss, 0);
  const scale = points.known ? 1 : apart / free;
  const df2 = points.known && misfit === 0 ? Math.min(...points.df) : free;
  // Less than a ten-millionth of the losses is no difference, however small the residuals.
  const size = fitters.reduce(
    (sum, fitter, s) => sum + whitenedAt(points, fitter, s, points.y).reduce((own, z) => own + z * z, 0),
    0,
  );
  const more = together - apart;
  const F = more > 1e-14 * size ? more / df1 / scale : 0;
  const p = F > 0 ? fisherTail(F, df1, df2) : 1;
  return { F, df1, df2: Number.isFinite(df2) ? df2 : null, p, does_as_well: p >= 0.05 };
}

/** Root mean square residual of size `s`, nats. */
export function rmseAt({ points, fits }: SharedOffset, s: number): number {
  const curve = points.curves[s];
  const fit = fits[s];
  if (!curve || !fit) return Number.NaN;
  const squares = curve.k.reduce((sum, k, i) => sum + (at(curve.y, i) - predict(fit, k)) ** 2, 0);
  return Math.sqrt(squares / curve.k.length);
}
