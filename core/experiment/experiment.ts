/**
 * An experiment as every later stage sees it: valid, with each default filled in. It is made by parsing
 * (`parse.ts`) and never changed. Field names are those of the file, so that they can be searched for.
 */

export type Compatibility = 'none' | 'mergekit';

/** Of the merged update. `tuned`: every subset is merged at 1, and some of them at other scales, to find the best. */
export type Scale = number | 'tuned';

/** One merge method with all its parameters; mathematics of each in `ARCHITECTURE.md` and the agent's `methods.py`. */
export type Method =
  | { readonly method: 'average'; readonly compatibility: Compatibility }
  | {
      readonly method: 'task_arithmetic';
      readonly scale: Scale;
      readonly normalize: boolean;
      readonly compatibility: Compatibility;
    }
  | {
      readonly method: 'ties';
      readonly scale: Scale;
      readonly density: number;
      readonly trim_scope: 'tensor' | 'model';
      readonly compatibility: Compatibility;
    }
  | {
      readonly method: 'dare';
      readonly drop_rate: number;
      readonly seeds: readonly number[];
      readonly compatibility: Compatibility;
    }
  | {
      readonly method: 'dare_ties';
      readonly drop_rate: number;
      readonly seeds: readonly number[];
      readonly scale: Scale;
      readonly compatibility: Compatibility;
    };

export type MethodName = Method['method'];

export interface Size {
  /** As written under `sizes:`; `default` where the file has one `base` and no sizes. */
  readonly name: string;
  /** Where the base comes from, as written: a folder, or a hub name with optional `@revision`. */
  readonly base: string;
  /** Expert name to source, in pool order. */
  readonly experts: ReadonlyMap<string, string>;
}

export type Subsets =
  | { readonly kind: 'all' }
  | { readonly kind: 'per_k'; readonly count: number }
  | { readonly kind: 'permutations'; readonly count: number }
  /**
   * Until every mean over subsets is known to ±`precision` nats, 95% for all sizes together; `at_most` merges of each
   * method, seed and size, those of single experts and of the whole pool included.
   */
  | { readonly kind: 'precision'; readonly precision: number; readonly at_most: number };

export type Goal =
  | { readonly rule: 'within'; readonly value: number }
  | { readonly rule: 'return'; readonly value: number }
  | { readonly rule: 'epsilon'; readonly value: number };

/** A task of the evaluation harness that models are to be scored on. */
export interface DownstreamTask {
  /** Its name, or a folder as written. */
  readonly task: string;
  /** Null = the first that the task has. */
  readonly metric: string | null;
  /** Of items; null = all. */
  readonly limit: number | null;
  /** Null = the task's own number. */
  readonly shots: number | null;
}

export interface Experiment {
  readonly version: 1;
  readonly kind: 'merge';
  readonly name: string;
  readonly sizes: readonly Size[];
  /** Expert names in file order; every size has all of them. */
  readonly pool: readonly string[];
  readonly embeddings: 'exact' | 'common_rows';
  readonly methods: readonly Method[];
  readonly evaluation: {
    /** Domain to data file as written, in file order. */
    readonly domains: ReadonlyMap<string, string>;
    readonly max_length: number;
    /** Scored tokens; null = all. */
    readonly max_tokens_per_domain: number | null;
    /** `auto`, `none`, or a path. */
    readonly chat_template: string;
    readonly dtype: 'auto' | 'float32' | 'bfloat16' | 'float16';
    readonly downstream: readonly DownstreamTask[];
  };
  readonly sweep: {
    /** Sorted, distinct, each in 1..M. */
    readonly k: readonly number[];
    readonly subsets: Subsets;
    readonly seed: number;
  };
  readonly goals: {
    readonly goal: Goal;
    /** Size of the subset to recommend; null = recommended k. */
    readonly pick: number | null;
    /** Every domain has a weight; default 1. */
    readonly weights: ReadonlyMap<string, number>;
    readonly must_include: readonly string[];
    readonly must_exclude: readonly string[];
    readonly interval: 'pool' | 'population';
    /** Name of the method the headline answers for; null = the best at its recommended k. */
    readonly method: MethodName | null;
    /** Name of the size the headline answers for; null = the largest. */
    readonly size: string | null;
  };
  readonly references: readonly (
    | { readonly name: string; readonly loss: number; readonly gpu_hours: number | null }
    | { readonly name: string; readonly model: string; readonly gpu_hours: number | null }
  )[];
  readonly budget: {
    readonly gpu_hours: number | null;
    readonly hours_per_expert_per_billion: number | null;
    /** Parameters, not billions. */
    readonly max_parameters: number | null;
    readonly memory_bytes: number | null;
    readonly target_loss: number | null;
  } | null;
  readonly merge: {
    readonly method: MethodName | null;
    readonly size: string | null;
    readonly subset: readonly string[] | null;
    readonly weights: ReadonlyMap<string, number> | null;
    readonly out: string | null;
  } | null;
  readonly target: string;
}
