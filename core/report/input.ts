import type { Experiment } from '../experiment/experiment.ts';
import type { TaskVectors } from '../geometry/task-vectors.ts';
import type { EvaluationId, EvaluationSet, MergeKey, Plan } from '../store/format.ts';
import { LARGEST_PER_SAMPLE } from '../store/result-line.ts';

/** The score of one merge on one domain. */
export interface Score {
  /** Sum over scored tokens, nats. */
  readonly nll: number;
  readonly tokens: number;
  /** Shape (samples), or (1,000) blocks above 1,000 samples. Nats. */
  readonly perSample: Float32Array;
}

/** Where results are found: `ResultIndex` of core/store, or anything that answers the same. */
export interface Results {
  get(key: MergeKey, evaluation: EvaluationId): Score | undefined;
  /** Not undefined where the merge, or this domain of it, failed and has no success. */
  failure(key: MergeKey, evaluation?: EvaluationId): unknown;
}

/** What a report needs of an evaluation set. */
export interface EvaluationInfo {
  readonly samples: number;
  readonly scored_tokens: number;
  readonly truncated: number;
  readonly excluded: number;
  /** Scored tokens of each value of `Score.perSample`, same shape. */
  readonly tokens: Float64Array;
}

export interface ReportInput {
  readonly experiment: Experiment;
  readonly plan: Plan;
  readonly results: Results;
  /** By domain name, for every domain of the plan. */
  readonly evaluations: ReadonlyMap<string, EvaluationInfo>;
  /** Other plans of the store: their merges feed the selection where models and method are the same. */
  readonly otherPlans: readonly Plan[];
  /** By size, where they are measured. */
  readonly geometry?: ReadonlyMap<string, TaskVectors>;
}

export interface ReportOptions {
  /** `points`: every number that can be had at once; `complete`: intervals too. */
  readonly stage: 'points' | 'complete';
  /** k's to forecast beyond the pool. */
  readonly forecast?: readonly number[];
  /** Shapley values too, in the study: they count the step from the base, so that nobody is shown them unasked. */
  readonly shapley?: boolean;
  /** Asked between slow steps; true ends the work by throwing `Cancelled`. */
  readonly cancelled?: () => boolean;
}

/** Counts of an evaluation set, its tokens summed over the blocks that results keep. */
export function evaluationInfo(set: EvaluationSet): EvaluationInfo {
  const n = set.samples.length;
  const count = Math.min(n, LARGEST_PER_SAMPLE);
  const tokens = new Float64Array(count);
  for (let block = 0; block < count; block++) {
    const end = Math.floor(((block + 1) * n) / count);
    for (let i = Math.floor((block * n) / count); i < end; i++) {
      tokens[block] = (tokens[block] ?? 0) + (set.samples[i]?.scored.length ?? 0);
    }
  }
  return {
    samples: n,
    scored_tokens: set.scored_tokens,
    truncated: set.truncated,
    excluded: set.excluded,
    tokens,
  };
}
