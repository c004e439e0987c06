/**
 * An experiment file opened for work: prepare, plan, run, follow, report, merge. Everything that a surface (command
 * line, editor) does with an experiment goes through here.
 */

import type { Experiment } from '../core/experiment/experiment.ts';
import type { Diagnostic } from '../core/experiment/parse.ts';
import type { Problem } from '../core/problem.ts';
import type { Progress, Report } from '../core/report/report.ts';
import type { Plan, Prepared, WorkerStatus } from '../core/store/format.ts';

export interface OpenOptions {
  /** The user's folder for what is not beside an experiment; default `~/.merge-lab`. */
  readonly home?: string;
  /** The agent's Python; default `MERGE_LAB_PYTHON`, else the checkout's environment. */
  readonly python?: string;
  /** As the agent names devices: `auto` (default), `cpu`, `cuda:0`, ... */
  readonly device?: string;
  /** Aborts whatever the session waits for. A detached run goes on. */
  readonly signal?: AbortSignal;
}

/** What a run of the plan would take from here on: for the merges that are missing. */
export interface PlanEstimate {
  /** Null while nothing is known of this machine's speed. */
  readonly seconds: number | null;
  readonly memory_bytes: number | null;
  readonly available_memory_bytes: number | null;
  /** Of the results still to be written. */
  readonly disk_bytes: number;
  readonly free_disk_bytes: number | null;
  /** How it was reached, in words. */
  readonly basis: string;
}

export interface PlanSummary {
  readonly plan: Plan;
  /** Merges of the plan that are complete in the store, failed for good, and still to be done. */
  readonly done: number;
  readonly failed: number;
  readonly missing: number;
  readonly estimate: PlanEstimate;
  readonly prepared: Prepared;
  readonly warnings: readonly Problem[];
}

export interface RunOutcome {
  /** Id of the run; empty for `nothing_to_do`. */
  readonly run: string;
  readonly state: 'started' | 'queued' | 'attached' | 'nothing_to_do';
  /** What the user should know of how it was started, e.g. that it ends at logout. */
  readonly warnings: readonly Problem[];
}

/** One look at the store while a run goes on. */
export interface Update {
  readonly status: readonly WorkerStatus[];
  readonly progress: Progress;
  /** The newest one, when results changed since the last update; point estimates first, then complete. */
  readonly report?: Report;
}

export interface Following extends Disposable {
  /** The last status of the run: `done`, `stopped` or `failed`. Rejects with a ProblemError when the run's process is gone. */
  readonly finished: Promise<WorkerStatus>;
}

/** What to write; each default is what `merge:` of the file says, else the report's recommendation. */
export interface MergeOptions {
  readonly subset?: readonly string[];
  readonly weights?: ReadonlyMap<string, number>;
  readonly method?: string;
  readonly size?: string;
  readonly seed?: number;
  /** Absolute, or relative to the experiment's folder. */
  readonly out?: string;
}

/** The experiment's text cannot be used; every reason with its place in the text. */
export declare class DiagnosticsError extends Error {
  readonly file: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

export declare class ExperimentSession {
  /** @throws DiagnosticsError where the text has errors, ProblemError where the file or its folder cannot be used. */
  static open(file: string, options?: OpenOptions): Promise<ExperimentSession>;
  /** Absolute path of the experiment file. */
  readonly file: string;
  readonly experiment: Experiment;
  /** Absolute path of the store. */
  readonly store: string;
  /** Warnings and information of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** What is unusual about this session, e.g. a store under the user's home. */
  readonly warnings: readonly Problem[];
  prepare(): Promise<Prepared>;
  plan(): Promise<PlanSummary>;
  run(): Promise<RunOutcome>;
  follow(listener: (update: Update) => void): Following;
  /** Statuses of this plan's runs in the store, newest run first; starts no Python. */
  status(): Promise<readonly WorkerStatus[]>;
  stop(now: boolean): Promise<void>;
  report(stage?: 'points' | 'complete'): Promise<Report>;
  merge(options?: MergeOptions): Promise<{ readonly out: string }>;
  dispose(): Promise<void>;
}
