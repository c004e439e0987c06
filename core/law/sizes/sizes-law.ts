/** What is known of one domain's loss over model sizes and numbers of experts: the element of `joint` in `merge-lab law --json`. */
import type { Interval, Warning } from '../curve.ts';
import type { OffsetForm } from './joint-model.ts';

/** Of L* + B·N^−β + A0·N^−γ/(k + b), N in billions of parameters (arXiv 2509.24244 eq. 1). */
export type JointParameter = 'Lstar' | 'B' | 'beta' | 'A0' | 'gamma' | 'b';

/**
 * What the data say of a parameter. `saturated`: floors of three sizes pass through L*, B and β exactly, which leaves
 * nothing to judge them by. `on_bound`: the data ask for a value beyond the bound. `not_identified`: an end of its
 * interval has no limit, or another parameter on a bound leaves it without meaning.
 */
export type Standing = 'identified' | 'saturated' | 'on_bound' | 'not_identified';

export interface SizesLaw {
  /** null = macro mean (or the only domain of a CSV). */
  readonly domain: string | null;
  /** Sizes measured, ascending, billions of parameters. */
  readonly sizes: readonly number[];
  /** M of the largest pool. */
  readonly pool: number;
  /** `signed` allows b ≥ −0.8, `paper` b ≥ 0. */
  readonly form: OffsetForm;
  /** Null with fewer than three sizes. */
  readonly parameters: Readonly<Record<JointParameter, number>> | null;
  /** 95%; an end without a limit is null. */
  readonly intervals: Readonly<Record<JointParameter, Interval>> | null;
  readonly interval_method: string | null;
  /** Where each parameter was allowed to be. */
  readonly bounds: Readonly<Record<JointParameter, Interval>> | null;
  readonly standing: Readonly<Record<JointParameter, Standing>> | null;
  /** Unweighted, over all points. */
  readonly r2: number | null;
  /** nats */
  readonly rmse: number | null;
  /** Standard deviation of the points around the law beyond their known errors, nats; null where errors are unknown. */
  readonly misfit: number | null;
  /** The same law with the paper's b ≥ 0. */
  readonly paper: {
    readonly parameters: Readonly<Record<JointParameter, number>>;
    readonly rmse: number;
    readonly r2: number | null;
  } | null;
  readonly by_size: BySize | null;
  /** Empty with fewer than four sizes. */
  readonly held_out: readonly HeldOut[];
  /** Every measured size at k = 1..M, and sizes asked for, where at least four are measured. */
  readonly forecast: readonly SizeForecast[];
  readonly iso_loss: readonly IsoLine[];
  /** Why a null above is null, by field name. */
  readonly reasons: Readonly<Record<string, string>>;
  readonly warnings: readonly Warning[];
}

/** Floors and tails free by size, with one offset for all: L(N, k) = L∞(N) + A(N)/(k + b). */
export interface BySize {
  readonly b: number;
  readonly b_low: number | null;
  readonly b_high: number | null;
  /** Ascending N. */
  readonly sizes: readonly SizeFloor[];
  /** Whether one b fits as well as one for each size; null where nothing is left to judge it by. */
  readonly shared_b: OffsetTest | null;
}

export interface SizeFloor {
  /** Billions of parameters. */
  readonly N: number;
  readonly floor: Bounded;
  readonly tail: Bounded;
  /** b of this size fitted alone; null with fewer than three k or where its curve does not fall. */
  readonly own_b: number | null;
  /** Of the shared fit at this size, nats. */
  readonly rmse: number;
}

/** A number with its 95% interval; ends are null until intervals are computed, and where there is no limit. */
export interface Bounded {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** F test of one offset against one for each size. */
export interface OffsetTest {
  readonly F: number;
  readonly df1: number;
  /** null = infinite: the errors are known. */
  readonly df2: number | null;
  readonly p: number;
  /** p ≥ 0.05 */
  readonly does_as_well: boolean;
}

/** How wrong the joint law is at a size that it has not seen. */
export interface HeldOut {
  /** `later`: forecast from smaller sizes only (rolling origin). `left_out`: from all other sizes. */
  readonly kind: 'later' | 'left_out';
  /** The size forecast, billions. */
  readonly N: number;
  /** The sizes fitted. */
  readonly fitted: readonly number[];
  /** Root mean square over its k's, nats. */
  readonly rms: number;
  /** Mean of forecast minus measured, nats. */
  readonly bias: number;
}

export interface SizeForecast {
  readonly N: number;
  readonly k: number;
  /** nats */
  readonly loss: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly measured: boolean;
}

/** Where in the plane of sizes and k one loss is reached. */
export interface IsoLine {
  /** nats */
  readonly loss: number;
  /** k is real, at least 1; null where no k of the pool reaches the loss. */
  readonly points: readonly { readonly N: number; readonly k: number | null }[];
}
