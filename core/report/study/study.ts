/**
 * What the whole experiment says beyond its answer: sizes against each other, donors against domains, pools without
 * some of the experts, subsets that nobody merged, what money buys. Made once the numbers are complete: none of it
 * changes what is recommended.
 */
import type { MergeRequest } from '../../design/merge-request.ts';
import type { Returns } from '../../law/returns.ts';
import type { SizesLaw } from '../../law/sizes/sizes-law.ts';
import type { MaskNoise } from '../../law/spread/mask-noise.ts';
import type { OrderSpread } from '../../law/spread/order-spread.ts';
import type { SpreadLaw } from '../../law/spread/spread-law.ts';
import type { ThreePointTable } from '../../law/three-point-table.ts';
import type { Planning } from '../../planning/planning.ts';
import type { Problem } from '../../problem.ts';
import type { Baselines } from '../../selection/baselines.ts';
import type { Neighbours } from '../../selection/neighbours.ts';
import type { CandidatePool } from '../../selection/pools/candidate-pools.ts';
import type { Shapley } from '../../selection/shapley.ts';
import type { Synergy } from '../../selection/synergy.ts';
import type { SynergyBlocks } from '../../selection/synergy-blocks.ts';
import type { Transfer } from '../../selection/transfer.ts';
import type { Agreement } from '../../surrogate/within.ts';
import type { Estimated } from '../report.ts';
import type { StepStudy } from './step-study.ts';

export interface Study {
  /** Of the cell that the report answers for: what is foretold to beat what is measured, to be merged next. */
  readonly follow_ups: readonly MergeRequest[];
  readonly planning: Planning | null;
  /** Under the method that the headline answers for: the objective first, then each domain. Empty with a single size. */
  readonly sizes_law: readonly SizesLaw[];
  /** The law through k = 1, 2 and 4 against what was measured later: every curve of every cell that claims the law. */
  readonly three_point: ThreePointTable;
  /** Of the objective, in the order of the report's cells; null where nobody asked for them. */
  readonly shapley: readonly Shapley[] | null;
  /** In the order of the report's cells; null where nothing is measured. */
  readonly cells: readonly (CellStudy | null)[];
}

/** What the goals allow, but for what experts do for domains: synergy, transfer and spread are of the whole pool. */
export interface CellStudy {
  readonly synergy: Synergy;
  /** Donors and receivers with like profiles, by the adjusted synergy. */
  readonly blocks: SynergyBlocks;
  /** Merges with a domain's own expert against merges without it. */
  readonly transfer: Transfer;
  /** Of the recommended subset: which one to drop, which one to add; null without one. */
  readonly neighbours: Neighbours | null;
  /** Greedy, backward and swap searches with their regret. */
  readonly baselines: Baselines;
  /** Each pool with one or two experts left out, of the objective. */
  readonly pools: readonly CandidatePool[];
  /** Variance over subsets by k, in the paper's form and as a finite population. */
  readonly spread: SpreadLaw;
  /** Over the design's permutations; empty where it has none. */
  readonly orders: readonly OrderSpread[];
  /** Of the objective: how much of all that the pool gives is there by k. */
  readonly returns: Returns | null;
  /** Of a random method with several seeds: its masks' share of the variance. */
  readonly mask_noise: readonly MaskNoise[];
  /** The best step length, and what tuning it gives; null for a method with a fixed scale. */
  readonly step: StepStudy | null;
  /** Subsets and weights that nobody merged; null for methods that are not linear in the task vectors. */
  readonly predicted: PredictedStudy | NotPredicted | null;
}

export interface PredictedStudy {
  readonly kind: 'predicted';
  /** How well measured merges are foretold without themselves. */
  readonly agreement: Agreement;
  /** The typical curve with what was not merged foretold; `measured` subsets of `of`. Empty where the goals require experts. */
  readonly curve: readonly {
    readonly k: number;
    readonly loss: Estimated;
    readonly measured: number;
    readonly of: number;
  }[];
  /** Of each size that the sweep asks for, the best predictions that are still to be measured; lowest loss first. */
  readonly proposal: readonly ProposedSubset[];
  /** Weights of lowest predicted loss, by expert in pool order; null where the goals require experts. */
  readonly weights: ProposedWeights | null;
  /** Weights that were merged and scored, lowest loss first. */
  readonly measured_weights: readonly MeasuredWeights[];
}

export interface ProposedSubset {
  /** Indices into the pool, ascending. */
  readonly members: readonly number[];
  readonly loss: Estimated;
  /** Among the subsets of its size one is foretold to beat the best that is measured: it is to be measured. */
  readonly verify: boolean;
}

export interface ProposedWeights {
  readonly weights: readonly number[];
  readonly length: number;
  readonly loss: Estimated;
  /** Fall of the loss against the best measured subset. */
  readonly gain: Estimated;
  /** Foretold to beat whatever is measured, subsets and weights: they are to be merged. */
  readonly verify: boolean;
}

export interface MeasuredWeights {
  readonly weights: readonly number[];
  readonly loss: Estimated;
  /** Loss on each domain. */
  readonly domains: readonly number[];
  /** Fall of the loss against the best measured subset, paired: on the samples that both were chosen on. */
  readonly gain: Estimated;
}

export interface NotPredicted {
  readonly kind: 'refused';
  readonly problem: Problem;
  readonly agreement: Agreement | null;
}
