import type { ExpertEffect } from './attribution.ts';
import type { Variance } from './estimated.ts';
import { pooledFreedom } from './freedom.ts';
import { dot } from './measured.ts';
import { only } from './samples.ts';
import { subsetError } from './subset-error.ts';
import type { SynergyInput } from './synergy-input.ts';
import { typicalPoints } from './typical.ts';

/** What a step does whoever takes it: the change from the mean over subsets of t to that of t + 1, over t ≥ 1 alike. */
export interface MeanStep {
  readonly value: number;
  /** Shape (measured): value = Σ coefficients·loss. */
  readonly coefficients: Float64Array;
  /** By subsets that are not measured; null where that is not known. */
  readonly subsets: Variance | null;
}

/** On domain e; null where no two sizes that follow each other are measured. */
export function meanStep(
  { measured, pool, samples, permutations }: SynergyInput,
  e: number,
): MeanStep | null {
  const points = typicalPoints(measured, pool, samples);
  const shares = new Float64Array(points.length);
  const steps = points.flatMap(({ k }, i) => (k >= 1 && points[i + 1]?.k === k + 1 ? [i] : []));
  if (steps.length === 0) return null;
  for (const i of steps) {
    shares[i] = (shares[i] as number) - 1 / steps.length;
    shares[i + 1] = (shares[i + 1] as number) + 1 / steps.length;
  }
  const coefficients = new Float64Array(measured.length);
  let value = 0;
  for (const [i, { losses, entries }] of points.entries()) {
    const share = shares[i] as number;
    value += share * (losses.domains[e] as number);
    for (const { index, weight } of entries) coefficients[index] = share * weight;
  }
  const errors = subsetError(points, measured, pool, samples, only(e, samples.domains.length), permutations);
  if (!errors) return { value, coefficients, subsets: null };
  const { clusters, freedom } = errors;
  const own = points.map((_, i) => ({
    variance: clusters.reduce((sum, u) => sum + ((shares[i] as number) * (u[i] as number)) ** 2, 0),
    freedom: freedom[i] as number,
  }));
  const variance = clusters.reduce((sum, u) => sum + dot(u, shares) ** 2, 0);
  return { value, coefficients, subsets: { variance, freedom: pooledFreedom(own) } };
}

/** The step with so much of an expert's effect on top: contrasts within sizes and means of sizes err independently. */
export function stepWith(step: MeanStep, effect: ExpertEffect, share: number): ExpertEffect {
  const { subsetVariance, subsetFreedom: freedom, comparisons } = effect;
  const own = subsetVariance === null ? null : { variance: share ** 2 * subsetVariance, freedom };
  const known = own && step.subsets ? [own, step.subsets] : null;
  return {
    value: step.value + share * effect.value,
    coefficients: step.coefficients.map((each, i) => each + share * (effect.coefficients[i] as number)),
    subsetVariance: known ? known.reduce((sum, { variance }) => sum + variance, 0) : null,
    subsetFreedom: known ? pooledFreedom(known) : 0,
    comparisons,
  };
}

/** Steps by all experts but one (null: but none); null where that one has no comparisons. */
export function stepOfOthers(
  step: MeanStep,
  effects: readonly (ExpertEffect | null)[],
  excluded: number | null,
): ExpertEffect | null {
  const { value, coefficients, subsets } = step;
  if (excluded === null)
    return {
      ...{ value, coefficients, comparisons: 0 },
      subsetVariance: subsets?.variance ?? null,
      subsetFreedom: subsets?.freedom ?? 0,
    };
  const own = effects[excluded];
  if (!own) return null;
  // Effects of all that are compared sum to zero.
  return stepWith(step, own, -1 / (effects.filter((effect) => effect !== null).length - 1));
}
