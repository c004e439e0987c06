/**
 * Where the step length of a tuned method is looked for: at which subsets, and at which scales. The subsets are few,
 * since what is wanted is the mean gain of tuning at each k, which is known from the difference of each subset to
 * itself; the ends of the curve, k = 1 and k = M, get the most, since its whole fall is judged by them.
 */
import type { Experiment, Method } from '../experiment/experiment.ts';
import type { PlanMethod } from '../store/format.ts';
import type { SubsetDesign } from './design.ts';
import { expertWords } from './keyed-random.ts';
import { type Members, shuffledSubsets } from './subsets.ts';

/** Subsets at each k between the ends: two show how far subsets lie apart. */
const SUBSETS_PER_K = 2;
/** Single experts at most. */
const MOST_SINGLES = 12;
/** Times the step of an average, as the mathematics has it; a parabola goes through the lowest and its neighbours. */
const FACTORS: readonly number[] = [0.25, 0.5, 0.75, 1, 1.5, 2];

/** In unit scales. */
const NEAR = 0.05;

export function isTuned(method: Method): boolean {
  return 'scale' in method && method.scale === 'tuned';
}

/** The scale at which a merge of k is as long a step as an average: a sum of task vectors grows with k. */
export function unitScale(method: PlanMethod, k: number): number {
  return method.method === 'task_arithmetic' && !method.normalize ? 1 / k : 1;
}

/** As a plan writes it: a hundredth of the unit scale is far below what the loss can tell. */
export function roundedScale(scale: number, unit: number): number {
  return Number((Math.round((100 * scale) / unit) * 0.01 * unit).toPrecision(6));
}

/** Whether a merge at one scale is as good as one at the other: where it matters, that is less than 0.001 nats. */
export function isNear(scale: number, other: number, unit: number): boolean {
  return Math.abs(scale - other) <= NEAR * unit;
}

/** Scales to merge a subset of size k at, beside the method's own; ascending. */
export function stepScales(method: PlanMethod, k: number): readonly number[] {
  const unit = unitScale(method, k);
  const own = 'scale' in method ? method.scale : 1;
  return FACTORS.map((factor) => roundedScale(factor * unit, unit)).filter((scale) => scale !== own);
}

/**
 * The subsets to tune, k ascending: single experts in random order, the whole pool, and of each k between them the
 * first that the design draws, so that all are fair samples and are merged at the method's own scale in any case.
 */
export function stepSubsets(
  { pool, sweep }: Pick<Experiment, 'pool' | 'sweep'>,
  design: SubsetDesign,
): Members[] {
  const singles = shuffledSubsets(expertWords(pool, sweep.seed), 1).slice(0, MOST_SINGLES);
  const between = sweep.k
    .filter((k) => k > 1 && k < pool.length)
    .flatMap((k) => design.strata.get(k)?.subsets.slice(0, SUBSETS_PER_K) ?? []);
  const whole = pool.length > 1 ? [pool.map((_, i) => i)] : [];
  return [...singles, ...between.map(({ members }) => members), ...whole];
}
