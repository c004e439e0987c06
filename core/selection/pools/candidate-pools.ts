/**
 * Candidate pools (arXiv 2509.24244 §4.1): what the law would be without one or two of the experts, from merges that
 * are already there. A subset of a smaller pool is a subset of the whole one, so nothing new is merged.
 */
import type { Goal } from '../../experiment/experiment.ts';
import { throwIfCancelled } from '../../law/cancelled.ts';
import type { Form } from '../../law/curve.ts';
import type { CurveData } from '../../law/input.ts';
import { predict } from '../../law/least-squares.ts';
import { recommendedK } from '../../law/rules.ts';
import { lossesOverPool } from '../../law/usable-points.ts';
import { type Measured, objectiveOf } from '../measured.ts';
import type { DomainWeights, Samples } from '../samples.ts';
import { type TypicalPoint, typicalPoints } from '../typical.ts';
import { PoolLaws, parametersOfPool } from './pool-laws.ts';

/** A pool with some experts left out, and its typical curve on every domain. */
export interface PoolCurve {
  /** Indices into the whole pool, ascending; one or two. */
  readonly without: readonly number[];
  /** The merges inside it. */
  readonly measured: readonly Measured[];
  /** Entries are indices into `measured`. */
  readonly points: readonly TypicalPoint[];
}

/** One candidate pool under one weighting of the domains. */
export interface CandidatePool {
  readonly without: readonly number[];
  /** M of this pool. */
  readonly pool: number;
  /** Typical loss by k, nats. */
  readonly curve: readonly { readonly k: number; readonly loss: number; readonly exhaustive: boolean }[];
  /** Of the whole pool's form with the whole pool's weights; null with fewer k than it has parameters. */
  readonly floor: number | null;
  readonly tail: number | null;
  readonly offset: number | null;
  /** By the goal, of this pool alone; null where it cannot be known. */
  readonly recommended_k: number | null;
  /** Its lowest typical loss. */
  readonly best: { readonly k: number; readonly loss: number } | null;
  /** `best` minus the whole pool's typical loss at the same k, nats: positive where the absence hurts. */
  readonly difference: Difference | null;
  /** Floor minus the whole pool's, nats. */
  readonly floor_difference: Difference | null;
}

/** A paired difference with its 95% interval; ends are null until intervals are computed, and where they cannot be. */
export interface Difference {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Every pool with one expert left out, then every one with two, in pool order. A pool keeps at least two experts, and
 * those that every subset holds (`required`). @throws Cancelled
 */
export function poolCurves(
  measured: readonly Measured[],
  pool: number,
  samples: Samples,
  required: readonly number[] = [],
  cancelled?: () => boolean,
): PoolCurve[] {
  const one = Array.from({ length: pool }, (_, d) => [d]).filter(([d = 0]) => !required.includes(d));
  const two = one.flatMap(([d = 0], i) => one.slice(i + 1).map(([e = 0]) => [d, e]));
  return [...(pool >= 3 ? one : []), ...(pool >= 4 ? two : [])].map((without) => {
    throwIfCancelled(cancelled);
    const inside = measured.filter(({ members }) => !without.some((d) => members.includes(d)));
    const points = typicalPoints(inside, pool - without.length, samples, required.length);
    return { without, measured: inside, points };
  });
}

export interface PoolsAsked {
  /** The whole pool's curve under these weights. */
  readonly curve: CurveData;
  readonly weights: DomainWeights;
  /** The form that the whole pool's law uses. */
  readonly form: Form;
  readonly goal: Goal;
  readonly cancelled?: () => boolean;
}

/** Floors, tails, recommended k and differences of each pool: point estimates. @throws Cancelled */
export function candidatePools(pools: readonly PoolCurve[], asked: PoolsAsked): CandidatePool[] {
  const laws = new PoolLaws(asked.curve, asked.form);
  const whole = new Map(asked.curve.k.map((k, i) => [k, asked.curve.mean[i] ?? Number.NaN]));
  const wholeFloor = laws.floorOf(asked.curve.k, asked.curve.mean);
  return pools.map((pool) => {
    throwIfCancelled(asked.cancelled);
    return onePool(pool, asked, laws, whole, wholeFloor);
  });
}

function onePool(
  { without, points }: PoolCurve,
  { curve, weights, goal }: PoolsAsked,
  laws: PoolLaws,
  whole: ReadonlyMap<number, number>,
  wholeFloor: number | null,
): CandidatePool {
  const size = curve.pool - without.length;
  const rows = points.map(({ k, losses, exhaustive }) => ({
    k,
    loss: objectiveOf(losses, weights),
    exhaustive,
  }));
  const k = rows.map((row) => row.k);
  const y = Float64Array.from(rows, ({ loss }) => loss);
  const fit = laws.fit(k, y);
  const parameters = fit && parametersOfPool(fit);
  const from = curve.from ?? 1;
  const isComplete = rows.length === size - from + 1;
  const lossAt = isComplete
    ? (at: number) => y[at - from] ?? Number.NaN
    : fit && ((at: number) => predict(fit, at));
  const losses = lossAt && lossesOverPool({ from, pool: size }, lossAt);
  const best = rows.reduce<CandidatePool['best']>(
    (least, { k: at, loss }) => (least === null || loss < least.loss ? { k: at, loss } : least),
    null,
  );
  const same = best && whole.get(best.k);
  const floor = parameters?.floor ?? null;
  return {
    without,
    pool: size,
    curve: rows,
    floor,
    tail: parameters?.tail ?? null,
    offset: parameters?.offset ?? null,
    recommended_k:
      losses &&
      recommendedK(goal, { losses, base: curve.base, floor, chosenBeatsBase: curve.chosenBeatsBase }),
    best,
    difference: best && same !== undefined && same !== null ? point(best.loss - same) : null,
    floor_difference: floor !== null && wholeFloor !== null ? point(floor - wholeFloor) : null,
  };
}

function point(value: number): Difference {
  return { value, low: null, high: null };
}
