/**
 * An experiment of `kind: ensemble` as every later stage sees it: whole models beside each other, none of them merged.
 * Field names are those of the file.
 */

export interface EnsembleModel {
  /** A folder, or a hub name with optional `@revision`, as written. */
  readonly source: string;
  /** As written; null = what the model's config calls its architecture. */
  readonly family: string | null;
  /** The model that this one is a reseed or quantisation of: what it adds is noise, by the file's own word. */
  readonly null_of: string | null;
  /** Null where it is no copy. */
  readonly null_kind: 'reseed' | 'quantisation' | null;
  /** The models that it was merged from, where it is a merge: served as one model, and in no pool. */
  readonly merge_of: readonly string[] | null;
}

export interface Ensemble {
  readonly version: 1;
  readonly kind: 'ensemble';
  readonly name: string;
  /** At least two, by name, in file order. */
  readonly models: ReadonlyMap<string, EnsembleModel>;
  readonly evaluation: {
    /** Domain to data file as written, in file order. */
    readonly domains: ReadonlyMap<string, string>;
    /** UTF-8 bytes of each sample's scored text; what is longer is cut at a character before it is tokenised. */
    readonly max_bytes: number;
    /** Tokens; samples with more for any model are left out for all. */
    readonly max_length: number;
    /** `auto` (each model's own), `none`, or a path. */
    readonly chat_template: string;
    readonly dtype: 'auto' | 'float32' | 'bfloat16' | 'float16';
  };
  /** What the best pool may hold; null = no limit. */
  readonly pool: {
    readonly k: number | null;
    /** Summed over its models. */
    readonly parameters: number | null;
    readonly memory_bytes: number | null;
  };
  readonly target: string;
}
