/** The store's files of ensembles as types. Evaluation sets, results and statuses are those of merges. */
import type { Problem } from '../../problem.ts';
import type { Dtype, EvaluationId, MergeKey, PlanId, PlanModel, SCORER, STORE_FORMAT } from '../format.ts';

/** Models by themselves: nothing of them needs to fit together. */
export interface PreparedMember extends PlanModel {
  readonly parameters: number;
  /** Used for one token, embeddings included; all of them unless the model is a mixture of experts. */
  readonly active_parameters: number;
  /** Input, output and position tables; tied ones once. */
  readonly embedding_parameters: number;
  readonly flops_per_token: number;
  /** Of the stored tensors. */
  readonly bytes: number;
  readonly stored_dtype: string;
  readonly architecture: string;
  /** As the config names the architecture. */
  readonly family: string;
  /** SHA-256 of what turns text into tokens. */
  readonly tokenizer: string;
  /** Of the forward pass, with the reason in words. */
  readonly dtype: Dtype;
  readonly dtype_reason: string;
  readonly batch_tokens: number;
  /** By domain. Models with the same tokenizer and template share them. */
  readonly evaluations: Readonly<Record<string, EvaluationId>>;
}

export interface SharedEvaluation {
  readonly file: string;
  readonly samples: number;
  readonly tokens: number;
  readonly scored_tokens: number;
  readonly bytes: number;
  readonly truncated: number;
  /** Records with more tokens than the model can take. */
  readonly overlong: number;
  /** Records without an answer. */
  readonly excluded: number;
  readonly rendering: string;
}

type FoundProblem = Problem & { readonly model?: string; readonly domain?: string };

/** The answer of `prepare` for an ensemble. */
export interface PreparedEnsemble {
  /** By name. */
  readonly models: Readonly<Record<string, PreparedMember>>;
  /** By id. */
  readonly evaluations: Readonly<Record<string, SharedEvaluation>>;
  readonly device: { readonly name: string; readonly description: string };
  readonly estimate: {
    /** By model. */
    readonly seconds: Readonly<Record<string, number>>;
    readonly memory_bytes: number;
    readonly available_memory_bytes: number;
    readonly free_disk_bytes: number;
    /** How it was reached, in words. */
    readonly basis: string;
  } | null;
  /** A plan is only made when there are none. */
  readonly problems: readonly FoundProblem[];
  readonly warnings: readonly FoundProblem[];
}

/** What a plan says of one model. */
export type PlanMember = Omit<PreparedMember, 'stored_dtype' | 'architecture' | 'dtype_reason'>;

/** First line of `plans/<plan id>.jsonl`. */
export interface EnsemblePlanHeader {
  readonly format: typeof STORE_FORMAT;
  readonly scorer: typeof SCORER;
  readonly kind: 'ensemble';
  /** By name, in file order. */
  readonly models: Readonly<Record<string, PlanMember>>;
}

/** One model, scored on each of its evaluation sets. */
export interface ModelLine {
  /** Of an unmerged model. */
  readonly key: MergeKey;
  readonly model: string;
}

/** Models of one tokenizer as one predictor: log softmax of the mean of their logits. Asked for, once all are scored. */
export interface AverageLine {
  readonly key: MergeKey;
  readonly average: readonly string[];
}

export type EnsemblePlanLine = ModelLine | AverageLine;

export function isModelLine(line: EnsemblePlanLine): line is ModelLine {
  return 'model' in line;
}

export function isAverageLine(line: EnsemblePlanLine): line is AverageLine {
  return 'average' in line;
}

export interface EnsemblePlan {
  readonly id: PlanId;
  readonly header: EnsemblePlanHeader;
  readonly lines: readonly EnsemblePlanLine[];
}
