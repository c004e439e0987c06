import { pooledFreedom } from './freedom.ts';
import type { Measured } from './measured.ts';
import { type MembershipEffect, membershipEffect, residualVariance } from './membership.ts';
import { pairEffects, stepPairs } from './step-pairs.ts';
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

/**
 * What each expert brings, relative to the average expert: for sets T of each size t ≥ 1 without d, the change of the
 * loss when d joins, minus the mean change over all experts at t; averaged within t, then equally over t. The step
 * from the base (t = 0) stays out: it would count the length of the step, not the expert. Negative is good. Where
 * the sets of sizes t and t + 1 identify it, all of them are used through their membership (with all subsets measured
 * that equals the average over pairs); else the measured pairs T, T ∪ {d} of the other t's together. Null for an
 * expert without comparisons.
 */
export function attribution(
  measured: readonly Measured[],
  losses: Float64Array,
  pool: number,
): (ExpertEffect | null)[] {
  const memberships = membershipsByK(measured, pool);
  const identified: number[] = [];
  const others: number[] = [];
  for (let t = 1; t < pool; t++) (memberships.has(t) && memberships.has(t + 1) ? identified : others).push(t);
  const byMembership = membershipPart(memberships, identified, losses, pool);
  const byPairs = others.length > 0 ? pairPart(measured, new Set(others), losses, pool) : null;
  return Array.from({ length: pool }, (_, d) => {
    const parts = [byMembership?.[d], byPairs?.[d]].filter((part) => part !== null && part !== undefined);
    return parts.length > 0 ? combined(parts, losses) : null;
  });
}

/** An expert's effect averaged over some of the steps t. */
interface Part {
  /** How many t's it averages over: its weight. */
  readonly steps: number;
  /** Shape (measured). */
  readonly coefficients: Float64Array;
  readonly variances: readonly { readonly variance: number; readonly freedom: number }[];
  readonly comparisons: number;
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

/** Averages c_{t+1}(d) + t/(M−t)·c_t(d) over t: sets of t + 1 with d, minus sets of t without it, each against all. */
function membershipPart(
  memberships: ReadonlyMap<number, MembershipEffect>,
  steps: readonly number[],
  losses: Float64Array,
  pool: number,
): Part[] | null {
  if (steps.length === 0) return null;
  const factors = new Map<number, number>();
  const grow = (k: number, by: number) => factors.set(k, (factors.get(k) ?? 0) + by / steps.length);
  for (const t of steps) {
    grow(t + 1, 1);
    grow(t, t / (pool - t));
  }
  const sizes = [...factors].flatMap(([k, factor]) => {
    const effect = memberships.get(k);
    if (!effect) return [];
    const own = Float64Array.from(effect.indices, (index) => losses[index] as number);
    return [{ k, factor, effect, variance: residualVariance(effect, own, pool) }];
  });
  const after = new Set(steps.map((t) => t + 1));
  return Array.from({ length: pool }, (_, d) => {
    const coefficients = new Float64Array(losses.length);
    let comparisons = 0;
    for (const { k, factor, effect } of sizes) {
      const n = effect.indices.length;
      for (const [i, index] of effect.indices.entries()) {
        coefficients[index] =
          (coefficients[index] as number) + factor * (effect.coefficients[d * n + i] as number);
        if (after.has(k) && (k === pool || (effect.design[i * pool + d] as number) > 0)) comparisons += 1;
      }
    }
    return {
      steps: steps.length,
      coefficients,
      variances: sizes.map(({ factor, effect, variance }) => ({
        variance: factor ** 2 * variance * (effect.unmeasured[d] as number),
        freedom: effect.indices.length - pool,
      })),
      comparisons,
    };
  });
}

function pairPart(
  measured: readonly Measured[],
  steps: ReadonlySet<number>,
  losses: Float64Array,
  pool: number,
): (Part | null)[] | null {
  const pairs = stepPairs(measured, steps);
  const changes = Float64Array.from(
    pairs,
    ({ before, after }) => (losses[after] as number) - (losses[before] as number),
  );
  const effects = pairEffects(pairs, changes, pool);
  if (!effects) return null;
  const reached = new Set(pairs.map(({ t }) => t)).size;
  return effects.donors.map((donor) => {
    if (!donor) return null;
    const coefficients = new Float64Array(losses.length);
    for (const [i, { before, after }] of pairs.entries()) {
      const coefficient = donor.coefficients[i] as number;
      coefficients[after] = (coefficients[after] as number) + coefficient;
      coefficients[before] = (coefficients[before] as number) - coefficient;
    }
    const variances = [{ variance: effects.variance * donor.leverage, freedom: effects.freedom }];
    return { steps: reached, coefficients, variances, comparisons: donor.comparisons };
  });
}

function combined(parts: readonly Part[], losses: Float64Array): ExpertEffect {
  const steps = parts.reduce((sum, part) => sum + part.steps, 0);
  const coefficients = new Float64Array(losses.length);
  const variances: { variance: number; freedom: number }[] = [];
  for (const part of parts) {
    const share = part.steps / steps;
    for (let i = 0; i < losses.length; i++)
      coefficients[i] = (coefficients[i] as number) + share * (part.coefficients[i] as number);
    for (const { variance, freedom } of part.variances)
      variances.push({ variance: share ** 2 * variance, freedom });
  }
  let value = 0;
  for (let i = 0; i < losses.length; i++) value += (coefficients[i] as number) * (losses[i] as number);
  return {
    value,
    coefficients,
    subsetVariance: variances.reduce((sum, { variance }) => sum + variance, 0),
    subsetFreedom: pooledFreedom(variances),
    comparisons: parts.reduce((sum, part) => sum + part.comparisons, 0),
  };
}
