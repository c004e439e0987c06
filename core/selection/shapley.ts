import { type Estimated, estimatedFrom, type Variance } from './estimated.ts';
import { type Losses, type Measured, objectiveOf } from './measured.ts';
import type { DomainWeights, Samples } from './samples.ts';
import { subsetsOfSize } from './subset-count.ts';
import { isMember, masksOf, subsetFinder } from './subset-masks.ts';
import { sampleVariances, type WeightedLosses } from './weighted-nll.ts';

/**
 * Shapley values of the experts: each one's change of the loss, averaged over all orders in which experts could join
 * the base; negative is good. Unlike `attribution`, they count the step from the base, and so its length. Nats per token.
 */
export type Shapley =
  | {
      /** `exact`: over all 2^M losses. `permutations`: over the trajectories of the design. */
      readonly kind: 'exact' | 'permutations';
      /** Shape (M). Their sum is `total`. */
      readonly experts: readonly ShapleyValue[];
      /** L(pool) − L(base). */
      readonly total: number;
      /** How many orders: M! as far as numbers reach, or the trajectories. */
      readonly orders: number;
    }
  | { readonly kind: 'missing'; readonly missing: 'base' | 'subsets' };

export interface ShapleyValue extends Estimated {
  /** Standard error from orders that were not drawn: 0 where exact, null from one trajectory. */
  readonly error: number | null;
}

export interface ShapleyInput {
  readonly measured: readonly Measured[];
  /** The unmerged base model: the loss of the empty subset. */
  readonly base: Losses | null;
  readonly pool: number;
  readonly samples: Samples;
  /** Of the objective, or all on one domain. */
  readonly weights: DomainWeights;
  readonly permutations: readonly (readonly number[])[] | null;
  readonly stage: 'points' | 'complete';
}

/** Exact where every subset is measured, else over the trajectories whose every prefix is. */
export function shapley(input: ShapleyInput): Shapley {
  const { measured, base, pool, permutations } = input;
  if (!base) return { kind: 'missing', missing: 'base' };
  // The base is the row behind the measured subsets.
  const rows = [...measured, base];
  if (measured.length === 2 ** pool - 1) {
    const none = { variance: 0, freedom: Number.POSITIVE_INFINITY };
    return valued(
      'exact',
      input,
      rows,
      exactCoefficients(measured, pool),
      new Array(pool).fill(none),
      factorial(pool),
    );
  }
  // An order that leads to an expert whom the goals exclude ends before that one.
  const whole = permutations?.filter((order) => order.length === pool) ?? [];
  const chains = trajectories(measured, whole);
  if (chains.length === 0) return { kind: 'missing', missing: 'subsets' };
  const { coefficients, variances } = alongTrajectories(input, rows, chains);
  return valued('permutations', input, rows, coefficients, variances, chains.length);
}

function valued(
  kind: 'exact' | 'permutations',
  { samples, weights, stage, base, measured }: ShapleyInput,
  rows: readonly Losses[],
  coefficients: readonly Float64Array[],
  subsets: readonly (Variance | null)[],
  orders: number,
): Shapley {
  const weighted: WeightedLosses = { indices: Int32Array.from(rows, (_, i) => i), coefficients };
  const fromSamples = stage === 'complete' ? sampleVariances(rows, weighted, samples, weights) : null;
  const losses = Float64Array.from(rows, (row) => objectiveOf(row, weights));
  const experts = coefficients.map((own, d) => {
    let value = 0;
    for (let i = 0; i < own.length; i++) value += (own[i] as number) * (losses[i] as number);
    const fromSubsets = subsets[d] ?? null;
    return {
      ...estimatedFrom(value, fromSamples && [fromSamples[d] ?? null, fromSubsets]),
      error: fromSubsets && Math.sqrt(fromSubsets.variance),
    };
  });
  const full = measured.findIndex(({ members }) => members.length === coefficients.length);
  const total = (losses[full] as number) - objectiveOf(base as Losses, weights);
  return { kind, experts, total, orders };
}

/** 1/(M·C(M−1, k−1)) for subsets with the expert, −1/(M·C(M−1, k)) for those without. Shape (M, N + 1). */
function exactCoefficients(measured: readonly Measured[], pool: number): Float64Array[] {
  const masks = masksOf(measured);
  const weight = Array.from({ length: pool + 1 }, (_, k) => 1 / (pool * subsetsOfSize(pool - 1, k)));
  return Array.from({ length: pool }, (_, d) => {
    const coefficients = new Float64Array(measured.length + 1);
    for (let i = 0; i < measured.length; i++) {
      const k = masks.size[i] as number;
      coefficients[i] = isMember(masks, i, d) ? (weight[k - 1] as number) : 0 - (weight[k] as number);
    }
    coefficients[measured.length] = 0 - (weight[0] as number);
    return coefficients;
  });
}

/** For each complete trajectory its order, and the index of every prefix, the base first. */
interface Chain {
  readonly order: readonly number[];
  readonly rows: readonly number[];
}

function trajectories(measured: readonly Measured[], permutations: readonly (readonly number[])[]): Chain[] {
  const find = subsetFinder(masksOf(measured));
  return permutations.flatMap((order) => {
    const prefixes = order.map((_, t) => find(-1, ...order.slice(0, t + 1)));
    return prefixes.includes(-1) ? [] : [{ order, rows: [measured.length, ...prefixes] }];
  });
}

/** Orders are drawn independently: the mean change of each expert, and its error. */
function alongTrajectories(
  { pool, weights }: ShapleyInput,
  rows: readonly Losses[],
  chains: readonly Chain[],
): { coefficients: Float64Array[]; variances: (Variance | null)[] } {
  const P = chains.length;
  const coefficients = Array.from({ length: pool }, () => new Float64Array(rows.length));
  const changes = Array.from({ length: pool }, () => new Float64Array(P));
  const losses = rows.map((row) => objectiveOf(row, weights));
  for (const [p, { order, rows: chain }] of chains.entries()) {
    for (const [t, d] of order.entries()) {
      const [before, after] = [chain[t] as number, chain[t + 1] as number];
      const own = coefficients[d] as Float64Array;
      own[after] = (own[after] as number) + 1 / P;
      own[before] = (own[before] as number) - 1 / P;
      (changes[d] as Float64Array)[p] = (losses[after] as number) - (losses[before] as number);
    }
  }
  const variances = changes.map((own) => {
    if (P < 2) return null;
    const mean = own.reduce((sum, change) => sum + change, 0) / P;
    const squares = own.reduce((sum, change) => sum + (change - mean) ** 2, 0);
    return { variance: squares / (P * (P - 1)), freedom: P - 1 };
  });
  return { coefficients, variances };
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
