/** The joint law's parameters: their intervals over draws, their bounds, and what the data say of each. */
import type { Interval } from '../curve.ts';
import { percentiles } from '../percentiles.ts';
import { at } from '../whitening.ts';
import type { DrawnJoint } from './draws.ts';
import type { JointFit } from './joint-fit.ts';
import { FLOOR, GAMMA, type JointModel, type Linear, OFFSET } from './joint-model.ts';
import type { JointParameter, Standing } from './sizes-law.ts';

export const PARAMETERS: readonly JointParameter[] = ['Lstar', 'B', 'beta', 'A0', 'gamma', 'b'];

/** Distance from the end of a shape's range at which it stands there. */
const NEAR = 1e-7;

/** Of the level: a fall or a tail below it is none. */
const ROUNDING = 1e-12;

/** Where a draw or an estimate stands on the ends of its shapes. */
function ends(model: JointModel, x: Float64Array, linear: Linear) {
  const { low, high } = model.box;
  const lowest = (i: number) => at(x, i) <= (low[i] ?? 0) + NEAR;
  const highest = (i: number) => at(x, i) >= (high[i] ?? 0) - NEAR;
  const none = ROUNDING * Math.abs(linear.level);
  return {
    /** Of no meaning: any value would do. */
    noFall: linear.fall <= none,
    noTail: linear.tail <= none,
    /** β at its least: the floor runs away. */
    noFloor: highest(FLOOR) && linear.fall > none,
    steepest: lowest(FLOOR) && linear.fall > none,
    leastOffset: lowest(OFFSET) && linear.tail > none,
    /** The tail is a line in k, and runs away with the floor. */
    noOffset: highest(OFFSET) && linear.tail > none,
    noGamma: lowest(GAMMA) && linear.tail > none,
    largestGamma: highest(GAMMA) && linear.tail > none,
  };
}

/** Where every parameter may be. L* is free. */
export function boundsOf({ offset, floor, box }: JointModel): Record<JointParameter, Interval> {
  return {
    Lstar: [null, null],
    B: [0, null],
    beta: [floor.shape(floor.tHigh), floor.shape(floor.tLow)],
    A0: [0, null],
    gamma: [box.low[GAMMA] ?? 0, box.high[GAMMA] ?? 0],
    b: [offset.shape(offset.tLow), offset.shape(offset.tHigh)],
  };
}

/** 95% by percentiles over the draws. Where a draw sets no limit, so it counts. */
export function jointIntervals(
  fit: JointFit,
  draws: readonly DrawnJoint[],
): Record<JointParameter, Interval> {
  const { model } = fit;
  const estimate = model.parameters(fit.x, fit.linear);
  const all = draws.map(({ x, linear }) => unlimited(model, x, linear));
  const interval = (name: JointParameter) =>
    percentiles(
      all.map((values) => values[name]),
      estimate[name],
    );
  const { noFloor } = ends(model, fit.x, fit.linear);
  return {
    Lstar: noFloor ? [null, interval('Lstar')[1]] : interval('Lstar'),
    B: noFloor ? [interval('B')[0], null] : interval('B'),
    beta: interval('beta'),
    A0: interval('A0'),
    gamma: interval('gamma'),
    b: interval('b'),
  };
}

/** A draw's parameters, infinite on the side where it sets no limit. */
function unlimited(model: JointModel, x: Float64Array, linear: Linear): Record<JointParameter, number> {
  const { noFall, noTail, noFloor, steepest, noOffset, largestGamma } = ends(model, x, linear);
  const values = model.parameters(x, linear);
  const runsAway = Number.POSITIVE_INFINITY;
  return {
    Lstar: noFloor || noOffset ? -runsAway : values.Lstar,
    B: noFloor ? runsAway : values.B,
    beta: noFall || steepest ? runsAway : values.beta,
    A0: noOffset ? runsAway : values.A0,
    gamma: noTail || largestGamma ? runsAway : values.gamma,
    b: noTail || noOffset ? runsAway : values.b,
  };
}

/** `intervals` null: only what the estimate itself shows. */
export function standingOf(
  fit: JointFit,
  intervals: Readonly<Record<JointParameter, Interval>> | null,
): Record<JointParameter, Standing> {
  const found = ends(fit.model, fit.x, fit.linear);
  const saturated = fit.points.N.length === 3;
  const limited = (name: JointParameter) => {
    const interval = intervals?.[name];
    return !interval || (interval[0] !== null && interval[1] !== null);
  };
  const of = (name: JointParameter, bound: boolean, lost: boolean, level: boolean): Standing => {
    if (bound) return 'on_bound';
    if (lost) return 'not_identified';
    if (level && saturated) return 'saturated';
    return limited(name) ? 'identified' : 'not_identified';
  };
  return {
    Lstar: of('Lstar', false, found.noFloor || found.noOffset, true),
    B: of('B', found.noFall, found.noFloor, true),
    beta: of('beta', found.noFloor || found.steepest, found.noFall, true),
    A0: of('A0', found.noTail, found.noOffset, false),
    gamma: of('gamma', found.noGamma || found.largestGamma, found.noTail, false),
    b: of('b', found.leastOffset || found.noOffset, found.noTail, false),
  };
}
