/**
 * The store's files as types: plans, results, evaluation sets, prepared answers, run status.
 * Everything that is written to a file or sent to the agent has snake_case fields.
 */
import type { Method } from '../experiment/experiment.ts';
import type { Problem } from '../problem.ts';

/** Of the store's files; a store of another format is refused by name, never guessed at. */
export const STORE_FORMAT = 1;
/** Part of every merge key: raised when scores would change for the same parameters. */
export const SCORER = 1;
/** The agent that belongs to this version: answers that another one prepared are asked for again. */
export const AGENT = '0.1.0';

declare const brand: unique symbol;
/** SHA-256 in lower-case hex of what determines a merge's parameters and how it is scored. */
export type MergeKey = string & { readonly [brand]: 'MergeKey' };
export type EvaluationId = string & { readonly [brand]: 'EvaluationId' };
export type PlanId = string & { readonly [brand]: 'PlanId' };
export type Fingerprint = string & { readonly [brand]: 'Fingerprint' };

export type Dtype = 'float32' | 'bfloat16' | 'float16';

/** A method of a plan: as in the experiment, but seeds belong to its merges. */
export type PlanMethod = Planned<Method>;

/** Of each member of the union apart: without seeds, and with a number as its scale. */
type Planned<M> = M extends { readonly scale: unknown }
  ? Omit<M, 'seeds' | 'scale'> & { readonly scale: number }
  : Omit<M, 'seeds'>;

export interface PlanModel {
  readonly fingerprint: Fingerprint;
  /** Absolute folder on the target. */
  readonly path: string;
  /** As the experiment names it; a hub name is pinned to a commit: `org/model@<commit>`. */
  readonly source: string;
  readonly kind: 'checkpoint' | 'adapter';
}

export interface PlanSize {
  readonly base: PlanModel;
  readonly experts: Readonly<Record<string, PlanModel>>;
  /** Parameters of the base, counted from its files (tied ones once). */
  readonly parameters: number;
}

/** First line of `plans/<plan id>.jsonl`. The id is the SHA-256 of the file's bytes. */
export interface PlanHeader {
  readonly format: typeof STORE_FORMAT;
  readonly scorer: typeof SCORER;
  /** Expert names in file order: the order of `subset` in every line. */
  readonly pool: readonly string[];
  readonly sizes: Readonly<Record<string, PlanSize>>;
  readonly methods: readonly PlanMethod[];
  /** How many of `methods` the experiment names; those behind them are the same at other scales. Absent: all. */
  readonly declared?: number;
  readonly embeddings: 'exact' | 'common_rows';
  /** Domain to evaluation id, in file order. */
  readonly evaluations: Readonly<Record<string, EvaluationId>>;
  /** Of the forward pass. */
  readonly dtype: Dtype;
  /** Largest number of tokens, padding included, in one batch. */
  readonly batch_tokens: number;
  readonly references: Readonly<Record<string, PlanModel>>;
}

/** `step`: a tuned method at one of its scales. */
export type Purpose = 'anchor' | 'design' | 'step' | 'verify' | 'requested';

/** One merge. `method: null` is weights, or an unmerged model: the base (`subset: []`), an expert (one name), or a reference. */
export interface PlanLine {
  readonly key: MergeKey;
  readonly size: string;
  /** Index into the header's methods. */
  readonly method: number | null;
  readonly subset: readonly string[];
  /** θ0 + Σ w·v instead of a method, in the order of `subset`: the multiple of each task vector. */
  readonly weights?: readonly number[];
  /** For random methods only. */
  readonly seed: number | null;
  readonly purpose: readonly Purpose[];
  /** How often the design drew this subset: its weight in the mean over subsets of its k. 0 where it is not design. */
  readonly draws: number;
  readonly reference?: string;
  /** Raised by one when the user asks to try a failed merge again. */
  readonly retry?: number;
}

/** The base, an expert as it is, or a reference. */
export function isUnmerged({ method, weights }: Pick<PlanLine, 'method' | 'weights'>): boolean {
  return method === null && weights === undefined;
}

export interface Plan {
  readonly id: PlanId;
  readonly header: PlanHeader;
  readonly lines: readonly PlanLine[];
}

/** First line of `results/<writer id>.jsonl`; `crc` as in a result line. */
export interface ResultHeader {
  readonly format: typeof STORE_FORMAT;
  readonly writer: string;
  readonly plan: PlanId;
  readonly agent: string;
  readonly torch: string;
  readonly transformers: string;
  readonly crc: string;
}

/**
 * The score of one merge on one domain, or why there is none (`nll: null`, `code` set). A merge that failed as a
 * whole has `evaluation: null`. `crc` is CRC-32 of the line's UTF-8 bytes before `,"crc"`, 8 lower-case hex digits.
 */
export interface ResultLine {
  readonly key: MergeKey;
  readonly evaluation: EvaluationId | null;
  /** Sum over scored tokens, nats. */
  readonly nll: number | null;
  readonly tokens: number;
  readonly samples: number;
  /** Base64 of little-endian float32, one value a sample (or, for merges, a block of samples above 1,000). */
  readonly per_sample: string | null;
  readonly seconds: number;
  readonly device: string;
  readonly batch_tokens: number;
  readonly code: string | null;
  /** What happened, for people; null on success. */
  readonly message?: string | null;
  readonly attempt: number;
  readonly crc: string;
}

/** `evaluations/<id>.json`: workers score from this file only. The id hashes `max_length` and `samples`' tokens and scored positions. */
export interface EvaluationSet {
  readonly format: typeof STORE_FORMAT;
  readonly id: EvaluationId;
  readonly domain: string;
  readonly max_length: number;
  readonly samples: readonly {
    /** Position in the data file, from 0. */
    readonly id: number;
    readonly tokens: readonly number[];
    /** Positions t (ascending, each ≥ 1) whose token is scored: −log p(tokens[t] | tokens[<t]). */
    readonly scored: readonly number[];
    /** UTF-8 bytes of the scored text. */
    readonly bytes: number;
    readonly truncated: boolean;
  }[];
  readonly scored_tokens: number;
  readonly truncated: number;
  readonly excluded: number;
  /** How the text was made, in words: the template and what is scored. */
  readonly rendering: string;
  /**
   * For ensembles: texts are cut to so many bytes, whatever the tokenizer, and never to tokens. The id then hashes all of
   * `samples` and `overlong`, and results hold the loss of every sample.
   */
  readonly max_bytes?: number;
  /** Records that have more tokens than a model can take: they are not scored. */
  readonly overlong?: readonly { readonly id: number; readonly bytes: number }[];
}

export interface PrepareRequest {
  /** Absolute folder of the store. */
  readonly store: string;
  /** Absolute folder that relative sources are resolved against. */
  readonly root: string;
  readonly models: readonly {
    /** `<size>/base`, `<size>/expert/<name>` or `reference/<name>`; in an ensemble the name. */
    readonly id: string;
    readonly source: string;
    readonly role: 'base' | 'expert' | 'reference' | 'model';
    readonly size: string | null;
    readonly name: string | null;
  }[];
  readonly embeddings: 'exact' | 'common_rows';
  readonly evaluation: {
    readonly domains: Readonly<Record<string, string>>;
    readonly max_length: number;
    readonly max_tokens_per_domain: number | null;
    readonly chat_template: string;
    readonly dtype: 'auto' | Dtype;
    /** For an ensemble: of each sample's scored text. */
    readonly max_bytes?: number;
  };
  readonly device: string;
  /** `source@revision` entries whose remote code the user allows. */
  readonly allow_remote_code: readonly string[];
}

export interface PreparedModel extends PlanModel {
  readonly parameters: number;
  readonly bytes: number;
  /** Of the stored tensors; `mixed` where they differ. */
  readonly dtype: string;
  readonly architecture: string;
  readonly vocabulary: number;
  readonly tied_embeddings: boolean;
  /** ‖v‖/‖θ0‖ estimated from the fingerprint's sampled bytes; null for a base or a reference. */
  readonly distance: number | null;
}

export interface PreparedEvaluation {
  readonly id: EvaluationId;
  readonly file: string;
  readonly samples: number;
  readonly tokens: number;
  readonly scored_tokens: number;
  readonly bytes: number;
  readonly truncated: number;
  readonly excluded: number;
  readonly rendering: string;
}

export interface Estimate {
  /** Expected seconds of one merge over all domains, by size then by method index. */
  readonly seconds_per_merge: Readonly<Record<string, number>>;
  readonly memory_bytes: number;
  readonly available_memory_bytes: number;
  readonly free_disk_bytes: number;
  /** How it was reached, in words. */
  readonly basis: string;
}

/** The answer of `prepare`. Cached as `prepared/<digest>.json` with the request and the state of the files it read. */
export interface Prepared {
  readonly models: Readonly<Record<string, PreparedModel>>;
  readonly evaluations: Readonly<Record<string, PreparedEvaluation>>;
  readonly dtype: { readonly value: Dtype; readonly reason: string };
  readonly device: { readonly name: string; readonly description: string };
  readonly batch_tokens: number;
  readonly estimate: Estimate | null;
  /** Every incompatibility found; a plan is only made when this is empty. */
  readonly problems: readonly (Problem & { readonly model?: string; readonly domain?: string })[];
  /** Worth saying, no obstacle. */
  readonly warnings: readonly (Problem & { readonly model?: string; readonly domain?: string })[];
}

export interface PreparedFile {
  readonly format: typeof STORE_FORMAT;
  readonly agent: string;
  readonly request: PrepareRequest;
  /** Absolute path → size and modification time (decimal nanoseconds) when read; folders have size null; a missing file has mtime_ns null. */
  readonly files: readonly {
    readonly path: string;
    readonly size: number | null;
    readonly mtime_ns: string | null;
  }[];
  readonly answer: Prepared;
}

/** Row i of a symmetric matrix, up to its diagonal. */
type Lower = readonly (readonly number[])[];

/** Sums over the task vectors of one size, `geometry/<key>.json`. The key is the hash of everything that determines them. */
export interface GeometryFile {
  readonly format: typeof STORE_FORMAT;
  readonly base: Fingerprint;
  /** Of distinct models, ascending: the order of rows and columns. */
  readonly experts: readonly Fingerprint[];
  readonly embeddings: PlanHeader['embeddings'];
  /** Entries of the base that a merge changes, and how many of them were looked at; sums are scaled up to all. */
  readonly coordinates: number;
  readonly sampled: number;
  /** ‖θ0‖². */
  readonly base_square: number;
  /** v_i·v_j. */
  readonly gram: Lower;
  /** Entries where neither v_i nor v_j is zero. */
  readonly shared: Lower;
  /** Of those, entries where their signs differ. */
  readonly opposite: Lower;
  /** CRC-32 of the bytes before `,"crc"`, 8 lower-case hex digits. */
  readonly crc: string;
}

export type RunState =
  | 'starting'
  | 'queued'
  | 'loading'
  | 'running'
  | 'stopping'
  | 'stopped'
  | 'done'
  | 'failed';

/** `runs/<run id>/status/<worker id>.json`, replaced atomically. */
export interface WorkerStatus {
  readonly format: typeof STORE_FORMAT;
  readonly run: string;
  readonly worker: string;
  readonly plan: PlanId;
  readonly state: RunState;
  /** Raised at least every 2 s while the worker lives. */
  readonly heartbeat: number;
  readonly pid: number;
  readonly host: string;
  readonly device: string;
  readonly dtype: Dtype;
  readonly batch_tokens: number;
  /** Merges of the plan that are complete in the store, failed for good, and all. */
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  /** How many were done or failed for good before the run began; 0 until it has looked. */
  readonly at_start: number;
  readonly current: {
    readonly size: string;
    readonly method: number | null;
    readonly subset: readonly string[];
    readonly seed: number | null;
  } | null;
  readonly seconds_per_merge: number | null;
  readonly seconds_left: number | null;
  /** Anonymous memory of the process. */
  readonly memory_bytes: number | null;
  /** Why it waits, for `queued`. */
  readonly waiting_for: string | null;
  readonly problem: Problem | null;
}
