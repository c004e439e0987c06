import type { Problem } from '../../core/problem.ts';
import type { MergeChoice } from '../../core/report/mergekit.ts';
import type { Report } from '../../core/report/report.ts';
import type { Weights } from './subset-remark.ts';

/** An experiment to take a subset from. */
export interface SubsetSource {
  /** Of the experiment, for people. */
  readonly name: string;
  /** Where it is, as people know it; its last part goes into comments. */
  readonly file: string;
  /** Weights of the domains as the file says; every domain has one. */
  readonly weights: Weights;
  /** Null while nothing can be reported. */
  report(): Promise<Report | null>;
  /** The report under other weights of the domains. Rejects with a ProblemError. */
  explore(goals: { readonly weights: Weights }): Promise<Report>;
  /** mergekit's configuration of a merge; null where there is none. */
  mergekit(choice: MergeChoice): string | null;
}

export type TellProblem = (problem: Problem) => void;
