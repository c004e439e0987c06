/**
 * What is asked of an ensemble's analysis, and what it answers. M models are each scored once on the same S samples;
 * the oracle of a pool takes, per sample, the smallest total NLL in it (arXiv 2512.23340). Losses go in as nats a sample
 * and come out in bits per byte, so that models with different tokenizers compare; intervals are 95%.
 */
import type { Warning } from '../law/curve.ts';
import type { Estimated } from '../selection/estimated.ts';
import type { BestPool, Controls, Diversity, NullKind } from './part-types.ts';
import type { ServingSeries } from './serving.ts';
import type { EnsembleStudy } from './study-types.ts';

export type * from './part-types.ts';
export type * from './study-types.ts';

export interface EnsembleInput {
  readonly name: string;
  /** In file order. */
  readonly models: readonly EnsembleModel[];
  /** Weights need not sum to 1; null: every domain the same. */
  readonly domains: readonly { readonly name: string; readonly weight: number | null }[];
  /** Shape (S): index into `domains`. */
  readonly domainOf: ArrayLike<number>;
  /** Shape (S): scored bytes, the same for every model. */
  readonly bytes: ArrayLike<number>;
  readonly goal: PoolGoal;
  /** Loss columns of pools whose logits were averaged, where somebody measured them. */
  readonly averagedLogits?: readonly { readonly members: readonly string[]; readonly nll: Float64Array }[];
}

export interface EnsembleModel {
  readonly name: string;
  readonly family: string;
  /** Whatever tells tokenizers apart. */
  readonly tokenizer: string;
  readonly parameters: ModelParameters;
  /** Bytes of weights in memory while it serves. */
  readonly servingBytes: number;
  readonly flopsPerToken: number;
  /**
   * Name of the model that this one is a reseed or quantisation of, else null. Such models are controls: they take
   * part in no pool, but show what noise alone gives.
   */
  readonly nullOf: string | null;
  /** Default: a reseed. Either has as many parameters as its original. */
  readonly nullKind?: NullKind;
  /** Names of the models that it was merged from, where it is a merge: in no pool, but served as one model. */
  readonly mergeOf?: readonly string[];
  /** Shape (S): total nats of each sample; NaN where it was not scored. */
  readonly nll: Float64Array;
  /** Samples that this model could not take whole; they count as overlong, other NaN as missing. */
  readonly overlong: readonly number[];
}

export interface ModelParameters {
  /** Embeddings included. */
  readonly total: number;
  /** Used per token, embeddings included; `total` for a dense model. */
  readonly active: number;
  /** Input and output embeddings; a tied one counts once. */
  readonly embedding: number;
}

/** Limits that the best pool must keep, all of them; null: none. */
export interface PoolGoal {
  readonly k: number | null;
  /** Summed total parameters. */
  readonly parameters: number | null;
  /** Summed serving bytes. */
  readonly memory: number | null;
}

export interface EnsembleOptions {
  /** `points`: every number that can be had at once; `complete`: intervals, laws over pools and claims too. */
  readonly stage: 'points' | 'complete';
  readonly cancelled?: () => boolean;
}

export type Verdict = 'confirmed' | 'not confirmed' | 'cannot tell';

export interface EnsembleReport {
  readonly format: 1;
  readonly kind: 'ensemble';
  readonly stage: 'points' | 'complete';
  readonly name: string;
  readonly samples: SampleCount;
  /** In file order, controls included. */
  readonly models: readonly ModelScore[];
  /** Names of the models that may be in a pool; `k` counts these. */
  readonly pool: readonly string[];
  /** Index into `models`. */
  readonly best_single: number;
  /** Every k from 1 to M. Intervals at up to 64 of them. */
  readonly oracle: readonly OraclePoint[];
  readonly controls: Controls;
  /** What sharing a pool buys, pair by pair. */
  readonly diversity: Diversity | null;
  /** Of each size up to 12, without other limits. */
  readonly best_pools: readonly BestPool[];
  /** What the file's `pool` sets. */
  readonly limit: PoolGoal;
  /** The best pool within it; null where it sets nothing, and where no model is within it. */
  readonly goal: BestPool | null;
  /** Merging against ensembling by what serving takes; null where the file names no merge. */
  readonly serving: MergeOrPool | null;
  /** Null until the numbers are complete. */
  readonly study: EnsembleStudy | null;
  /**
   * Whether models that know different things give the gain of the recommended pool, and not only chance: confirmed
   * where it exceeds, with its whole interval, what as many reseeds of one model gain.
   */
  readonly beyond_noise: Verdict;
  /** How much of the oracle's gain noise alone would explain, in plain words; empty where a pool of one has nothing to choose. */
  readonly sentence: string;
  readonly warnings: readonly Warning[];
}

export interface MergeOrPool {
  /** What was merged. */
  readonly of: readonly string[];
  /** The best pools of these. */
  readonly pools: readonly BestPool[];
  readonly bytes: ServingSeries;
  readonly flops: ServingSeries;
  /** Where each wins, in plain words. */
  readonly sentences: readonly string[];
}

export interface SampleCount {
  readonly total: number;
  readonly used: number;
  /** Left out for every model because at least one has no loss for it; each sample counts once, as overlong where it is that too. */
  readonly missing: number;
  readonly overlong: number;
  readonly domains: readonly {
    readonly name: string;
    readonly used: number;
    readonly excluded: number;
    readonly bytes: number;
    /** Share in every mean; they sum to 1. */
    readonly weight: number;
  }[];
}

/** A loss on the common samples. */
export interface Score {
  /** Σ_d w_d · (Σ NLL / (ln 2 · Σ bytes)). */
  readonly bits_per_byte: Estimated;
  /** Σ_d w_d · mean NLL of a sample, nats. */
  readonly nats: number;
}

export interface ModelScore extends Score {
  readonly name: string;
  readonly family: string;
  readonly tokenizer: string;
  readonly parameters: ModelParameters;
  readonly serving_bytes: number;
  readonly flops_per_token: number;
  readonly null_of: string | null;
  /** Null where it is no copy. */
  readonly null_kind: NullKind | null;
  /** Null where it is no merge. */
  readonly merge_of: readonly string[] | null;
  /** Bits per byte, in the order of `samples.domains`; null where no sample is used. */
  readonly domains: readonly (number | null)[];
}

/** Means over all subsets of k models, exact. */
export interface OraclePoint extends Score {
  readonly k: number;
  /** Best single model of the subset, expected; bits per byte. */
  readonly best_member: number;
  /** best_member − oracle: what choosing per sample gives beyond having the best member. */
  readonly gain: Estimated;
  /** The same gain where the models' columns are shuffled within difficulty bins. Null while not computed. */
  readonly independent_gain: number | null;
}
