/** Whether lower loss is more right answers: models on tasks of the evaluation harness, beside their losses. */
import type { Problem } from '../problem.ts';
import type { Estimated } from '../report/report.ts';

export interface Downstream {
  /** Index into the report's cells: that whose merges are scored. */
  readonly cell: number;
  /** Base, experts, then the chosen subsets by k. */
  readonly models: readonly DownstreamModel[];
  /** In file order. */
  readonly tasks: readonly DownstreamTaskReport[];
  /** Models on tasks that are still to be scored. */
  readonly missing: number;
  /** Of models on tasks. */
  readonly total: number;
}

export interface DownstreamModel {
  readonly kind: 'base' | 'expert' | 'merge';
  /** Indices into the pool, ascending. */
  readonly members: readonly number[];
  /** Measured objective on all samples, nats per token. */
  readonly loss: number;
  readonly recommended: boolean;
}

export interface DownstreamTaskReport {
  /** As the experiment names it. */
  readonly task: string;
  readonly limit: number | null;
  readonly shots: number | null;
  /** Why it cannot be scored, e.g. a folder that is missing. */
  readonly problem: Problem | null;
  /** That models are compared by; null before any is scored. */
  readonly metric: { readonly name: string; readonly higher_is_better: boolean } | null;
  readonly items: number;
  /** Version of the harness; null before any model is scored. */
  readonly harness: string | null;
  /** In the order of `models`; null where there is none yet. */
  readonly scores: readonly (DownstreamScore | null)[];
  /** The recommended merge's score minus the base's, paired by item; null until both are scored. */
  readonly against_base: Estimated | null;
  /** Of low loss with good score: 1 where the models have the same order in both. Null where nothing can be said. */
  readonly agreement: RankAgreement | null;
  /** Models that have the most frequent score; more than half of them leave nothing to rank. */
  readonly tied: number;
  readonly verdict: DownstreamVerdict;
  /** Whether the recommended subset is also the best one, in a sentence. */
  readonly sentence: string;
  /** What of the store is left out, and why. */
  readonly notes: readonly string[];
}

/** `best`, `not_best`: the recommended one, another one is the best beyond chance; else the data cannot tell. */
export type DownstreamVerdict = 'best' | 'not_best' | 'cannot_tell' | 'not_scored' | 'nothing_recommended';

export interface DownstreamScore {
  readonly score: Estimated;
  readonly standard_error: number | null;
  /** All that the task gives, by name. */
  readonly metrics: Readonly<Record<string, { readonly value: number; readonly stderr: number | null }>>;
}

export interface RankAgreement {
  readonly spearman: Estimated;
  readonly kendall: Estimated;
  readonly models: number;
}
