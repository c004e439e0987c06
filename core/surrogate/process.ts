import { type SurrogateMerge, shared } from './merge.ts';

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

export type Point = Pick<SurrogateMerge, 'members' | 'step'>;

/** Coefficients of the trend. */
export function trendSize(pool: number): number {
  return pool + 1;
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

/** What the trend's coefficients and the weights count at a point, in that order. Shape (M + 1 + n). */
export function processRow(model: GaussianProcess, point: Point): Float64Array {
  const { pool, centres } = model;
  const row = new Float64Array(pool + 1 + centres.length);
  for (const i of point.members) row[i] = point.step;
  row[pool] = square(point);
  for (const [n, centre] of centres.entries()) {
    const inner = point.step * shared(point.members, centre.members);
    row[pool + 1 + n] = kernel(model, square(point), inner, centre);
  }
  return row;
}

/** Mean of `processRow` over all subsets of size k, exactly; over those without an expert where one is given. */
export function processMeanRow(
  model: GaussianProcess,
  k: number,
  step: number,
  without: number | null,
): Float64Array {
  const { pool, centres } = model;
  const open = without === null ? pool : pool - 1;
  const row = new Float64Array(pool + 1 + centres.length).fill((step * k) / open, 0, pool);
  if (without !== null) row[without] = 0;
  row[pool] = k * step ** 2;
  const chances = new Map<number, Float64Array>();
  for (const [n, centre] of centres.entries()) {
    const size = centre.members.length - (without !== null && centre.members.includes(without) ? 1 : 0);
    const chance = chances.get(size) ?? sharedChances(open, k, size);
    chances.set(size, chance);
    row[pool + 1 + n] = chance.reduce(
      (sum, p, j) => (p > 0 ? sum + p * kernel(model, k * step ** 2, j * step, centre) : sum),
      0,
    );
  }
  return row;
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

/** Σα². */
export function square({ members, step }: Point): number {
  return members.length * step ** 2;
}

export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
