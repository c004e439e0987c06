/** Parts of the report: what stands beside the oracle, and the best pools. Bits per byte where nothing else is said. */
import type { Estimated } from '../selection/estimated.ts';
import type { PoolGoal, Score } from './types.ts';

export interface Controls {
  /** Of the whole pool. */
  readonly independence: {
    readonly bins: number;
    readonly shuffles: number;
    readonly gain: number;
    /** Its gain over the measured one; above 1 where models err together more than independent ones would. */
    readonly share: Estimated;
  } | null;
  readonly nulls: readonly NullGroup[];
  /** Nobody chooses: −log of the mean likelihood over the whole pool, per sample. At most ln M nats above its oracle. */
  readonly mixture: Score;
  /** The best model of each domain, chosen on other samples, and its gain over the best single one. */
  readonly routed: Score & { readonly gain: Estimated };
  readonly averaged_logits: readonly (Score & {
    readonly members: readonly string[];
    readonly oracle: number;
    readonly mixture: number;
    /** mixture − averaged logits, paired by sample: above zero averaging is better. */
    readonly gain: Estimated;
  })[];
}

/** Trained again alike from other first weights or another order of data; or the same weights stored with fewer bits. */
export type NullKind = 'reseed' | 'quantisation';

/**
 * Versions of one model, and the best pool of as many different models. Reseeds differ as noise does; quantisations by
 * less, so that theirs is a lower bound. Intervals are from samples and from which versions there are.
 */
export interface NullGroup {
  readonly model: string;
  readonly kind: NullKind;
  /** The model first. */
  readonly members: readonly string[];
  /** As many as the recommended pool has, and fewer than `members`, but at least two. */
  readonly k: number;
  /** Of the oracle of k versions, mean over all such, over one version, levels taken away: what noise gives to k models. */
  readonly gain: Estimated;
  /**
   * What the best k of as many models as there are would gain by domain if they differed by domain as the versions do;
   * null with fewer than five domains, where luck with them cannot be told from knowledge, and until intervals are made.
   */
  readonly routed: Estimated | null;
  /** The best pool of at most k models within the file's limits, and its gains over the best single model within them; null where that is one. */
  readonly pool: {
    readonly members: readonly string[];
    readonly gain: Estimated;
    readonly routed: Estimated;
  } | null;
  /** pool.gain − gain */
  readonly excess: Estimated | null;
  /** The same of gains over the mean member, levels taken away in each domain: luck with domains has no part in it. */
  readonly inside_excess: Estimated | null;
  /** pool.routed − routed */
  readonly routed_excess: Estimated | null;
  /** A member of the pool with a clearly larger loss than `model`, whose noise may be larger too. */
  readonly weaker: string | null;
}

export interface Diversity {
  readonly pairs: readonly ModelPair[];
  /** Pairs looked at; all of them up to 64 models, else a random part. */
  readonly looked_at: number;
  readonly of: number;
  /** Mean gains of a pair over its better member, bits per byte; null without such pairs. */
  readonly within_family: number | null;
  readonly between_families: number | null;
  /** between − within, for other samples and other families; for other models where there are fewer than three families. */
  readonly difference: Estimated | null;
  /** What its interval is for others of. */
  readonly left_out: 'models' | 'families';
}

export interface ModelPair {
  readonly models: readonly [string, string];
  readonly same_family: boolean;
  /** Of their losses per sample, after the mean over models is taken away; null where one has no variance. */
  readonly correlation: number | null;
  readonly gain: number;
}

export interface BestPool extends Score {
  readonly limit: PoolGoal;
  /** In pool order. */
  readonly members: readonly string[];
  readonly parameters: number;
  readonly serving_bytes: number;
  readonly flops_per_token: number;
  /** Chosen on other samples than it is scored on: what choosing this way is worth. `bits_per_byte` is of the samples it was chosen on. */
  readonly cross_fitted: Estimated;
  /** Uniform mixture of the members. */
  readonly mixture: number;
  /** What can be had within the limit without knowing which model to ask; null where no two models are within it. */
  readonly served: ServedPool | null;
  /** Of the file's merges within the limit, where it is surely better than what would be served without, and takes no more. */
  readonly better_merge: BetterMerge | null;
  /** No pool within the limit has a lower `bits_per_byte` than this; its own where it is proven to be the best. */
  readonly bound: number;
  readonly proven: boolean;
  /** Pools that cannot be told from it, itself included; null until intervals are there, and for pools of one and of all. */
  readonly tied: {
    readonly pools: readonly (readonly string[])[];
    /** How many were compared: the best of them all, up to a limit. */
    readonly compared: number;
    /** The worst compared is tied too: there may be more. */
    readonly more: boolean;
  } | null;
}

/** A merge to serve instead of a pool or of a single model. */
export interface BetterMerge {
  readonly name: string;
  /** Where several merges are within the limit, chosen on other samples than it is scored on. */
  readonly bits_per_byte: Estimated;
  /** What would be served without it minus this, paired by sample. */
  readonly gain: Estimated;
}

/** Of the best pools within a limit, the one whose uniform mixture loses least; it need not be the one of the best oracle. */
export interface ServedPool {
  /** In pool order. */
  readonly members: readonly string[];
  readonly parameters: number;
  readonly serving_bytes: number;
  /** Of its mixture, chosen on other samples than it is scored on. */
  readonly mixed: Estimated;
  /** The best single model within the limit, chosen on all samples: luck speaks for it. */
  readonly single: string;
  /** single − mixed */
  readonly gain: Estimated;
}
