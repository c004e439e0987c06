/**
 * What goes between the dashboard page and its host, as data. The host sends whole states, never changes to one: a
 * page that was hidden, reloaded or opened late needs nothing else. Only a report that the page has is not sent again.
 */
import type { Budget } from '../core/planning/budget.ts';
import type { Planning } from '../core/planning/planning.ts';
import type { Problem } from '../core/problem.ts';
import type { EnsembleDocument } from '../core/report/ensemble-document.ts';
import type { Report } from '../core/report/report.ts';
import type { Shapley } from '../core/selection/shapley.ts';
import type { PlanId, WorkerStatus } from '../core/store/format.ts';

/** Raised when either side would misread the other. */
export const CONTRACT = 4;

export interface DashboardState {
  /** Of the experiment, for people. */
  readonly name: string;
  /** Of the experiment file, relative to its workspace where there is one. */
  readonly file: string;
  /** Null while nothing can be reported, and for an ensemble. */
  readonly report: Report | null;
  /** Null for merging; its report is null while nothing can be reported. */
  readonly ensemble: { readonly report: EnsembleDocument | null } | null;
  /** Why the numbers are not those of the text as it stands; null where they are. */
  readonly stale: string | null;
  readonly run: RunView;
  /** What a run of the text as it stands would do; null while that is not known. */
  readonly plan: PlanView | null;
  readonly problem: Problem | null;
  /** Milliseconds since 1970 when the numbers last changed; null while there are none. */
  readonly updated: number | null;
  /** `file`: a page of its own, which can show and save but not run, merge or insert. */
  readonly host: 'editor' | 'file';
  /** Workspaces that are not trusted can be read, not run. */
  readonly trusted: boolean;
}

export interface PlanView {
  /** Merges and unmerged models. */
  readonly total: number;
  /** Of an ensemble: how many of all are pools whose logits are averaged. */
  readonly pools?: number;
  readonly done: number;
  readonly failed: number;
  readonly missing: number;
  /** Null while nothing is known of this machine's speed. */
  readonly seconds: number | null;
}

export interface RunView {
  readonly state: 'idle' | 'starting' | 'queued' | 'running' | 'stopping' | 'stopped' | 'done' | 'failed';
  /** One for each worker of the newest run. */
  readonly workers: readonly WorkerStatus[];
  /** Newest last, at most 20: when (milliseconds since 1970), and how many models were scored by then. */
  readonly pace: readonly { readonly at: number; readonly done: number }[];
}

/** Whether a run is at work, or about to be. */
export function isGoingOn(state: RunView['state']): boolean {
  return state !== 'idle' && state !== 'stopped' && state !== 'done' && state !== 'failed';
}

/** A merge as buttons name it. */
export interface MergeName {
  readonly size: string;
  /** Index into the methods, as in `Cell.method`. */
  readonly method: number;
  /** Indices into the pool. */
  readonly members: readonly number[];
  /** Of a random method; null = its first seed. */
  readonly seed: number | null;
}

export type ToPage =
  | { readonly kind: 'state'; readonly contract: typeof CONTRACT; readonly state: DashboardState }
  /** A newer state with the report, of either kind, of the last one. */
  | {
      readonly kind: 'same_report';
      readonly contract: typeof CONTRACT;
      readonly state: Omit<DashboardState, 'report' | 'ensemble'>;
    }
  /** The report's planning under the budget that the page asked for last. */
  | { readonly kind: 'planned'; readonly contract: typeof CONTRACT; readonly planning: Planning }
  /** Shapley values of each cell, of the report of this plan with so many models scored. */
  | {
      readonly kind: 'shapley';
      readonly contract: typeof CONTRACT;
      readonly plan: PlanId;
      readonly done: number;
      readonly shapley: readonly Shapley[];
    }
  /** Scroll to a panel and give it the focus. */
  | { readonly kind: 'show'; readonly panel: Panel };

export type Panel =
  | 'answer'
  | 'curve'
  | 'methods'
  | 'spread'
  | 'experts'
  | 'synergy'
  | 'subsets'
  | 'planning'
  | 'downstream'
  | 'ensemble'
  | 'pools'
  | 'models'
  | 'run';

export type FromPage =
  /** Sent once when the page can take a state. */
  | { readonly kind: 'ready'; readonly contract: typeof CONTRACT }
  /** The newest state is on the screen: until then another would only wait in line. */
  | { readonly kind: 'drawn' }
  | { readonly kind: 'run' }
  /** Merge and score what is foretold to beat what is measured; of an ensemble, average logits. */
  | { readonly kind: 'verify' }
  /** The planning under another budget than the file's. */
  | { readonly kind: 'plan'; readonly budget: Budget }
  /** Shapley values of what is measured. */
  | { readonly kind: 'shapley' }
  | { readonly kind: 'stop'; readonly now: boolean }
  | { readonly kind: 'refresh' }
  | { readonly kind: 'show_log' }
  | { readonly kind: 'open_file' }
  /** Into the file that is being edited, in its language. */
  | { readonly kind: 'insert'; readonly merge: MergeName }
  /** Write the merged model. */
  | { readonly kind: 'merge'; readonly merge: MergeName }
  /** To the clipboard, as names or as mergekit's YAML. */
  | { readonly kind: 'copy_subset'; readonly merge: MergeName; readonly as: 'names' | 'mergekit' }
  | { readonly kind: 'copy_text'; readonly text: string }
  /** The host asks where; `data` is text, or a PNG as a data URL. */
  | {
      readonly kind: 'save';
      readonly name: string;
      readonly type: 'csv' | 'png';
      readonly data: string;
    };
