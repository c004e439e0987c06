/**
 * How the variance over subsets falls with k: the paper's V* + a/(k + b) (arXiv 2509.24244 §4.3) beside the
 * finite-population form v·(M − k)/(k(M − 1)), which follows from drawing without replacement and is zero at k = M.
 */
import { minimise } from '../minimise.ts';

/** Variance of the loss over subsets of one size. */
export interface SpreadPoint {
  readonly k: number;
  /** Sample variance (divided by n − 1), nats². */
  readonly variance: number;
  /** n: subsets it is of. */
  readonly subsets: number;
  /** C(M, k) where they were drawn without replacement; null where with (prefixes of permutations). */
  readonly of: number | null;
}

export interface SpreadLaw {
  /** M. */
  readonly pool: number;
  /**
   * Those that show a variance: at least two subsets, and not all the same. Their variance is that over all C(M, k)
   * subsets: a sample without replacement overstates it by C/(C − 1).
   */
  readonly points: readonly SpreadPoint[];
  /** V* + a/(k + b), all ≥ 0; null with fewer than three k. */
  readonly paper: SpreadFit<'V' | 'a' | 'b'> | null;
  /** v·(M − k)/(k(M − 1)), v ≥ 0 the variance over experts; null without a point below k = M. */
  readonly finite: SpreadFit<'v'> | null;
  /**
   * The form that forecasts the variance at a k left out better; null where either cannot be judged, which takes four k.
   * Counts of parameters cancel in it: three against one.
   */
  readonly describes_better: 'paper' | 'finite' | null;
  readonly reason: string | null;
}

export interface SpreadFit<Name extends string> {
  readonly parameters: Readonly<Record<Name, number>>;
  /** In the order of `points`, nats². */
  readonly fitted: readonly number[];
  /** Weighted root mean square of ln(fitted/measured): 0.1 is about 10% of the variance. */
  readonly log_rms: number;
  /** The same at each k from a fit to all others; null with too few. */
  readonly left_out_log_rms: number | null;
}

interface Form<Name extends string> {
  readonly least: number;
  readonly fit: (points: readonly SpreadPoint[]) => {
    readonly parameters: Readonly<Record<Name, number>>;
    readonly at: (k: number) => number;
  };
}

/** Both forms fitted to the variances by k. Weights n − 1: the relative error of a variance is √(2/(n − 1)). */
export function spreadLaw(given: readonly SpreadPoint[], pool: number): SpreadLaw {
  const points = given
    .filter(
      ({ k, variance, subsets }) =>
        subsets >= 2 && k >= 1 && k < pool && variance > 0 && Number.isFinite(variance),
    )
    .map((point) => ({ ...point, variance: point.variance * (point.of === null ? 1 : 1 - 1 / point.of) }))
    .toSorted((a, b) => a.k - b.k);
  const paper = fitted(points, PAPER);
  const finite = fitted(points, finiteForm(pool));
  const [a, b] = [paper?.left_out_log_rms ?? null, finite?.left_out_log_rms ?? null];
  const known = a !== null && b !== null;
  return {
    pool,
    points,
    paper,
    finite,
    describes_better: known ? (a < b ? 'paper' : 'finite') : null,
    reason: known
      ? null
      : 'to judge the forms takes four k that each have the spread of at least two subsets',
  };
}

function fitted<Name extends string>(
  points: readonly SpreadPoint[],
  form: Form<Name>,
): SpreadFit<Name> | null {
  if (points.length < form.least) return null;
  const { parameters, at } = form.fit(points);
  const leftOut =
    points.length > Math.max(3, form.least)
      ? points.map((point) => form.fit(points.filter((other) => other !== point)).at(point.k))
      : null;
  const own = points.map(({ k }) => at(k));
  return {
    parameters,
    fitted: own,
    log_rms: logRms(points, own),
    left_out_log_rms: leftOut && logRms(points, leftOut),
  };
}

/** A forecast of no variance at all counts as a thousandth of the measured one. */
function logRms(points: readonly SpreadPoint[], forecast: readonly number[]): number {
  let [sum, weights] = [0, 0];
  points.forEach(({ variance, subsets }, i) => {
    const weight = subsets - 1;
    sum += weight * Math.log(Math.max(forecast[i] ?? 0, 1e-3 * variance) / variance) ** 2;
    weights += weight;
  });
  return Math.sqrt(sum / weights);
}

/** Weighted mean of variance/shape: what gamma errors of the variances make most likely. */
function finiteForm(pool: number): Form<'v'> {
  const shape = (k: number) => (pool - k) / (k * Math.max(1, pool - 1));
  return {
    least: 1,
    fit: (points) => {
      const total = points.reduce((sum, { subsets }) => sum + subsets - 1, 0);
      const v =
        points.reduce((sum, { k, variance, subsets }) => sum + ((subsets - 1) * variance) / shape(k), 0) /
        total;
      return { parameters: { v }, at: (k) => v * shape(k) };
    },
  };
}

const LARGEST_OFFSET = 100;
/** Starts along b. */
const GRID = 12;

/** b by minimising over a grid and between its points; V* and a inside, with their signs. */
const PAPER: Form<'V' | 'a' | 'b'> = {
  least: 3,
  fit: (points) => {
    const b = (t: number) => t / (1 - t);
    const most = LARGEST_OFFSET / (1 + LARGEST_OFFSET);
    const loss = (t: number) => deviance(points, linearPart(points, b(t)));
    const grid = Array.from({ length: GRID + 1 }, (_, i) => (most * i) / GRID);
    const tried = grid.map(loss);
    const best = grid[tried.indexOf(Math.min(...tried))] ?? 0;
    const step = most / GRID;
    const found = minimise(loss, Math.max(0, best - step), Math.min(most, best + step), best, 1e-6).x;
    const offset = (tried[0] ?? 0) <= loss(found) ? 0 : b(found);
    const { V, a, at } = linearPart(points, offset);
    return { parameters: { V, a, b: offset }, at };
  },
};

interface LinearPart {
  readonly V: number;
  readonly a: number;
  readonly at: (k: number) => number;
}

/** V* and a ≥ 0 at a given b: weighted least squares whose weights (n − 1)/variance² follow the fit. */
function linearPart(points: readonly SpreadPoint[], b: number): LinearPart {
  let scale = points.map(({ variance }) => variance);
  let part: LinearPart = { V: 0, a: 0, at: () => 0 };
  for (let i = 0; i < 30; i++) {
    part = weighted(points, b, scale);
    const next = points.map(({ k, variance }) => Math.max(part.at(k), 1e-6 * variance));
    const moved = next.some((value, j) => Math.abs(value - (scale[j] ?? value)) > 1e-8 * value);
    scale = next;
    if (!moved) break;
  }
  return part;
}

function weighted(points: readonly SpreadPoint[], b: number, scale: readonly number[]): LinearPart {
  let [w, wx, wxx, wy, wxy] = [0, 0, 0, 0, 0];
  points.forEach(({ k, variance, subsets }, i) => {
    const weight = (subsets - 1) / (scale[i] ?? 1) ** 2;
    const x = 1 / (k + b);
    w += weight;
    wx += weight * x;
    wxx += weight * x * x;
    wy += weight * variance;
    wxy += weight * x * variance;
  });
  const determinant = w * wxx - wx * wx;
  const a = (w * wxy - wx * wy) / determinant;
  const V = (wy - a * wx) / w;
  if (a < 0 || !Number.isFinite(a)) return part(wy / w, 0, b);
  return V < 0 ? part(0, wxy / wxx, b) : part(V, a, b);
}

function part(V: number, a: number, b: number): LinearPart {
  return { V, a, at: (k) => V + a / (k + b) };
}

/** Of gamma errors: Σ (n − 1)·(s²/μ − 1 − ln(s²/μ)). */
function deviance(points: readonly SpreadPoint[], { at }: LinearPart): number {
  return points.reduce((sum, { k, variance, subsets }) => {
    const ratio = variance / Math.max(at(k), 1e-6 * variance);
    return sum + (subsets - 1) * (ratio - 1 - Math.log(ratio));
  }, 0);
}
