/**
 * What is asked of an ensemble's analysis, and what it answers. M models are each scored once on the same S samples;
 * the oracle of a pool takes, per sample, the smallest total NLL in it (arXiv 2512.23340). Losses go in as nats a sample
 * and come out in bits per byte, so that models with different tokenizers compare; intervals are 95%.
 */
import type { Interval, Warning } from '../law/curve.ts';
import type { Estimated } from '../selection/estimated.ts';

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
  /** Every k from 1 to M. Intervals at up to 32 of them. */
  readonly oracle: readonly OraclePoint[];
  readonly controls: Controls;
  /** What sharing a pool buys, pair by pair. */
  readonly diversity: Diversity | null;
  /** Best pool of each size up to 12, then of `goal` where it sets a limit. */
  readonly best_pools: readonly BestPool[];
  readonly goal: BestPool | null;
  /** Null until the numbers are complete. */
  readonly study: EnsembleStudy | null;
  /**
   * Whether models that know different things give the oracle's gain, and not only chance: confirmed where controls
   * explain less than all of it, or where models chosen by domain keep some on other samples.
   */
  readonly beyond_noise: Verdict;
  /** How much of the oracle's gain noise alone would explain, in plain words. */
  readonly sentence: string;
  readonly warnings: readonly Warning[];
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
  /** The best model of each domain, chosen on other samples, and its gain over the best single one: noise cannot give it. */
  readonly routed: Score & { readonly gain: Estimated };
  readonly averaged_logits: readonly (Score & {
    readonly members: readonly string[];
    readonly oracle: number;
    readonly mixture: number;
  })[];
}

/** A model with its reseeds or quantisations. */
export interface NullGroup {
  readonly model: string;
  readonly members: readonly string[];
  readonly k: number;
  /** Gain of the k members over their best, bits per byte. */
  readonly gain: Estimated;
  /** Gain of an average pool of k different models; null where the pool has fewer. */
  readonly pool_gain: number | null;
  /** gain / pool_gain */
  readonly share: Estimated | null;
}

export interface Diversity {
  readonly pairs: readonly ModelPair[];
  /** Pairs looked at; all of them up to 64 models, else a random part. */
  readonly looked_at: number;
  readonly of: number;
  /** Mean gains of a pair over its better member, bits per byte; null without such pairs. */
  readonly within_family: number | null;
  readonly between_families: number | null;
  /** between − within */
  readonly difference: Estimated | null;
}

export interface ModelPair {
  readonly models: readonly [string, string];
  readonly same_family: boolean;
  /** Of their losses per sample, after the mean over models is taken away; null where one has no variance. */
  readonly correlation: number | null;
  readonly gain: number;
}

export type Guarantee =
  /** Every pool was looked at. */
  | 'exact'
  /** Greedy by count: 1 − 1/e of the best gain over the pool's worst model of each sample (Nemhauser et al. 1978). */
  | 'one_minus_1_over_e'
  /** Better of greedy by gain per cost and the best single model: (1 − 1/e)/2 (Khuller et al. 1999). */
  | 'half_one_minus_1_over_e'
  /** Greedy under several limits: none but the measured bound. */
  | 'none';

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
  readonly guarantee: Guarantee;
  /** Share of the best possible facility-location gain that this pool surely has; 1 where exact. */
  readonly certified: number;
  /** Pools that cannot be told from it, itself included; null until intervals are there, and for pools of one and of all. */
  readonly tied: {
    readonly pools: readonly (readonly string[])[];
    /** How many were compared: the best of them all, up to a limit. */
    readonly compared: number;
    /** The worst compared is tied too: there may be more. */
    readonly more: boolean;
  } | null;
}

export interface EnsembleStudy {
  /** Mean over random pools that fill each budget. */
  readonly typical: PoolLaw;
  /** Best pool within each budget, cross-fitted. */
  readonly envelope: PoolLaw;
  /** The single models over their own parameters; null with fewer than four sizes. */
  readonly single: SingleLaw | null;
  readonly heterogeneous: Heterogeneous | null;
  readonly claims: readonly Claim[];
}

export type PoolForm = 'power_floor' | 'power' | 'logarithm' | 'saturating' | 'flat';

export interface PoolLaw {
  readonly points: readonly BudgetPoint[];
  /** Smallest held-out error first. */
  readonly forms: readonly PoolFormFit[];
  /** Why `forms` is empty. */
  readonly reason: string | null;
}

export interface BudgetPoint {
  /** Summed parameters allowed, and used on average. */
  readonly budget: number;
  readonly parameters: number;
  /** Mean number of models. */
  readonly k: number;
  readonly bits_per_byte: Estimated;
  /** Members, where one pool is best. */
  readonly members: readonly string[] | null;
}

export interface PoolFormFit {
  readonly form: PoolForm;
  /** L = floor + scale·P^−exponent (P in billions), level − slope·ln P, floor + scale/(k + offset), level. */
  readonly parameters: Readonly<Record<string, number>>;
  /** From resampled samples, and for `typical` also from left-out models; an end without limit is null. */
  readonly intervals: Readonly<Record<string, Interval>>;
  /** With the error of left-out families instead of models; null where there are fewer than three. */
  readonly family_intervals: Readonly<Record<string, Interval>> | null;
  /** Root mean square error over budgets beyond those fitted, bits per byte. */
  readonly held_out: number;
  readonly rmse: number;
}

export interface SingleLaw {
  readonly points: readonly {
    readonly name: string;
    readonly parameters: number;
    readonly bits_per_byte: number;
  }[];
  readonly parameters: Readonly<Record<string, number>>;
  readonly intervals: Readonly<Record<string, Interval>>;
}

export interface Heterogeneous {
  /** Bits per byte that pools of several families save over those of one, at the same summed parameters. */
  readonly saving: Estimated;
  /** How many left-out groups the interval rests on, and whether those are families or models. */
  readonly left_out: { readonly count: number; readonly kind: 'families' | 'models' };
  readonly pairs: number;
  readonly families: readonly { readonly family: string; readonly saving: number; readonly pairs: number }[];
}

export interface Claim {
  /** Of arXiv 2512.23340. */
  readonly claim: 'power_law' | 'lower_floor' | 'heterogeneous_better';
  readonly verdict: Verdict;
  /** The difference that decides: above zero speaks for the claim. Bits per byte; null where there is none. */
  readonly difference: Estimated | null;
  readonly sentence: string;
}
