import type { ExpertEffect } from './attribution.ts';
import type { Variance } from './estimated.ts';
import { dot } from './measured.ts';
import type { MeasuredSubsets } from './measured-subsets.ts';
import { wholePool } from './scope.ts';
import { changesOf, type StepPairs, stepPairs } from './step-pairs.ts';
import { clusteredVariance, meansByStep, varianceOverSteps } from './step-variance.ts';
import type { SubsetFinder, SubsetMasks } from './subset-masks.ts';

/** Measured steps T → T ∪ {d}, t ≥ 1, whatever the losses. */
export interface StepDesign {
  readonly pairs: StepPairs;
  /** Steps of one cluster share subsets: a trajectory, else the subset T ∪ {d}. Shape (pairs). */
  readonly cluster: Int32Array;
  readonly clusters: number;
  /** Trajectories are drawn with replacement: never exhaustive. */
  readonly trajectories: boolean;
  /** Shape (M): positions of each donor's pairs. */
  readonly byDonor: readonly Int32Array[];
  /** Shape (M): coefficients of each donor's mean change, each of shape (measured). */
  readonly coefficients: readonly Float64Array[];
}

/** All measured steps; under permutations those of the trajectories, each as often as a trajectory takes it. */
export function stepDesign({ masks, find, pool, permutations }: MeasuredSubsets): StepDesign {
  const n = masks.low.length;
  const { pairs, cluster } = permutations
    ? alongTrajectories(find, permutations)
    : allSteps(masks, find, pool);
  const rows = Array.from({ length: pool }, (): number[] => []);
  for (let i = 0; i < pairs.donor.length; i++) rows[pairs.donor[i] as number]?.push(i);
  const byDonor = rows.map((own) => Int32Array.from(own));
  return {
    pairs,
    cluster,
    clusters: permutations?.length ?? n,
    trajectories: permutations !== null,
    byDonor,
    coefficients: byDonor.map((own) => meanOf(pairs, own, n)),
  };
}

function allSteps(masks: SubsetMasks, find: SubsetFinder, pool: number) {
  const steps = new Set(Array.from({ length: pool }, (_, t) => t).slice(1));
  const pairs = stepPairs(masks, find, wholePool(masks.low.length, pool), steps);
  return { pairs, cluster: pairs.after };
}

function alongTrajectories(find: SubsetFinder, permutations: readonly (readonly number[])[]) {
  const rows: { donor: number; before: number; after: number; t: number; cluster: number }[] = [];
  for (const [cluster, order] of permutations.entries()) {
    let before = -1;
    for (const [t, donor] of order.entries()) {
      const after = find(-1, ...order.slice(0, t + 1));
      if (before >= 0 && after >= 0) rows.push({ donor, before, after, t, cluster });
      before = after;
    }
  }
  const pairs: StepPairs = {
    donor: Uint8Array.from(rows, ({ donor }) => donor),
    before: Int32Array.from(rows, ({ before }) => before),
    after: Int32Array.from(rows, ({ after }) => after),
    t: Uint8Array.from(rows, ({ t }) => t),
  };
  return { pairs, cluster: Int32Array.from(rows, ({ cluster }) => cluster) };
}

/** Coefficients of the mean change over some pairs. Shape (measured). */
function meanOf({ before, after }: StepPairs, rows: Int32Array, measured: number): Float64Array {
  const coefficients = new Float64Array(measured);
  for (const i of rows) {
    const [b, a] = [before[i] as number, after[i] as number];
    coefficients[b] = (coefficients[b] as number) - 1 / rows.length;
    coefficients[a] = (coefficients[a] as number) + 1 / rows.length;
  }
  return coefficients;
}

/** Mean change when each donor joins, under losses of shape (measured); null without a step. Shape (M). */
export function stepEffects(design: StepDesign, losses: Float64Array, pool: number): (ExpertEffect | null)[] {
  const changes = changesOf(design.pairs, losses);
  const means = design.trajectories ? meansByStep(design.pairs, changes) : null;
  return design.byDonor.map((rows, d) => {
    const coefficients = design.coefficients[d];
    if (rows.length === 0 || !coefficients) return null;
    let sum = 0;
    for (let i = 0; i < rows.length; i++) sum += changes[rows[i] as number] as number;
    const value = sum / rows.length;
    const error = means
      ? varianceOverSteps(design, rows, changes, means)
      : clusteredVariance(design, [rows], changes, value, stepsOf(pool));
    return effect([rows], coefficients, value, error);
  });
}

/** The same over the steps of all donors but one (null: but none). Null without a step. */
export function meanStepEffect(
  design: StepDesign,
  losses: Float64Array,
  pool: number,
  excluded: number | null,
): ExpertEffect | null {
  const donors = design.byDonor.flatMap((rows, d) => (d === excluded || rows.length === 0 ? [] : [d]));
  const rows = donors.map((d) => design.byDonor[d] as Int32Array);
  const n = rows.reduce((sum, own) => sum + own.length, 0);
  if (n === 0) return null;
  const coefficients = new Float64Array(losses.length);
  for (const d of donors) {
    const own = design.coefficients[d] as Float64Array;
    const share = (design.byDonor[d] as Int32Array).length / n;
    for (let i = 0; i < own.length; i++)
      coefficients[i] = (coefficients[i] as number) + share * (own[i] as number);
  }
  const others = excluded === null ? pool : pool - 1;
  const value = dot(coefficients, losses);
  const changes = changesOf(design.pairs, losses);
  const error = clusteredVariance(design, rows, changes, value, others * stepsOf(pool));
  return effect(rows, coefficients, value, error);
}

/** How many steps t ≥ 1 there are for one donor. */
function stepsOf(pool: number): number {
  return 2 ** (pool - 1) - 1;
}

function effect(
  rows: readonly Int32Array[],
  coefficients: Float64Array,
  value: number,
  error: Variance | null,
): ExpertEffect {
  return {
    value,
    coefficients,
    subsetVariance: error?.variance ?? null,
    subsetFreedom: error?.freedom ?? 0,
    comparisons: rows.reduce((sum, own) => sum + own.length, 0),
  };
}
