import type { Foldings } from '../selection/folds.ts';
import type { Losses } from '../selection/measured.ts';
import type { Resamples } from '../selection/resample.ts';
import type { DomainWeights, Samples } from '../selection/samples.ts';
import type { ReportInput, ReportOptions } from './input.ts';

/** What every part of one report shares. */
export interface Context {
  /** As the file has it. */
  readonly whole: ReportInput;
  /** Without the experts that the goals exclude. */
  readonly input: ReportInput;
  /** Experts that every subset holds which the goals allow: indices into the pool of `input`. */
  readonly required: readonly number[];
  readonly options: ReportOptions;
  readonly samples: Samples;
  /** Of the objective. */
  readonly weights: DomainWeights;
  /** Choices that are judged one by one take all, others the first. */
  readonly foldings: Foldings;
  /** Null at the points stage. */
  readonly resamples: Resamples | null;
  /** Hashes the evaluation data: seeds of all resampling follow from it. */
  readonly seed: number;
}

/** One size of the experiment as far as its unmerged models are scored. */
export interface Unscored {
  readonly base: Losses | null;
  readonly experts: readonly (Losses | null)[];
}
