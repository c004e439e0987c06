/**
 * The one object that every surface reads: CodeLens, inlay hints, charts, terminal, HTML. None computes a number of
 * its own. Losses are nats per scored token; intervals are 95% of the kind named in `interval`.
 */
import type { Downstream } from '../downstream/downstream.ts';
import type { TaskVectors } from '../geometry/task-vectors.ts';
import type { Interval, LawCurve, Warning } from '../law/curve.ts';
import type { Problem } from '../problem.ts';
import type { PlanId, PlanMethod } from '../store/format.ts';
import type { MergeTable } from './merge-table.ts';
import type { Study } from './study/study.ts';

/** A number with its interval; ends are null until intervals are computed. */
export interface Estimated {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Report {
  readonly format: 1;
  readonly kind: 'merge';
  /** `points`: intervals are still to come (their ends null). `complete`: nothing is. */
  readonly stage: 'points' | 'complete';
  readonly name: string;
  readonly plan: PlanId;
  readonly interval: 'pool' | 'population';
  readonly headline: Headline;
  readonly progress: Progress;
  /** Null where the sweep asks for none. */
  readonly precision: Precision | null;
  /** The experts that the report is about. */
  readonly pool: readonly string[];
  /** Those of the file that the goals leave out, in file order: no merge with them is in any number. */
  readonly excluded: readonly string[];
  /** Those of the pool that every subset holds which the goals allow. */
  readonly required: readonly string[];
  readonly domains: readonly ReportDomain[];
  readonly sizes: readonly ReportSize[];
  /** One for each size and method, in file order, sizes outermost. */
  readonly cells: readonly Cell[];
  /** Null until the numbers are complete. */
  readonly study: Study | null;
  /** Models on tasks; absent until the numbers are complete, and where the experiment names no task. */
  readonly downstream?: Downstream;
  readonly references: readonly {
    readonly name: string;
    readonly loss: number | null;
    readonly gpu_hours: number | null;
  }[];
  readonly warnings: readonly Warning[];
}

export interface Headline {
  /** `waiting`: too little is there to say anything yet. `complete`: nothing is still to come, even where no k is recommended. */
  readonly state: 'waiting' | 'partial' | 'complete';
  /** Index into `cells`: the one that the headline answers for. */
  readonly cell: number | null;
  readonly recommended_k: LawCurve['recommended_k'];
  /** The measured k whose law gives `recommended_k`; null where every k of the pool is measured, and without one. */
  readonly rests_on: readonly number[] | null;
  /** The recommended subset, in pool order, and its cross-fitted loss. */
  readonly subset: readonly string[] | null;
  readonly loss: Estimated | null;
  readonly beats_base: boolean | null;
  /** What one more expert than recommended would buy on the typical curve. */
  readonly next_expert: Estimated | null;
  /** The whole answer in plain sentences: how many on the first line, which and what it gives on the second. */
  readonly sentence: string;
}

export interface Progress {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  /** How many of all are pools whose logits are averaged, in a plan that has such. */
  readonly pools?: number;
}

/**
 * Of a sweep until its means are known: how well they are, and whether it may end. Half widths are of bounds that hold
 * for all sizes and looks together, 95%; in nats.
 */
export interface Precision {
  /** Half width that the mean over the subsets of each size is to have. */
  readonly asked: number;
  /** `precise`: every mean has it, and nothing more is merged; `at_most`: all that is allowed is merged; null: it goes on. */
  readonly stop: 'precise' | 'at_most' | null;
  /** The largest; null while a mean has none. */
  readonly reached: number | null;
  /** Merges so far, single experts and the whole pool included, and at most. */
  readonly merges: number;
  readonly at_most: number;
  /** What the evaluation samples leave open besides, whatever is merged; null until intervals are computed. */
  readonly samples_alone: number | null;
}

export interface CellPrecision extends Precision {
  /** By size 1 < k < M, of the look at which it was known so well, else of the last: the mean by difference from the surrogate, and its half width. */
  readonly points: readonly {
    readonly k: number;
    readonly loss: number;
    readonly half: number | null;
    readonly merges: number;
    readonly of: number;
  }[];
}

export interface ReportDomain {
  readonly name: string;
  readonly samples: number;
  readonly scored_tokens: number;
  readonly truncated: number;
  readonly excluded: number;
  /** Share of this domain in the objective; they sum to 1. */
  readonly weight: number;
}

export interface ReportSize {
  readonly name: string;
  /** False where the file has a single base and no `sizes`: surfaces then leave the name out. */
  readonly declared: boolean;
  readonly parameters: number;
  /** Objective (weighted mean over domains) and each domain, in the order of `domains`. Null while not scored. */
  readonly base: Unmerged | null;
  /** In pool order. */
  readonly experts: readonly (Unmerged | null)[];
  /** How long the task vectors are and how they lie to each other; null while not measured. */
  readonly geometry: TaskVectors | null;
}

export interface Unmerged {
  readonly objective: Estimated;
  readonly domains: readonly number[];
}

export interface Cell {
  readonly size: string;
  readonly method: number;
  readonly spec: PlanMethod;
  readonly seeds: readonly number[];
  /** Short and unique within the experiment, e.g. `ties` or `task_arithmetic 0.8`. */
  readonly label: string;
  /** False for `compatibility: mergekit`: shown, but outside the law's claims. */
  readonly claims_law: boolean;
  readonly progress: Progress;
  /** Objective first (`domain: null`), then each domain. */
  readonly curves: readonly Curve[];
  readonly selection: Selection | null;
  /** Every complete merge; `mergePoints` of `merge-table.ts` gives them one by one. */
  readonly merges: MergeTable;
  /** Among the methods of its size, by the losses where they are compared (`AgainstBest.at`); null before it can be known. */
  readonly rank: number | null;
  /** Null for the method of rank 1 itself, and before there is one. */
  readonly against_best: AgainstBest | null;
  readonly precision: CellPrecision | null;
  readonly typical: Typical;
}

/** How the means of the typical curve are made, on which the law, the recommended k and all gains rest. */
export type Typical =
  | {
      /** Over the subsets that were merged. */
      readonly means: 'plain';
      /** Why they are not assisted, in a sweep that ends by precision; null where that is not asked for, or too early. */
      readonly problem: Problem | null;
    }
  | {
      /** Over all subsets, by difference from a surrogate: the estimates of `CellPrecision.points`, of all that is merged. */
      readonly means: 'assisted';
      /** Error of plain means from subsets, as a multiple of theirs: root mean square over k. Null where that has no spread. */
      readonly narrower: number | null;
    };

/** A method beside the one of rank 1 at the same size: the same subsets, scored on the same samples. */
export interface AgainstBest {
  /** Of rank 1; as in `Cell.method`. */
  readonly method: number;
  /**
   * At the recommended k of the method whose typical loss at its own is lowest, or at the nearest k of which the two share
   * subsets; null where that is 0 or they share none.
   */
  readonly at: MethodDifference | null;
  /** Ascending. */
  readonly by_k: readonly MethodDifference[];
}

export interface MethodDifference {
  readonly k: number;
  /** Typical loss of this method minus that of the best one, from the subsets that both have merged: positive is worse. */
  readonly difference: Estimated;
  /** Those subsets, of how many there are. */
  readonly subsets: number;
  readonly of: number;
  /** `assisted`: of all subsets, the difference of both methods' typical losses. */
  readonly means: Typical['means'];
}

/** A law with the measured points it stands on. */
export interface Curve extends LawCurve {
  readonly points: readonly CurvePoint[];
}

/** The typical subset of size k. */
export interface CurvePoint {
  readonly k: number;
  readonly mean: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Distinct subsets measured, of how many there are (exact up to 2^53), and the design's draws. */
  readonly subsets: number;
  readonly of: number;
  readonly draws: number;
  /** Over subsets; null with fewer than two. */
  readonly sd: number | null;
  readonly min: number;
  readonly max: number;
}

export interface MergePoint {
  /** Indices into `pool`, ascending. */
  readonly members: readonly number[];
  readonly seed: number | null;
  readonly objective: number;
  readonly domains: readonly number[];
  readonly design: boolean;
}

export interface Selection {
  /** In pool order; null where the sweep holds nothing to compare. */
  readonly attribution: readonly (Attribution | null)[];
  /** Best measured subset by k that the goals' constraints allow, chosen on all samples, judged by cross-fitting. */
  readonly chosen: readonly Chosen[];
  /**
   * The one to take: of size `goals.pick` or the recommended k. Unasked, where that one is surely worse than the best, and
   * further from it than the goal allows, the smallest that is not; where it loses to the base, the best. Null when no
   * merge beats the base or none is measured.
   */
  readonly recommended: Chosen | null;
  /** Why `recommended` is null. */
  readonly reason: string | null;
  /** The chosen subset of the recommended k, where it is left for one of another size: how far it is from the best of all. */
  readonly passed_over: Better | null;
  /** Where the size was asked for: the best chosen subset of all, if it is surely better than `recommended`; else null. */
  readonly better: Better | null;
  /**
   * Under the goal `within`: the smallest chosen subset that beats the base and whose cross-fitted loss is within the
   * goal's nats of the lowest one of all k, where it is smaller than `recommended`; else null.
   */
  readonly fewest: Chosen | null;
}

export interface Better {
  readonly chosen: Chosen;
  /** Its cross-fitted loss minus that of the one it is held against, paired: positive is worse. */
  readonly difference: Estimated;
}

export interface Attribution {
  readonly expert: string;
  /** Change of the objective that the expert brings relative to the average donor: negative lowers the loss. */
  readonly effect: Estimated;
  /** Measured merges with this expert that it rests on. */
  readonly comparisons: number;
}

export interface Chosen {
  readonly k: number;
  readonly members: readonly number[];
  /** On all samples: optimistic, since it was chosen on them. */
  readonly loss: number;
  readonly cross_fitted: Estimated;
  /** Cross-fitted paired difference to the typical subset of the same k: negative is better. Null where the design has no such k. */
  readonly difference: Estimated | null;
  /**
   * What taking this size gives up: its cross-fitted loss minus that of the best chosen subset of any size, paired;
   * 0 without an interval where it is that one.
   */
  readonly behind: Estimated;
  /** Subsets statistically tied with it, itself included, among the measured ones of this k; null where there are no intervals. */
  readonly tied: number | null;
  readonly measured: number;
  readonly of: number;
}

export type { Interval, MergeTable, Warning };
