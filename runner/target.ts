/** Where merges run: this machine, or a host behind ssh. A session does the same with either. */
import type { Workers } from '../core/hosts/host.ts';
import type { ModelsOffer } from '../core/hosts/missing-model.ts';
import type { Problem } from '../core/problem.ts';
import type { PlanId, PrepareRequest } from '../core/store/format.ts';
import type { DownstreamRequest } from './downstream/downstream-request.ts';
import type { HarnessPlace } from './downstream/harness.ts';
import type { GeometryRequest } from './geometry-files.ts';
import type { AnyPrepared, Preparation } from './prepared-cache.ts';
import type { DownstreamOutcome, DownstreamWatch, MergeWatch } from './session-types.ts';

export interface Launch {
  readonly store: string;
  readonly plan: PlanId;
  readonly device: string;
  /** Default: what is said of the place, else `auto`. */
  readonly workers?: Workers;
  readonly allow_remote_code: readonly string[];
}

export interface Launched {
  readonly run: string;
  readonly state: 'started' | 'queued' | 'attached';
  readonly note: string | null;
}

/** Every store that is named is the one on this machine: of a host it is the copy. */
export interface Target {
  /** The device that a plan is made for where `asked` is what the user asks: also one that is not known before a job has it. */
  deviceOfPlans(asked: string): string;
  /** Models and data, looked at and compared. Of this machine from what is kept, while nothing has changed. */
  prepare<A extends AnyPrepared>(request: PrepareRequest, of: Preparation<A>): Promise<A>;
  /** What would mend all that `prepare` found last; this machine has none. */
  readonly offer?: ModelsOffer | null;
  /** Takes it: the models lie there then. Where it is stopped, what arrived is kept. */
  sendModels?(watch: MergeWatch): Promise<void>;
  /** Measures the task vectors of a size; they are in the store then. */
  geometry(request: GeometryRequest): Promise<void>;
  /** Starts a run of a plan of the store, or joins the one that goes on. It outlives this process. */
  launch(request: Launch): Promise<Launched>;
  /** Ends a run after the current merge or model, or at once. */
  stop(store: string, run: string, now: boolean): Promise<void>;
  /** Writes one merged model; ends when it is written. Where it is stopped, nothing of it remains. */
  merge(document: MergeDocument, watch?: MergeWatch): Promise<{ readonly out: string }>;
  /** Scores models on tasks. What was scored is in the store, however it ends. */
  downstream(request: DownstreamRequest, watch?: DownstreamWatch): Promise<DownstreamOutcome>;
  /** The evaluation harness beside the agent. */
  harness(): Promise<HarnessPlace>;
  /** Installs it there, where `harness` says that it may be. */
  installHarness(tell: (words: string) => void, signal?: AbortSignal): Promise<void>;
  /** Brings into the store what is known of a plan where merges run. */
  sync(store: string, plan: PlanId): Promise<void>;
  /** Goes on doing so until it is disposed. */
  follow(store: string, plan: PlanId, onReach?: Reach): Keeping;
  dispose(): Promise<void>;
}

/** As the agent's `merge` reads it. */
export interface MergeDocument {
  readonly store: string;
  readonly plan: PlanId;
  readonly out: string;
  /** Texts by name, put beside the weights. */
  readonly files: Readonly<Record<string, string>>;
}

/** The host went out of reach, or (null) is back. */
export type Reach = (problem: Problem | null) => void;

export interface Keeping extends Disposable {
  /** Rejects with what keeps it from going on; else never settles. */
  readonly broken: Promise<never>;
}
