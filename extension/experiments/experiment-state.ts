/** Everything that surfaces show of one experiment file, as data. Surfaces read it and compute no number of their own. */
import type { Parsed } from '../../core/experiment/parse.ts';
import type { HostView } from '../../core/hosts/host-view.ts';
import type { Problem } from '../../core/problem.ts';
import type { EnsembleDocument } from '../../core/report/ensemble-document.ts';
import type { Report } from '../../core/report/report.ts';
import type { PreparedEnsemble } from '../../core/store/ensemble/format.ts';
import type { Prepared } from '../../core/store/format.ts';
import type { PlanEstimate } from '../../runner/session-types.ts';
import type { RunView } from '../../webview/messages.ts';

export interface ExperimentState {
  /** Absolute path of the file; of an untitled one its title. */
  readonly file: string;
  /** Of the text as it stands. */
  readonly parsed: Parsed;
  /** The last text without errors: what numbers are about while the file is being typed. Null where there was none. */
  readonly valid: Pick<Parsed, 'experiment' | 'ensemble' | 'positions'> | null;
  /** Of `valid`, or of a text before it, and what is in the store; null while nothing can be reported. */
  readonly report: Report | null;
  /** The same of an ensemble: a state has the one or the other. */
  readonly ensemble: EnsembleDocument | null;
  /** Why `report` or `ensemble` is not of the text as it stands, in words; null where it is. */
  readonly stale: string | null;
  /** What a run would do; null while that is not known (models and data were never looked at). */
  readonly plan: PlanState | null;
  /** What is known of models and data: problems and warnings with the model or domain that they concern. */
  readonly prepared: Prepared | null;
  /** The same of an ensemble's. */
  readonly members: PreparedEnsemble | null;
  readonly run: RunView;
  /** Where the run goes on, if that is a host; null for this machine, and when none does. */
  readonly host: HostView | null;
  /** What goes on that takes time besides a run, in words for people, e.g. "Looking at models and data". */
  readonly busy: string | null;
  /** Why the last thing asked for did not happen. */
  readonly problem: Problem | null;
  /** Milliseconds since 1970 of the last change of the report. */
  readonly updated: number | null;
}

/** As the file names it; null where no text was without errors yet. */
export function nameIn({ valid }: Pick<ExperimentState, 'valid'>): string | null {
  return (valid?.experiment ?? valid?.ensemble)?.name ?? null;
}

export interface PlanState {
  readonly total: number;
  /** Base, experts and references, which are scored as they are. */
  readonly unmerged: number;
  /** Of an ensemble: pools whose logits are averaged. */
  readonly pools?: number;
  readonly done: number;
  readonly failed: number;
  readonly missing: number;
  readonly estimate: PlanEstimate;
}
