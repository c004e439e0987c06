import type { EnsembleReport } from '../ensemble/types.ts';
import type { Problem } from '../problem.ts';
import type { PlanId } from '../store/format.ts';
import type { Progress } from './report.ts';

export type LeftOut = Problem & { readonly model: string };

/** A pool whose logits could be averaged. */
export interface Unaveraged {
  readonly members: readonly string[];
  /** What its models took to score: averaging scores each of them once more. Null where that is not known. */
  readonly seconds: number | null;
  /** Whether a run measures it unasked. */
  readonly cheap: boolean;
}

/** The report of an ensemble as every surface reads it: of which plan, how far that is, and what it is not about. */
export interface EnsembleDocument extends EnsembleReport {
  readonly plan: PlanId;
  /** Of the models. */
  readonly progress: Progress;
  /** Models without a loss of every sample, `model_failed` where there will be none; and those that are not what they are declared. */
  readonly left_out: readonly LeftOut[];
  /** The best pools that share a tokenizer and whose averaged logits are not asked for yet. */
  readonly unaveraged: readonly Unaveraged[];
}
