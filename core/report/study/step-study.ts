/** The best step length of a tuned method, and what tuning it gives. */
import type { FallOfCurve } from '../../selection/tuned-curve.ts';
import type { Estimated } from '../report.ts';

/** Of the objective. Intervals are for this pool. */
export interface StepStudy {
  /** k ascending. */
  readonly subsets: readonly StepCurve[];
  /** Of those, how many have no merge at their best scale yet: it is read off the parabola alone. */
  readonly unverified: number;
  /** Of those, how many the next run merges there. */
  readonly proposed: number;
  /** Where subsets were tuned, ascending. */
  readonly by_k: readonly TunedPoint[];
  /** From k = 1 to k = M; null with a single expert, or while one end is missing. */
  readonly fall: FallOfCurve | null;
}

/** One subset over the scale. */
export interface StepCurve {
  /** Indices into the pool, ascending. */
  readonly members: readonly number[];
  /** Ascending; 0 is the base. */
  readonly merges: readonly { readonly scale: number; readonly loss: number }[];
  readonly scale: Estimated;
  readonly on_edge: boolean;
  /** At its best scale, cross-fitted. */
  readonly loss: Estimated;
  /** What tuning saves against the scale of the sweep; positive is better. */
  readonly gain: Estimated;
  readonly verified: boolean;
}

/** The typical merge of one k. */
export interface TunedPoint {
  readonly k: number;
  /** Mean of the best scales. */
  readonly scale: number;
  readonly fixed: Estimated;
  /** Its fixed loss less the mean gain of the tuned subsets. */
  readonly tuned: Estimated;
  readonly gain: Estimated;
  /** Tuned, of how many there are. */
  readonly subsets: number;
  readonly of: number;
}
