import type { CurveData } from './input.ts';
import { at } from './whitening.ts';

/** The part of a `CurveData` that can be used: finite, ascending, distinct k; a covariance that is one. */
export interface UsablePoints {
  readonly k: readonly number[];
  readonly y: Float64Array;
  /** Shape (K, K). Where it is not known: diag(1/weight), and only relative. */
  readonly C: Float64Array;
  /** The covariance is known, in nats². */
  readonly known: boolean;
  /** It is not, and residuals do not show the errors either: no interval can be. */
  readonly hidden: boolean;
  /** Degrees of freedom that `C` was estimated with, by k; Infinity where exact or unknown. */
  readonly df: Float64Array;
  /** The errors of different k's are correlated (the same samples): their degrees of freedom do not add up. */
  readonly correlated: boolean;
  readonly pool: number;
  /** The smallest k that can be merged. */
  readonly from: number;
  readonly base: number | null;
  /** R rows of K, only those without gaps. */
  readonly replicates: readonly Float64Array[];
  /** As long as `replicates`, or empty. */
  readonly baseReplicates: readonly number[];
}

/**
 * Drops what is not a finite number, sorts by k and averages duplicates, so that nothing after it meets NaN.
 * A covariance that is unusable (wrong size, not finite, all zero) counts as unknown. Replicates, the bulk of the work,
 * are read only where they are wanted.
 */
export function usablePoints(data: CurveData, withReplicates: boolean): UsablePoints {
  const { k, sources } = groupedByK(data);
  const size = k.length;
  const asGiven = isAsGiven(sources, data.k.length);
  const y = asGiven
    ? Float64Array.from(data.mean)
    : Float64Array.from(sources, (from) => average(from, (i) => at(data.mean, i)));
  const given = data.covariance === 'hidden' ? null : data.covariance;
  let C =
    given && (asGiven ? given.slice(0, size * size) : averagedCovariance(given, data.k.length, sources));
  if (C && !isCovariance(C, size)) C = null;
  const known = C !== null;
  if (!C) {
    C = new Float64Array(size * size);
    for (let a = 0; a < size; a++) C[a * size + a] = 1 / weightOf(data, sources[a] ?? [], k[a] ?? 1);
  }

  const { rows, base } = withReplicates ? replicatesOf(data, sources) : { rows: [], base: [] };
  const df = data.degreesOfFreedom ?? null;
  return {
    k,
    y,
    C,
    known,
    hidden: data.covariance === 'hidden',
    df: Float64Array.from(sources, (from) => {
      const value = typeof df === 'number' ? df : df ? average(from, (i) => df[i] ?? Number.NaN) : Number.NaN;
      return value > 0 ? value : Number.POSITIVE_INFINITY;
    }),
    correlated: C.some((value, index) => value !== 0 && index % (size + 1) !== 0),
    pool: Math.max(1, Number.isFinite(data.pool) ? Math.floor(data.pool) : 1, ...k),
    from: data.from ?? 1,
    base: data.base !== null && Number.isFinite(data.base) ? data.base : null,
    replicates: rows,
    baseReplicates: base,
  };
}

/** The distinct k's that have a loss, ascending, and of each the points that are it. */
function groupedByK({ k, mean }: CurveData): { k: number[]; sources: number[][] } {
  const groups = new Map<number, number[]>();
  for (const [index, kk] of k.entries()) {
    if (!(Number.isFinite(mean[index]) && Number.isFinite(kk) && kk >= 1)) continue;
    const same = groups.get(kk);
    if (same) same.push(index);
    else groups.set(kk, [index]);
  }
  const distinct = [...groups.keys()].sort((a, b) => a - b);
  return { k: distinct, sources: distinct.map((kk) => groups.get(kk) ?? []) };
}

/** Every point is its own k, in order. */
function isAsGiven(sources: readonly (readonly number[])[], width: number): boolean {
  return sources.length === width && sources.every((from, i) => from.length === 1 && from[0] === i);
}

function averagedCovariance(
  given: Float64Array,
  width: number,
  sources: readonly (readonly number[])[],
): Float64Array {
  const size = sources.length;
  const C = new Float64Array(size * size);
  for (const [a, rows] of sources.entries())
    for (const [b, columns] of sources.entries())
      C[a * size + b] = average(rows, (i) => average(columns, (j) => given[i * width + j] ?? Number.NaN));
  return C;
}

/**
 * Variance of whitened residuals, of which `free` degrees of freedom are left: 1 where the errors are known, `rss`/`free`
 * where residuals show them, else null.
 */
export function residualScale(
  { known, hidden }: Pick<UsablePoints, 'known' | 'hidden'>,
  rss: number,
  free: number,
): number | null {
  if (known) return 1;
  return hidden || free <= 0 ? null : rss / free;
}

/** Every k that can be merged has a loss. */
export function isComplete({ k, from, pool }: UsablePoints): boolean {
  return k.length === pool - from + 1;
}

/** Losses at k = 1..M, infinite where no such k can be merged. */
export function lossesOverPool(
  { from, pool }: Pick<UsablePoints, 'from' | 'pool'>,
  lossAt: (k: number) => number,
): Float64Array {
  return Float64Array.from({ length: pool }, (_, i) =>
    i + 1 < from ? Number.POSITIVE_INFINITY : lossAt(i + 1),
  );
}

function average(from: readonly number[], value: (index: number) => number): number {
  let sum = 0;
  for (const index of from) sum += value(index);
  return sum / from.length;
}

function isCovariance(C: Float64Array, size: number): boolean {
  let trace = 0;
  for (let a = 0; a < size; a++) {
    const variance = at(C, a * size + a);
    if (!(variance >= 0)) return false;
    trace += variance;
    for (let b = 0; b < size; b++) if (!Number.isFinite(C[a * size + b])) return false;
  }
  return size > 0 && trace > 0 && Number.isFinite(trace);
}

/** A weight that is missing, negative or not finite counts as k, as in the paper. */
function weightOf(data: CurveData, from: readonly number[], k: number): number {
  let sum = 0;
  for (const index of from) {
    const weight = data.weights?.[index];
    sum += weight !== undefined && weight > 0 && Number.isFinite(weight) ? weight : k;
  }
  return sum || 1;
}

function replicatesOf(
  data: CurveData,
  sources: readonly (readonly number[])[],
): { rows: Float64Array[]; base: number[] } {
  const width = data.k.length;
  const given = data.replicates;
  const rows: Float64Array[] = [];
  const base: number[] = [];
  if (!given || width === 0) return { rows, base };
  const baseGiven = data.baseReplicates;
  const asGiven = isAsGiven(sources, width);
  for (let r = 0; r < Math.floor(given.length / width); r++) {
    const row = asGiven
      ? given.subarray(r * width, (r + 1) * width)
      : Float64Array.from(sources, (from) => average(from, (i) => given[r * width + i] ?? Number.NaN));
    const baseValue = baseGiven ? (baseGiven[r] ?? Number.NaN) : 0;
    // NaN and infinity are all that a sum of differences with itself does not cancel.
    if (row.reduce((sum, value) => sum + (value - value), baseValue - baseValue) !== 0) continue;
    rows.push(row);
    if (baseGiven) base.push(baseValue);
  }
  return { rows, base };
}

/** Variance of Σ weight·L(k) from the errors, and by how many degrees of freedom it is known. Shape of `c`: (K). */
export function samplingVariance(
  points: UsablePoints,
  c: ArrayLike<number>,
): { variance: number; df: number } {
  const { C, df, correlated } = points;
  const size = points.k.length;
  let variance = 0;
  let separate = 0;
  let uncertainty = 0;
  let reciprocal = 0;
  for (let i = 0; i < size; i++) {
    const ci = c[i] ?? 0;
    if (ci === 0) continue;
    const own = ci * ci * at(C, i * size + i);
    separate += own;
    uncertainty += (own * own) / at(df, i);
    reciprocal += own / at(df, i);
    for (let j = 0; j < size; j++) variance += ci * (c[j] ?? 0) * at(C, i * size + j);
  }
  variance = Math.max(0, variance);
  // Independent errors: Welch and Satterthwaite. Shared ones: no more than they have each, on average.
  const freedom = correlated ? separate / reciprocal : variance ** 2 / uncertainty;
  return { variance, df: freedom > 0 ? freedom : Number.POSITIVE_INFINITY };
}
