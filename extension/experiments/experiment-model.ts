/**
 * One experiment file as the editor knows it: its text, what the store says of it, and its run. No `vscode` here:
 * texts come in, states go out.
 */
import path from 'node:path';
import type { Experiment } from '../../core/experiment/experiment.ts';
import type { Parsed } from '../../core/experiment/parse.ts';
import { type Problem, ProblemError } from '../../core/problem.ts';
import { type MergeChoice, mergekitYaml } from '../../core/report/mergekit.ts';
import type { Report } from '../../core/report/report.ts';
import type { PlanHeader, PlanId, WorkerStatus } from '../../core/store/format.ts';
import type { AnalysisPool } from '../../runner/analysis-pool.ts';
import {
  ExperimentSession,
  type Following,
  type Known,
  type MergeOptions,
  type MergeWritten,
  type OpenOptions,
  type PlanSummary,
} from '../../runner/experiment-session.ts';
import { runsOf } from '../../runner/run-folders.ts';
import type { RunView } from '../../webview/messages.ts';
import type { ExperimentState, PlanState } from './experiment-state.ts';
import { RunTracker } from './run-tracker.ts';
import { sameQuestion } from './same-question.ts';

export interface ModelOptions {
  /** Asked anew whenever a session is made. */
  readonly session: () => Pick<OpenOptions, 'python' | 'home'>;
  readonly analyses: AnalysisPool;
  /** Called whenever the state changed. */
  readonly changed: () => void;
  /** Called once when a run has ended, however it did. */
  readonly ended: (end: RunEnd) => void;
  readonly now: () => number;
}

export type RunEnd =
  | { readonly kind: 'ended'; readonly status: WorkerStatus; readonly seconds: number }
  | { readonly kind: 'died'; readonly problem: Problem };

const IDLE: RunView = { state: 'idle', workers: [], pace: [] };
/** After the last key stroke; numbers wait for a pause, diagnostics do not. */
const PAUSE_MS = 150;

export class ExperimentModel {
  readonly file: string;
  readonly #options: ModelOptions;
  #state: ExperimentState;
  #session: ExperimentSession | null = null;
  #watching: { readonly plan: PlanId; readonly experiment: Experiment; readonly stop: Disposable } | null =
    null;
  #tracker: RunTracker | null = null;
  #timer: NodeJS.Timeout | null = null;
  #header: PlanHeader | null = null;
  #generation = 0;
  #disposed = false;

  constructor(file: string, parsed: Parsed, options: ModelOptions) {
    this.file = file;
    this.#options = options;
    const { experiment, positions } = parsed;
    this.#state = {
      file,
      parsed,
      valid: experiment ? { experiment, positions } : null,
      report: null,
      stale: null,
      plan: null,
      prepared: null,
      run: IDLE,
      busy: null,
      problem: null,
      updated: null,
    };
    if (experiment) this.#lookSoon(0);
  }

  get state(): ExperimentState {
    return this.#state;
  }

  /** The text as it stands now. Numbers follow after a pause, and only where the text asks another question. */
  use(parsed: Parsed, pause = PAUSE_MS): void {
    const { experiment, positions } = parsed;
    const before = this.#state.valid?.experiment;
    const valid = experiment ? { experiment, positions } : this.#state.valid;
    this.#set({ parsed, valid });
    if (experiment && !(before && sameQuestion(before, experiment))) this.#lookSoon(pause);
  }

  /** Looks again at models, data and results; starts nothing. */
  async refresh(): Promise<void> {
    await this.#look();
  }

  /** Looks at models and data, which may start Python, and says what a run would do. */
  async plan(): Promise<PlanSummary> {
    return this.#busy('Looking at models and data', async () => {
      const session = await this.#writable();
      const summary = await session.plan();
      this.#planned(session, summary);
      return summary;
    });
  }

  /** Starts a run of what is missing, or joins the one that goes on. Call `plan` first. */
  async run(): Promise<'started' | 'queued' | 'attached' | 'nothing_to_do'> {
    return this.#busy('Starting the run', async () => {
      const session = await this.#writable();
      const { run, state, warnings } = await session.run();
      const [warning] = warnings;
      if (warning) this.#set({ problem: warning });
      if (state !== 'nothing_to_do') this.#track(session.store, run);
      return state;
    });
  }

  /** Asks the run to end after the current merge, or at once. */
  stop(now: boolean): void {
    this.#tracker?.stop(now);
  }

  async merge(options: MergeOptions): Promise<MergeWritten> {
    return this.#busy('Merging', async () => (await this.#writable()).merge(options));
  }

  /** The report under other goals. */
  async explore(goals: Partial<Experiment['goals']>, stage: 'points' | 'complete'): Promise<Report> {
    if (!this.#session) throw notLookedAt();
    return this.#session.explore(goals, stage);
  }

  /** mergekit's configuration of a merge; null where there is no equivalent one, or no plan is known. */
  mergekit(choice: MergeChoice): string | null {
    const header = this.#header;
    if (!header) return null;
    const { methods } = this.#state.valid?.experiment ?? {};
    const spec = methods?.[choice.method];
    const seed = spec && 'seeds' in spec ? (choice.seed ?? spec.seeds[0] ?? 0) : null;
    const dtype = this.#state.prepared?.models[`${choice.size}/base`]?.dtype;
    return mergekitYaml(header, { ...choice, seed }, dtype === 'mixed' ? undefined : dtype);
  }

  /** Whether a plan was found whose reports arrive. */
  get watched(): boolean {
    return this.#watching !== null;
  }

  /** Where results lie; null before anything was looked at. */
  get store(): string | null {
    return this.#session?.store ?? null;
  }

  /** Ends the session; `refresh` goes on with a new one. A run is not touched. */
  async close(): Promise<void> {
    this.#generation++;
    await this.#close();
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#generation++;
    if (this.#timer) clearTimeout(this.#timer);
    this.#tracker?.dispose();
    await this.#close();
  }

  #set(change: Partial<ExperimentState>): void {
    if (this.#disposed) return;
    this.#state = { ...this.#state, ...change };
    this.#options.changed();
  }

  #lookSoon(ms: number): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.#look();
    }, ms);
  }

  /** What the store says of the last valid text. The newest call wins. */
  async #look(): Promise<void> {
    const generation = ++this.#generation;
    const experiment = this.#state.valid?.experiment;
    // A file that was never saved has no folder, and so no store.
    if (!experiment || !path.isAbsolute(this.file)) return;
    try {
      const session = await this.#readable(experiment);
      const known = await session.look();
      if (generation === this.#generation) this.#known(session, known);
    } catch (error) {
      if (generation !== this.#generation) return;
      const problem = problemOf(error);
      // Numbers of the text before stay, marked as such.
      this.#set({ problem, plan: null, stale: this.#state.report ? problem.message : null });
    }
  }

  #known(session: ExperimentSession, { plan, look, prepared, estimate }: Known): void {
    const stale = prepared ? null : 'Models or data changed, or were not looked at yet: run or plan to see.';
    const planState: PlanState | null =
      plan && look && estimate
        ? {
            total: plan.total,
            unmerged: plan.unmerged,
            done: look.progress.done,
            failed: look.progress.failed,
            missing: plan.total - look.progress.done - look.progress.failed,
            estimate,
          }
        : null;
    this.#set({
      plan: planState,
      prepared: prepared ?? this.#state.prepared,
      stale: plan || this.#state.report ? stale : null,
      problem: this.#state.problem?.code === 'run_died' ? this.#state.problem : (look?.problems[0] ?? null),
    });
    if (!plan) return;
    this.#header = plan.header;
    this.#watch(session, plan.id);
    this.#joinRun(session.store, plan.id);
  }

  #planned(session: ExperimentSession, summary: PlanSummary): void {
    const { plan, done, failed, missing, estimate, prepared } = summary;
    const { total, unmerged } = plan;
    this.#header = plan.header;
    this.#set({
      plan: { total, unmerged, done, failed, missing, estimate },
      prepared,
      stale: null,
      problem: null,
    });
    this.#watch(session, plan.id);
  }

  /** Reports of a plan as results arrive, from wherever they come. */
  #watch(session: ExperimentSession, plan: PlanId): void {
    const { experiment } = session;
    if (this.#watching?.plan === plan && this.#watching.experiment === experiment) return;
    this.#watching?.stop[Symbol.dispose]();
    const stop = session.watch(plan, ({ progress, report }) => {
      const { plan: before } = this.#state;
      const { done, failed } = progress;
      this.#set({
        ...(before
          ? { plan: { ...before, done, failed, missing: Math.max(0, before.total - done - failed) } }
          : {}),
        ...(report ? { report, updated: this.#options.now() } : {}),
      });
      // Another window, or the command line, may have started a run.
      if (report && !this.#tracker?.active) this.#joinRun(session.store, plan);
    });
    this.#watching = { plan, experiment, stop };
  }

  /** A run of this plan that goes on, whoever started it; else how the newest one ended. */
  #joinRun(store: string, plan: PlanId): void {
    if (this.#tracker?.active) return;
    const [newest] = runsOf(store, plan);
    if (newest) this.#track(store, newest.run);
    else {
      this.#tracker?.dispose();
      this.#tracker = null;
      this.#set({ run: IDLE });
    }
  }

  #track(store: string, run: string): void {
    if (this.#tracker?.run === run && this.#tracker.store === store) return;
    this.#tracker?.dispose();
    const tracker = new RunTracker(store, run, this.#options.now, (view) => this.#set({ run: view }));
    this.#tracker = tracker;
    this.#set({ run: tracker.view });
    void this.#untilEnd(tracker.following, tracker);
  }

  async #untilEnd(following: Following, tracker: RunTracker): Promise<void> {
    let end: RunEnd;
    try {
      const status = await following.finished;
      end = { kind: 'ended', status, seconds: tracker.seconds };
      if (tracker.seen) this.#set({ problem: status.problem });
    } catch (error) {
      if (this.#disposed || this.#tracker !== tracker) return;
      end = { kind: 'died', problem: problemOf(error) };
      this.#set({ problem: end.problem });
    }
    if (tracker.seen) this.#options.ended(end);
  }

  async #busy<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#set({ busy: what, problem: null });
    try {
      return await work();
    } catch (error) {
      this.#set({ problem: problemOf(error) });
      throw error;
    } finally {
      this.#set({ busy: null });
    }
  }

  /** A session that looks without making anything. */
  async #readable(experiment: Experiment): Promise<ExperimentSession> {
    if (this.#session) this.#session.use(experiment);
    else this.#session = ExperimentSession.of(this.file, experiment, this.#sessionOptions(true));
    this.#readOnly ??= true;
    return this.#session;
  }
  #readOnly: boolean | null = null;

  /** A session that may write, of the text as it stands. */
  async #writable(): Promise<ExperimentSession> {
    const experiment = this.#state.parsed.experiment;
    if (!experiment) throw notValid(this.#state.parsed);
    this.#generation++;
    if (this.#session && this.#readOnly === false) {
      this.#session.use(experiment);
      return this.#session;
    }
    await this.#close();
    this.#session = ExperimentSession.of(this.file, experiment, this.#sessionOptions(false));
    this.#readOnly = false;
    return this.#session;
  }

  #sessionOptions(readOnly: boolean): OpenOptions {
    return { ...this.#options.session(), analyses: this.#options.analyses, readOnly };
  }

  async #close(): Promise<void> {
    this.#watching?.stop[Symbol.dispose]();
    this.#watching = null;
    const session = this.#session;
    this.#session = null;
    this.#readOnly = null;
    await session?.dispose();
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  return {
    code: 'unexpected',
    message: `Something unexpected went wrong: ${error instanceof Error ? error.message : String(error)}`,
    fix: 'See the log; results on disk are safe.',
  };
}

function notValid({ diagnostics }: Parsed): ProblemError {
  const first = diagnostics.find(({ severity }) => severity === 'error');
  return new ProblemError({
    code: 'experiment_invalid',
    message: `The experiment has an error in line ${first?.line ?? 1}: ${first?.message ?? 'it cannot be read.'}`,
    fix: first?.fix ?? 'Correct it, then try again.',
  });
}

function notLookedAt(): ProblemError {
  return new ProblemError({
    code: 'not_planned',
    message: 'Nothing is known of this experiment yet.',
    fix: 'Run it first.',
  });
}
