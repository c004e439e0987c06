import type { Goal } from '../experiment/experiment.ts';
import type { Form } from './curve.ts';

/** What a law is fitted to: means of the loss by k, and what is known of their errors. K = number of k's, R = replicates. */
export interface CurveData {
  readonly domain: string | null;
  /** Billions of parameters; null where unknown. */
  readonly N: number | null;
  /** M, the largest k that can be merged. */
  readonly pool: number;
  /** The smallest, where subsets must hold some experts; absent: 1. */
  readonly from?: number;
  /** Ascending, distinct, each in 1..pool. */
  readonly k: readonly number[];
  /** Shape (K). Nats per token. */
  readonly mean: Float64Array;
  /**
   * Shape (K, K), of the means: evaluation samples (shared, so off-diagonal) and subsets not merged. Null: unknown, use
   * `weights`, and let residuals judge. `hidden`: the same, but residuals do not show these errors either (those of
   * evaluation samples, which all k share), so that no interval is known.
   */
  readonly covariance: Float64Array | 'hidden' | null;
  /**
   * Degrees of freedom of the variances in `covariance`, one for all or shape (K). Absent or null: exact, or so many
   * that it makes no difference.
   */
  readonly degreesOfFreedom?: number | Float64Array | null;
  /** Shape (K): relative weights where the covariance is unknown. Null = k, as in the paper. */
  readonly weights: Float64Array | null;
  /**
   * Shape (R, K): paired replicates of `mean`, same replicate = same resampled evaluation samples. What `covariance`
   * holds beyond theirs (subsets not merged, n/(n − 1)) is added to them as normal noise. Null: point stage, or CSV.
   */
  readonly replicates: Float64Array | null;
  /** Loss of the base, and its replicates, shape (R), paired with `replicates`. */
  readonly base: number | null;
  readonly baseReplicates: Float64Array | null;
  /** The chosen subset's cross-fitted loss beats the base at some k (null: unknown): recommended k is 0 only when neither curve does. */
  readonly chosenBeatsBase: boolean | null;
  /** All subsets of every k were measured: there is no error from subsets. */
  readonly exhaustive: boolean;
}

export interface FitOptions {
  readonly goal: Goal;
  /** Forces a form; null = by rolling-origin backtest. */
  readonly form: Form | null;
  /** k's to forecast; those within 1..pool are always included. */
  readonly forecast: readonly number[];
  readonly epsilon: number | null;
  /** Shares for `k_return`; 0.8, 0.85 and 0.9 are always included. */
  readonly returns: readonly number[];
  readonly interval: 'pool' | 'population';
  /** `points`: parameters, forms, k's and gains, in a few milliseconds, no intervals. */
  readonly stage: 'points' | 'complete';
  /** Seeds every bootstrap: derived from content by the caller. */
  readonly seed: number;
  /** Leave-one-expert-out means for `population` intervals, shape (M, K) with NaN where a pool lacks the k; null otherwise. */
  readonly leaveOneOut: Float64Array | null;
  /** Asked between slow steps; true ends the work early by throwing `Cancelled`. */
  readonly cancelled?: () => boolean;
}
