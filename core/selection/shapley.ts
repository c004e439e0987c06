import { type ExpertEffect, effectsOf } from './attribution.ts';
import { attributionDesign } from './attribution-design.ts';
import { type Estimated, estimatedFrom } from './estimated.ts';
import { type Losses, type Measured, objectiveOf } from './measured.ts';
import { measuredSubsets } from './measured-subsets.ts';
import type { DomainWeights, Samples } from './samples.ts';
import { wholePool } from './scope.ts';
import { sampleVariances, type WeightedLosses } from './weighted-nll.ts';

/**
 * Shapley values of the experts: each one's change of the loss, averaged over all orders in which experts could join
 * the base; negative is good. Unlike `attribution`, they count the step from the base, and so its length. Nats per token.
 */
export type Shapley =
  | {
      /** `exact`: over all 2^M losses. `estimated`: from the subsets that are measured. */
      readonly kind: 'exact' | 'estimated';
      /** Shape (M). Their sum is `total`. */
      readonly experts: readonly ShapleyValue[];
      /** L(pool) − L(base). */
      readonly total: number;
      /** How many orders there are: M! as far as numbers reach. */
      readonly orders: number;
      /** Measured subsets that they rest on. */
      readonly subsets: number;
    }
  | { readonly kind: 'missing'; readonly missing: 'base' | 'subsets' };

export interface ShapleyValue extends Estimated {
  /** Standard error from subsets that are not measured: 0 where exact, null where it is not known. */
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

/**
 * An expert's share of what the whole pool does, and its effect relative to the average expert over all steps t ≥ 0: all
 * sizes of company count alike in both definitions. What one does to the base is far more than what it does later, so
 * that a mean along some orders would hang on how often each comes first.
 */
export function shapley(input: ShapleyInput): Shapley {
  const { measured, base, pool, weights } = input;
  if (!base) return { kind: 'missing', missing: 'base' };
  const full = measured.findIndex(({ members }) => members.length === pool);
  const effects = full < 0 ? null : effectsOverAll(input);
  if (!effects) return { kind: 'missing', missing: 'subsets' };
  // The base is the row behind the measured subsets.
  const rows = [...measured, base];
  const coefficients = effects.map((effect) => {
    const own = new Float64Array(rows.length);
    own.set(effect.coefficients);
    own[full] = (own[full] as number) + 1 / pool;
    own[measured.length] = -1 / pool;
    return own;
  });
  const total = objectiveOf(measured[full] as Measured, weights) - objectiveOf(base, weights);
  return {
    kind: measured.length === 2 ** pool - 1 ? 'exact' : 'estimated',
    experts: valued(input, rows, coefficients, effects, total),
    total,
    orders: factorial(pool),
    subsets: measured.length,
  };
}

/** Null where the measured subsets do not show every expert at work at steps of every size. */
function effectsOverAll({ measured, pool, weights, permutations }: ShapleyInput): ExpertEffect[] | null {
  if (pool === 1) return [NO_EFFECT];
  const subsets = measuredSubsets(measured, pool, permutations);
  const steps = Array.from({ length: pool }, (_, t) => t);
  const losses = Float64Array.from(measured, (row) => objectiveOf(row, weights));
  const design = attributionDesign(subsets, wholePool(measured.length, pool), steps, losses);
  if (design.donors.some((donor) => donor?.steps !== pool)) return null;
  return effectsOf(design, losses).filter((effect) => effect !== null);
}

/** Of an expert without others. */
const NO_EFFECT: ExpertEffect = {
  value: 0,
  coefficients: new Float64Array(1),
  subsetVariance: 0,
  subsetFreedom: Number.POSITIVE_INFINITY,
  comparisons: 1,
};

function valued(
  { samples, weights, stage, pool }: ShapleyInput,
  rows: readonly Losses[],
  coefficients: readonly Float64Array[],
  effects: readonly ExpertEffect[],
  total: number,
): ShapleyValue[] {
  const weighted: WeightedLosses = { indices: Int32Array.from(rows, (_, i) => i), coefficients };
  const fromSamples = stage === 'complete' ? sampleVariances(rows, weighted, samples, weights) : null;
  return effects.map(({ value, subsetVariance: variance, subsetFreedom: freedom }, d) => ({
    ...estimatedFrom(
      value + total / pool,
      fromSamples && [fromSamples[d] ?? null, variance === null ? null : { variance, freedom }],
    ),
    error: variance === null ? null : Math.sqrt(variance),
  }));
}

function factorial(n: number): number {
  return n < 2 ? 1 : n * factorial(n - 1);
}
