/** What goes between a session and its analysis worker. Everything is data: it is copied from thread to thread. */
import type { MergeRequest } from '../core/design/merge-request.ts';
import type { Ensemble } from '../core/experiment/ensemble/ensemble.ts';
import type { Experiment } from '../core/experiment/experiment.ts';
import type { Problem } from '../core/problem.ts';
import type { EnsembleDocument } from '../core/report/ensemble-document.ts';
import type { Progress, Report } from '../core/report/report.ts';
import type { EnsemblePlanHeader, PreparedEnsemble } from '../core/store/ensemble/format.ts';
import type { PlanHeader, PlanId, Prepared } from '../core/store/format.ts';

export interface WorkerStart {
  readonly store: string;
  /** Of its experiments, absolute. */
  readonly folder: string;
}

export type Stage = 'points' | 'complete';

/** What a file asks, of either kind. */
export type Question = Experiment | Ensemble;
export type AnyReport = Report | EnsembleDocument;
export type ReportOf<Q extends Question> = Q extends Ensemble ? EnsembleDocument : Report;
export type OutlineOf<Q extends Question> = Q extends Ensemble ? EnsembleOutline : PlanOutline;

export type Request =
  /** Makes the plan of an experiment whose models and data are known, and writes it into the store if asked to. */
  | {
      readonly kind: 'plan';
      readonly id: number;
      readonly experiment: Experiment;
      readonly prepared: Prepared;
      readonly write: boolean;
      /** Added to what an older plan of it was asked for. */
      readonly requests: readonly MergeRequest[];
    }
  | {
      readonly kind: 'plan_ensemble';
      readonly id: number;
      readonly ensemble: Ensemble;
      readonly prepared: PreparedEnsemble;
      readonly write: boolean;
      /** Pools whose logits are averaged too, added to what older plans were asked for. */
      readonly averages: readonly (readonly string[])[];
    }
  /** The newest plan in the store that fits. */
  | { readonly kind: 'find'; readonly id: number; readonly question: Question }
  | { readonly kind: 'look'; readonly id: number; readonly plan: PlanId; readonly of: Question['kind'] }
  | {
      readonly kind: 'report';
      readonly id: number;
      readonly plan: PlanId;
      readonly question: Question;
      readonly stage: Stage;
      readonly shapley: boolean;
      /** One Int32: the id of the newest report that the asker wants. Older ones see it while they compute, and end. */
      readonly newest: SharedArrayBuffer;
    }
  | {
      readonly kind: 'follow';
      readonly id: number;
      readonly plan: PlanId;
      readonly question: Question;
      /** One Int32: 0 as soon as nobody follows any more. A report that is being made for it then ends. */
      readonly wanted: SharedArrayBuffer;
    }
  | { readonly kind: 'unfollow'; readonly id: number };

export type Answer =
  | { readonly kind: 'planned'; readonly id: number; readonly plan: AnyOutline | null }
  | { readonly kind: 'looked'; readonly id: number; readonly look: Look }
  | { readonly kind: 'reported'; readonly id: number; readonly report: AnyReport | null }
  | {
      readonly kind: 'update';
      readonly id: number;
      readonly progress: Progress;
      readonly report: AnyReport | null;
    }
  | { readonly kind: 'failed'; readonly id: number; readonly problem: Problem };

/** A plan without its lines, of which there may be half a million. */
export interface PlanOutline {
  readonly id: PlanId;
  readonly header: PlanHeader;
  /** Merges and unmerged models. */
  readonly total: number;
  /** Base, experts and references. */
  readonly unmerged: number;
  /** Of an ensemble that has any: pools whose logits are averaged. */
  readonly pools?: number;
}

/** Every model of an ensemble is unmerged; what else its plan has are pools whose logits are averaged. */
export interface EnsembleOutline extends Omit<PlanOutline, 'header'> {
  readonly header: EnsemblePlanHeader;
}

export type AnyOutline = PlanOutline | EnsembleOutline;

/** The store's answer to a plan. */
export interface Look {
  readonly progress: Progress;
  /** Merges still to be done, by size and method (of an ensemble, by model); `seconds` is the median of like ones in the store. */
  readonly missing: readonly {
    readonly size: string;
    readonly method: number | null;
    readonly count: number;
    readonly seconds: number | null;
  }[];
  /** Result lines that are not what a writer wrote; they are computed again. */
  readonly damaged: number;
  /** Files of the store that cannot be read at all. */
  readonly problems: readonly Problem[];
  readonly devices: readonly string[];
}
