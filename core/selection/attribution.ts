import type { Measured } from './measured.ts';
import { type MembershipEffect, membershipEffect, residualVariance } from './membership.ts';
import { type StepPair, stepPairs } from './step-pairs.ts';
import { subsetsOfSize } from './subset-count.ts';

/** One expert's effect on the loss as a linear function of the measured losses. */
export interface ExpertEffect {
  readonly value: number;
  /** Shape (measured): value = Σ coefficients·loss. */
  readonly coefficients: Float64Array;
  /** Variance from subsets that are not measured, nats². */
  readonly subsetVariance: number;
  readonly subsetFreedom: number;
  /** Measured merges with this expert that it rests on. */
  readonly comparisons: number;
}

/** The part of an effect that comes from adding an expert to sets of one size t. */
interface StepEffect {
  readonly terms: readonly { readonly index: number; readonly coefficient: number }[];
  readonly variance: number;
  readonly freedom: number;
  readonly comparisons: number;
}

/**
 * What each expert brings, relative to the average expert: for sets T of each size t ≥ 1 without d, the change of the
 * loss when d joins, minus the mean change over all experts at t; averaged within t, then equally over t. The step
 * from the base (t = 0) stays out: it would count the length of the step, not the expert. Negative is good. Where
 * the sets of sizes t and t + 1 identify it, all of them are used through their membership (with all subsets measured
 * that equals the average over pairs); else the measured pairs T, T ∪ {d}. Null for an expert without comparisons.
 */
export function attribution(
  measured: readonly Measured[],
  losses: Float64Array,
  pool: number,
): (ExpertEffect | null)[] {
  const memberships = membershipsByK(measured, pool);
  const variances = new Map(
    [...memberships].map(([k, effect]) => [
      k,
      residualVariance(
        effect,
        Float64Array.from(effect.indices, (index) => losses[index] as number),
        pool,
      ),
    ]),
  );
  let pairs: Map<number, StepPair[]> | null = null;
  const steps: StepEffect[][] = Array.from({ length: pool }, () => []);
  for (let t = 1; t < pool; t++) {
    const before = memberships.get(t);
    const after = memberships.get(t + 1);
    if (before && after) {
      for (let d = 0; d < pool; d++)
        steps[d]?.push(
          fromMembership(d, t, pool, before, after, variances.get(t) ?? 0, variances.get(t + 1) ?? 0),
        );
      continue;
    }
    pairs ??= stepPairs(measured);
    const found = fromPairs(pairs.get(t) ?? [], losses, pool);
    for (const [d, step] of found.entries()) if (step) steps[d]?.push(step);
  }
  return steps.map((own) => (own.length === 0 ? null : averageOverSteps(own, losses)));
}

function membershipsByK(measured: readonly Measured[], pool: number): Map<number, MembershipEffect> {
  const byK = new Map<number, number[]>();
  for (const [index, { members }] of measured.entries()) {
    const same = byK.get(members.length);
    if (same) same.push(index);
    else byK.set(members.length, [index]);
  }
  const effects = new Map<number, MembershipEffect>();
  if (pool < 2) return effects;
  for (const [k, indices] of byK) {
    const effect = membershipEffect(indices, measured, pool, subsetsOfSize(pool, k));
    if (effect) effects.set(k, effect);
  }
  return effects;
}

/** c_{t+1}(d) + t/(M−t)·c_t(d): sets of t+1 with d, minus sets of t without it, each against all sets of that size. */
function fromMembership(
  d: number,
  t: number,
  pool: number,
  before: MembershipEffect,
  after: MembershipEffect,
  varianceBefore: number,
  varianceAfter: number,
): StepEffect {
  const terms: { index: number; coefficient: number }[] = [];
  let variance = 0;
  for (const [effect, factor, spread] of [
    [after, 1, varianceAfter],
    [before, t / (pool - t), varianceBefore],
  ] as const) {
    const n = effect.indices.length;
    for (const [i, index] of effect.indices.entries()) {
      const coefficient = factor * (effect.coefficients[d * n + i] as number);
      terms.push({ index, coefficient });
      variance += coefficient ** 2 * spread * effect.missing;
    }
  }
  const freedom = Math.max(1, Math.min(freedomOf(before, pool), freedomOf(after, pool)));
  // Subsets of size t + 1 that contain d: each is one comparison.
  const n = after.indices.length;
  const comparisons =
    after.shape === 0
      ? n
      : after.indices.reduce((sum, _, i) => sum + ((after.design[i * pool + d] as number) > 0 ? 1 : 0), 0);
  return { terms, variance, freedom, comparisons };
}

function freedomOf(effect: MembershipEffect, pool: number): number {
  return effect.missing > 0 ? effect.indices.length - pool : Number.POSITIVE_INFINITY;
}

/** Mean change over the measured pairs of each donor, minus the mean over all pairs of this size. */
function fromPairs(pairs: readonly StepPair[], losses: Float64Array, pool: number): (StepEffect | null)[] {
  const own: StepPair[][] = Array.from({ length: pool }, () => []);
  for (const pair of pairs) own[pair.donor]?.push(pair);
  const donors = own.filter((list) => list.length > 0).length;
  if (donors < 2) return own.map(() => null);
  const change = ({ before, after }: StepPair) => (losses[after] as number) - (losses[before] as number);
  const mean = pairs.reduce((sum, pair) => sum + change(pair), 0) / pairs.length;
  let squares = 0;
  for (const list of own) {
    const centre = list.length > 0 ? list.reduce((sum, pair) => sum + change(pair), 0) / list.length : 0;
    for (const pair of list) squares += (change(pair) - centre) ** 2;
  }
  let freedom = pairs.length - donors;
  if (freedom < 1) {
    squares = pairs.reduce((sum, pair) => sum + (change(pair) - mean) ** 2, 0);
    freedom = pairs.length - 1;
  }
  return own.map((list) => {
    if (list.length === 0) return null;
    const terms: { index: number; coefficient: number }[] = [];
    for (const [set, weight] of [
      [list, 1 / list.length],
      [pairs, -1 / pairs.length],
    ] as const) {
      for (const { before, after } of set) {
        terms.push({ index: after, coefficient: weight }, { index: before, coefficient: -weight });
      }
    }
    return { terms, variance: squares / freedom / list.length, freedom, comparisons: list.length };
  });
}

function averageOverSteps(steps: readonly StepEffect[], losses: Float64Array): ExpertEffect {
  const coefficients = new Float64Array(losses.length);
  let variance = 0;
  let freedom = 0;
  for (const step of steps) {
    for (const { index, coefficient } of step.terms)
      coefficients[index] = (coefficients[index] as number) + coefficient / steps.length;
    variance += step.variance / steps.length ** 2;
    freedom += step.variance > 0 ? step.freedom : 0;
  }
  let value = 0;
  for (let i = 0; i < losses.length; i++) value += (coefficients[i] as number) * (losses[i] as number);
  return {
    value,
    coefficients,
    subsetVariance: variance,
    subsetFreedom: freedom > 0 ? freedom : Number.POSITIVE_INFINITY,
    comparisons: steps.reduce((sum, { comparisons }) => sum + comparisons, 0),
  };
}
