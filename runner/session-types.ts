/** What goes in and out of an opened experiment. */
import type { MergeRequest } from '../core/design/merge-request.ts';
import type { Workers } from '../core/hosts/host.ts';
import type { HostQuestion } from '../core/hosts/host-facts.ts';
import type { Problem } from '../core/problem.ts';
import type { Precision, Progress, Report } from '../core/report/report.ts';
import type { PreparedEnsemble } from '../core/store/ensemble/format.ts';
import type { Prepared, WorkerStatus } from '../core/store/format.ts';
import type { EnsembleOutline, Look, PlanOutline } from './analysis-messages.ts';
import type { AnalysisPool } from './analysis-pool.ts';
import type { SetUpNews } from './hosts/host-set-up.ts';

export type { PlanOutline } from './analysis-messages.ts';
export type { SetUpNews } from './hosts/host-set-up.ts';

export interface OpenOptions {
  /** The user's folder for what is not beside an experiment; default `~/.merge-lab`. */
  readonly home?: string;
  /** The agent's Python; default `MERGE_LAB_PYTHON`, else the checkout's environment. */
  readonly python?: string;
  /** As the agent names devices: `auto` (default), `cpu`, `cuda:0`, ... */
  readonly device?: string;
  /** How many processes share a run; default: what is said of the host, else `auto`. */
  readonly workers?: Workers;
  /** `source@revision` entries whose own code the user allows to run. */
  readonly allowRemoteCode?: readonly string[];
  /** Shares analysis workers among sessions; default: a worker of its own. */
  readonly analyses?: AnalysisPool;
  /** Where merges run, in place of what the file says: `local`, or a host that the user named. */
  readonly on?: string;
  /** Asks the user what must be agreed to before a host is used; left out, that is refused. */
  readonly agreeToHost?: AgreeToHost;
  /** How far the setting up of a host is. */
  readonly onHostNews?: SetUpNews;
  /** Looks at the store as it is and makes nothing: such a session can look, watch and report, not plan or run. */
  readonly readOnly?: boolean;
  /** Aborts whatever the session waits for. A detached run goes on. */
  readonly signal?: AbortSignal;
}

export type AgreeToHost = (question: HostQuestion) => Promise<boolean>;

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
  readonly plan: PlanOutline;
  /** Merges of the plan that are complete in the store, failed for good, and still to be done: none once they are `precise`. */
  readonly done: number;
  readonly failed: number;
  readonly missing: number;
  /** Null where the sweep asks for none. */
  readonly precision: Precision | null;
  readonly estimate: PlanEstimate;
  readonly prepared: Prepared;
  readonly warnings: readonly Problem[];
}

/** What a run of an ensemble's plan would do. */
export type EnsembleSummary = Omit<PlanSummary, 'plan' | 'prepared' | 'precision'> & {
  readonly plan: EnsembleOutline;
  readonly prepared: PreparedEnsemble;
  readonly precision: null;
};

/** What is known of an experiment before anything is started for it. */
export interface Known {
  /** Null where the store has no plan that fits. */
  readonly plan: PlanOutline | null;
  readonly look: Look | null;
  /** Null where models or data changed, or were never looked at: `plan` is then an older one. */
  readonly prepared: Prepared | null;
  readonly estimate: PlanEstimate | null;
}

export type KnownEnsemble = Omit<Known, 'plan' | 'prepared'> & {
  readonly plan: EnsembleOutline | null;
  readonly prepared: PreparedEnsemble | null;
};

/** What a plan has grown by. */
export interface Verification {
  readonly requests: readonly MergeRequest[];
  /** Why there are none, else null. */
  readonly reason: string | null;
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
  /** Why nothing arrives from the host where it runs; null again when it is back. The run itself goes on. */
  readonly unreachable?: Problem | null;
}

export interface Following extends Disposable {
  /** The last status of the run: `done`, `stopped` or `failed`. Rejects with a ProblemError when the run's process is gone. */
  readonly finished: Promise<WorkerStatus>;
}

/** How far the writing of a merged model is. */
export interface Writing {
  /** Bytes of tensors that are written, and of all. */
  readonly done: number;
  readonly total: number;
  readonly seconds_left: number | null;
}

/** How far the scoring on tasks is, in models on tasks. */
export interface DownstreamProgress {
  readonly done: number;
  readonly total: number;
  readonly seconds_left: number | null;
  /** Who uses the device. */
  readonly waiting_for: string | null;
}

export interface DownstreamWatch {
  /** Stops it; what is scored stays. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownstreamProgress) => void;
}

export interface DownstreamOutcome {
  readonly state: 'done' | 'stopped' | 'nothing_to_do';
  readonly failed: number;
}

export interface MergeWatch {
  /** Stops it; nothing of the folder remains. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (writing: Writing) => void;
}

/** What to write; each default is what `merge:` of the file says, else the report's recommendation. */
export interface MergeOptions extends MergeWatch {
  readonly subset?: readonly string[];
  readonly weights?: ReadonlyMap<string, number>;
  readonly method?: string;
  /** One that the plan merges a tuned method at; default: where this subset was measured best, else that of the sweep. */
  readonly scale?: number;
  readonly size?: string;
  readonly seed?: number;
  /** Absolute, or relative to the experiment's folder. */
  readonly out?: string;
  /** Told once everything asked for is known, before anything is written. */
  readonly onBegin?: () => void;
}

/** What was written. */
export interface MergeWritten {
  /** Absolute folder. */
  readonly out: string;
  /** The folder held this very merge before. */
  readonly already_there: boolean;
  readonly size: string;
  /** Its label; null where weights were given. */
  readonly method: string | null;
  readonly subset: readonly string[];
  /** Measured objective of this very merge, nats per token; null where it was not scored. */
  readonly loss: number | null;
}
