/**
 * A Gaussian process over α: radial kernel around a trend in α and Σα² (which is c²/k at one length c), for few merges
 * or many experts. Length scale and nugget are those that best foretell each merge from the others.
 */
import { cholesky, inverseDiagonal, solveLower, solveUpper } from './cholesky.ts';
import { type SurrogateMerge, shared } from './merge.ts';
import type { Fitted } from './polynomial.ts';

/** L(α) = base + Σ_i β_i α_i + β_M Σα² + Σ_n w_n exp(−|α − α_n|²/2ℓ²). */
export interface GaussianProcess {
  readonly kind: 'process';
  readonly pool: number;
  /** L(θ0) where lengths vary, else 0. Nats per token. */
  readonly base: number;
  /** ℓ, in units of α. */
  readonly lengthScale: number;
  /** Variance of what is not smooth, relative to the kernel's. */
  readonly nugget: number;
  /** Shape (M + 1). */
  readonly trend: Float64Array;
  /** Shape (n). */
  readonly weights: Float64Array;
  readonly centres: readonly { readonly members: readonly number[]; readonly step: number }[];
}

/** ℓ in units of the median distance between merges. */
const LENGTH_SCALES = [0.5, 1, 2, 4, 8];
const NUGGETS = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];
/** Hyperparameters are compared on at most this many merges: they hardly differ with more, and time grows by n³. */
const LARGEST_COMPARISON = 200;
const SINGULAR = 1e-12;

/** Coefficients of the trend. */
export function trendSize(pool: number): number {
  return pool + 1;
}

/** Null where there are no more merges than coefficients of the trend, or they do not tell those apart. */
export function fitProcess(
  merges: readonly SurrogateMerge[],
  pool: number,
  base: number | null,
): Fitted<GaussianProcess> | null {
  if (merges.length <= trendSize(pool)) return null;
  const compared = spread(merges, LARGEST_COMPARISON);
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

type Point = Pick<SurrogateMerge, 'members' | 'step'>;

function squaredDistance(a: Point, b: Point): number {
  return Math.max(0, square(a) + square(b) - 2 * a.step * b.step * shared(a.members, b.members));
}

/** Σα². */
function square({ members, step }: Point): number {
  return members.length * step ** 2;
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
  const trendRows = columns.map((column) => solveUpper(L, n, column));
  const leftOut = Float64Array.from(weights, (w, i) => {
    const row = solveLower(
      G,
      q,
      Float64Array.from(trendRows, (column) => column[i] as number),
    );
    return w / ((diagonal[i] as number) - dot(row, row));
  });
  const centres = merges.map(({ members, step }) => ({ members, step }));
  return { model: { kind: 'process', pool, base, lengthScale, nugget, trend, weights, centres }, leftOut };
}

function trendColumn(merge: Point, column: number, pool: number): number {
  if (column === pool) return square(merge);
  return merge.members.includes(column) ? merge.step : 0;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}

/** Kernel between α, shape (M), and a centre. */
function kernel({ lengthScale }: GaussianProcess, squares: number, inner: number, centre: Point): number {
  const apart = squares + square(centre) - 2 * centre.step * inner;
  return Math.exp(-apart / (2 * lengthScale ** 2));
}

/** L(α), α of shape (M). */
export function processAt(model: GaussianProcess, alpha: Float64Array): number {
  const squares = dot(alpha, alpha);
  let sum = model.base + (model.trend[model.pool] as number) * squares;
  for (let i = 0; i < model.pool; i++) sum += (model.trend[i] as number) * (alpha[i] as number);
  for (const [n, centre] of model.centres.entries()) {
    const inner = centre.members.reduce((total, i) => total + (alpha[i] as number), 0);
    sum += (model.weights[n] as number) * kernel(model, squares, inner, centre);
  }
  return sum;
}

/** ∂L/∂α, shape (M). */
export function processGradient(model: GaussianProcess, alpha: Float64Array): Float64Array {
  const squares = dot(alpha, alpha);
  const gradient = Float64Array.from(
    alpha,
    (a, i) => (model.trend[i] as number) + 2 * (model.trend[model.pool] as number) * a,
  );
  for (const [n, centre] of model.centres.entries()) {
    const inner = centre.members.reduce((total, i) => total + (alpha[i] as number), 0);
    const pull =
      ((model.weights[n] as number) * kernel(model, squares, inner, centre)) / model.lengthScale ** 2;
    for (let i = 0; i < alpha.length; i++)
      gradient[i] = (gradient[i] as number) - pull * (alpha[i] as number);
    for (const i of centre.members) gradient[i] = (gradient[i] as number) + pull * centre.step;
  }
  return gradient;
}

/**
 * Mean of L over all subsets of size k with this step, exactly: a kernel depends on a subset only through how many
 * members it shares with the centre, which is hypergeometric.
 */
export function processMean(model: GaussianProcess, k: number, step: number): number {
  const { pool, trend, weights, centres } = model;
  const linear = trend.slice(0, pool).reduce((sum, beta) => sum + beta, 0);
  let sum = model.base + (step * k * linear) / pool + (trend[pool] as number) * k * step ** 2;
  const chances = new Map<number, Float64Array>();
  for (const [n, centre] of centres.entries()) {
    const size = centre.members.length;
    const chance = chances.get(size) ?? sharedChances(pool, k, size);
    chances.set(size, chance);
    for (const [j, p] of chance.entries())
      if (p > 0) sum += (weights[n] as number) * p * kernel(model, k * step ** 2, j * step, centre);
  }
  return sum;
}

/** Probability that a random subset of size k shares j members with one of size `size`, by j. */
function sharedChances(pool: number, k: number, size: number): Float64Array {
  return Float64Array.from({ length: Math.min(k, size) + 1 }, (_, j) =>
    k - j > pool - size
      ? 0
      : Math.exp(logChoose(size, j) + logChoose(pool - size, k - j) - logChoose(pool, k)),
  );
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
