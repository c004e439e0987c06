/** A file opened for work. What the editor does with one, it does with either kind: plan, run, look, watch. */
import type { PreparedEnsemble } from '../../core/store/ensemble/format.ts';
import type { Prepared } from '../../core/store/format.ts';
import type { AnyOutline, AnyReport, Question } from '../../runner/analysis-messages.ts';
import { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import { ExperimentSession, FoundProblemsError } from '../../runner/experiment-session.ts';
import type { EnsembleSummary, OpenOptions, PlanSummary } from '../../runner/session-types.ts';
import type { ExperimentState } from './experiment-state.ts';

export type { Question } from '../../runner/analysis-messages.ts';
export type Work = ExperimentSession | EnsembleSession;
export type Planned = PlanSummary | EnsembleSummary;
export type AnyPrepared = Prepared | PreparedEnsemble;

/** What is shown, and of which text: a session never changes the question that it is of. */
export interface Looked {
  readonly session: Work;
  readonly question: Question;
  readonly plan: AnyOutline | null;
  /** Of the models and data of this very text. */
  readonly isPrepared: boolean;
}

/** @throws ProblemError where the file or its folder cannot be used */
export function openWork(file: string, question: Question, options: OpenOptions): Work {
  return question.kind === 'ensemble'
    ? EnsembleSession.of(file, question, options)
    : ExperimentSession.of(file, question, options);
}

/** What was found of models and data, where that is why something failed. */
export function foundBy(error: unknown): AnyPrepared | null {
  return error instanceof FoundProblemsError ? error.prepared : null;
}

type Part = Partial<ExperimentState>;

/** In the place that a state has for it. */
export function preparedPart(kind: Question['kind'], prepared: AnyPrepared): Part {
  return kind === 'ensemble' ? { members: prepared as PreparedEnsemble } : { prepared: prepared as Prepared };
}

export function reportPart(report: AnyReport): Part {
  return report.kind === 'ensemble' ? { ensemble: report } : { report };
}

/** Of the other kind, or of results that are gone. */
export const NOTHING_KNOWN = {
  report: null,
  ensemble: null,
  plan: null,
  prepared: null,
  members: null,
  updated: null,
} as const satisfies Part;
