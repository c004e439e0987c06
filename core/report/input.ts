import type { Experiment } from '../experiment/experiment.ts';
import type { EvaluationId, EvaluationSet, MergeKey, Plan } from '../store/format.ts';

/** The score of one merge on one domain. */
export interface Score {
  /** Sum over scored tokens, nats; null where the loss was not finite. */
  readonly nll: number | null;
  readonly tokens: number;
  /** Shape (samples), or (1,000) blocks above 1,000 samples; null with `nll`. */
  readonly perSample: Float32Array | null;
}

/** Where results are found: `ResultIndex` of core/store, or anything that answers the same. */
export interface Results {
  get(key: MergeKey, evaluation: EvaluationId): Score | undefined;
  /** Not undefined where the merge failed as a whole and has no success. */
  failure(key: MergeKey): unknown;
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
}

export interface ReportOptions {
  /** `points`: every number that can be had at once; `complete`: intervals too. */
  readonly stage: 'points' | 'complete';
  /** k's to forecast beyond the pool. */
  readonly forecast?: readonly number[];
  /** Asked between slow steps; true ends the work by throwing `Cancelled`. */
  readonly cancelled?: () => boolean;
}

/** The most values that a result keeps for one domain; above it, blocks of consecutive samples. */
export const BLOCKS = 1000;

/** Counts of an evaluation set, its tokens summed over the blocks that results keep. */
export function evaluationInfo(set: EvaluationSet): EvaluationInfo {
  const n = set.samples.length;
  const count = Math.min(n, BLOCKS);
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
