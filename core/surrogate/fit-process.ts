/**
 * A Gaussian process over α: radial kernel around a trend in α and Σα² (which is c²/k at one length c), for few merges
 * or many experts. Length scale and nugget are those that best foretell each merge from the others.
 */
import { cholesky, inverseDiagonal, solveLower, solveUpper } from './cholesky.ts';
import { type SurrogateMerge, shared } from './merge.ts';
import type { Fitted } from './polynomial.ts';
import { dot, type GaussianProcess, type Point, square, trendSize } from './process.ts';

/** ℓ in units of the median distance between merges. */
const LENGTH_SCALES = [0.5, 1, 2, 4, 8];
const NUGGETS = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];
/** Hyperparameters are compared on this many merges, or three a coefficient of the trend: more changed nothing, and time grows by n³. */
const COMPARED = 120;
const SINGULAR = 1e-12;

/** Null where there are no more merges than coefficients of the trend, or they do not tell those apart. */
export function fitProcess(
  merges: readonly SurrogateMerge[],
  pool: number,
  base: number | null,
): Fitted<GaussianProcess> | null {
  if (merges.length <= trendSize(pool)) return null;
  const compared = spread(merges, Math.max(COMPARED, 3 * trendSize(pool)));
  const apart = distances(compared);
  const median = medianOf(apart, compared.length);
  let best: { lengthScale: number; nugget: number; error: number } | null = null;
  for (const multiple of LENGTH_SCALES) {
    for (const nugget of NUGGETS) {
      const lengthScale = multiple * median;
      const fitted = krige(compared, apart, pool, base ?? 0, lengthScale, nugget);
      const error = fitted ? meanSquare(fitted.leftOut, compared) : Number.POSITIVE_INFINITY;
      if (fitted && (best === null || error < best.error)) best = { lengthScale, nugget, error };
    }
  }
  if (!best) return null;
  const all = compared === merges ? apart : distances(merges);
  return krige(merges, all, pool, base ?? 0, best.lengthScale, best.nugget);
}

/** Evenly over the list, which callers sort by size. */
function spread(merges: readonly SurrogateMerge[], count: number): readonly SurrogateMerge[] {
  if (merges.length <= count) return merges;
  return merges.filter(
    (_, i) => Math.floor((i * count) / merges.length) !== Math.floor(((i - 1) * count) / merges.length),
  );
}

/** Shape (n, n): |α − α'|², lower triangle. */
function distances(merges: readonly SurrogateMerge[]): Float64Array {
  const n = merges.length;
  const apart = new Float64Array(n * n);
  for (const [i, a] of merges.entries())
    for (let j = 0; j < i; j++) apart[i * n + j] = squaredDistance(a, merges[j] as SurrogateMerge);
  return apart;
}

function squaredDistance(a: Point, b: Point): number {
  return Math.max(0, square(a) + square(b) - 2 * a.step * b.step * shared(a.members, b.members));
}

function medianOf(apart: Float64Array, n: number): number {
  const all: number[] = [];
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) all.push(apart[i * n + j] as number);
  all.sort((a, b) => a - b);
  return Math.sqrt(all[all.length >> 1] ?? 1) || 1;
}

/** Over subsets between the single experts and the whole pool: what the process is asked for. */
function meanSquare(leftOut: Float64Array, merges: readonly SurrogateMerge[]): number {
  let sum = 0;
  let count = 0;
  for (const [i, { members }] of merges.entries()) {
    if (members.length < 2) continue;
    sum += (leftOut[i] as number) ** 2;
    count += 1;
  }
  return count > 0 ? sum / count : Number.POSITIVE_INFINITY;
}

/**
 * Universal kriging. Each merge's error without it is (Q·y)_i / Q_ii with Q = K⁻¹ − K⁻¹H(HᵀK⁻¹H)⁻¹HᵀK⁻¹
 * (Dubrule 1983), trend refitted.
 */
function krige(
  merges: readonly SurrogateMerge[],
  apart: Float64Array,
  pool: number,
  base: number,
  lengthScale: number,
  nugget: number,
): Fitted<GaussianProcess> | null {
  const n = merges.length;
  const q = trendSize(pool);
  const K = apart.map((d) => Math.exp(-d / (2 * lengthScale ** 2)));
  for (let i = 0; i < n; i++) K[i * n + i] = 1 + nugget;
  const L = cholesky(K, n, SINGULAR);
  if (!L) return null;
  const columns = Array.from({ length: q }, (_, c) =>
    solveLower(
      L,
      n,
      Float64Array.from(merges, (merge) => trendColumn(merge, c, pool)),
    ),
  );
  const y = solveLower(
    L,
    n,
    Float64Array.from(merges, ({ loss }) => loss - base),
  );
  const gram = new Float64Array(q * q);
  for (let a = 0; a < q; a++)
    for (let b = 0; b <= a; b++)
      gram[a * q + b] = dot(columns[a] as Float64Array, columns[b] as Float64Array);
  const G = cholesky(gram, q, SINGULAR);
  if (!G) return null;
  const trend = solveUpper(
    G,
    q,
    solveLower(
      G,
      q,
      Float64Array.from(columns, (column) => dot(column, y)),
    ),
  );
  for (const [c, column] of columns.entries())
    for (let i = 0; i < n; i++) y[i] = (y[i] as number) - (trend[c] as number) * (column[i] as number);
  const weights = solveUpper(L, n, y);
  const diagonal = inverseDiagonal(L, n);
  const trendRows = columns.map((column) => solveUpper(L, n, column.slice()));
  const leftOut = Float64Array.from(weights, (w, i) => {
    const row = solveLower(
      G,
      q,
      Float64Array.from(trendRows, (column) => column[i] as number),
    );
    return w / ((diagonal[i] as number) - dot(row, row));
  });
  const centres = merges.map(({ members, step }) => ({ members, step }));
  return {
    model: { kind: 'process', pool, base, lengthScale, nugget, trend, weights, centres },
    leftOut,
    factors: { kind: 'process', L, G, C: columns },
  };
}

function trendColumn(merge: Point, column: number, pool: number): number {
  if (column === pool) return square(merge);
  return merge.members.includes(column) ? merge.step : 0;
}
