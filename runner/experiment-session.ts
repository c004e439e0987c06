/**
 * An experiment file opened for work: prepare, plan, run, follow, report, merge. Everything that a surface (command
 * line, editor) does with an experiment goes through here.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Experiment } from '../core/experiment/experiment.ts';
import { type Diagnostic, parseExperiment } from '../core/experiment/parse.ts';
import { withTaskVectors } from '../core/geometry/preflight.ts';
import { wrongHostName } from '../core/hosts/host.ts';
import type { Warning } from '../core/law/curve.ts';
import { type Problem, ProblemError } from '../core/problem.ts';
import type { Report } from '../core/report/report.ts';
import { whyNoFollowUps } from '../core/report/study/follow-ups.ts';
import type { PlanId, Prepared, PrepareRequest, WorkerStatus } from '../core/store/format.ts';
import { prepareRequest } from '../core/store/prepared.ts';
import type { Analysis, AnalysisUpdate } from './analysis.ts';
import { AnalysisPool } from './analysis-pool.ts';
import { downstreamRequest, taskRequests, tasksOfHost } from './downstream/downstream-request.ts';
import { followRun } from './follow-run.ts';
import { measureTaskVectors, readTaskVectors } from './geometry-files.ts';
import { openTarget } from './hosts/open-target.ts';
import { mergeRequest, writtenMerge } from './merge-request.ts';
import { estimatePlan, refuseWhatCannotFit } from './plan-estimate.ts';
import { readPrepared } from './prepared-cache.ts';
import { isActive, runsOf, truthful } from './run-folders.ts';
import {
  cannotRead,
  DiagnosticsError,
  damageOf,
  modelsNotAtHand,
  nothingRuns,
  ofAnEnsemble,
  ProblemsError,
} from './session-errors.ts';
import type {
  DownstreamOutcome,
  DownstreamWatch,
  Following,
  Known,
  MergeOptions,
  MergeWritten,
  OpenOptions,
  PlanOutline,
  PlanSummary,
  RunOutcome,
  Update,
  Verification,
} from './session-types.ts';
import { storeOfSession } from './store-folder.ts';
import type { Keeping, Reach, Target } from './target.ts';

export { DiagnosticsError, ProblemsError } from './session-errors.ts';
export type {
  Following,
  Known,
  MergeOptions,
  MergeWritten,
  OpenOptions,
  PlanEstimate,
  PlanOutline,
  PlanSummary,
  RunOutcome,
  Update,
  Verification,
} from './session-types.ts';

export class ExperimentSession {
  readonly kind = 'merge';
  /** Absolute path of the experiment file. */
  readonly file: string;
  readonly experiment: Experiment;
  /** `local`, or the host where merges run. */
  readonly target: string;
  /** Absolute path of the store; of a host it is the copy. */
  readonly store: string;
  /** Warnings and information of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** What is unusual about this session, e.g. a store under the user's home. */
  readonly warnings: readonly Problem[];
  readonly #options: OpenOptions;
  readonly #target: Target;
  readonly #analyses: AnalysisPool;
  readonly #analysis: Analysis;
  readonly #newest = new SharedArrayBuffer(4);
  #planned: PlanOutline | null = null;
  /** Why the report is of an older plan, where it is. */
  #outdated: Warning | null = null;
  #run: string | null = null;
  /** Copies a host's results here, for as long as this session lives. */
  #keeping: { readonly plan: PlanId; readonly keeping: Keeping } | null = null;
  readonly #reach = new Set<Reach>();

  private constructor(
    file: string,
    opened: Pick<ExperimentSession, 'experiment' | 'store' | 'diagnostics' | 'warnings'>,
    options: OpenOptions,
  ) {
    this.file = file;
    this.experiment = opened.experiment;
    this.store = opened.store;
    this.diagnostics = opened.diagnostics;
    this.warnings = opened.warnings;
    this.#options = options;
    const { on } = options;
    this.target = on ?? opened.experiment.target;
    this.#target = openTarget(this.target, { ...options, isNamed: on !== undefined });
    this.#analyses = options.analyses ?? new AnalysisPool();
    this.#analysis = this.#analyses.take(opened.store, path.dirname(file));
  }

  /** @throws DiagnosticsError where the text has errors, ProblemError where the file or its folder cannot be used. */
  static async open(file: string, options: OpenOptions = {}): Promise<ExperimentSession> {
    const absolute = path.resolve(file);
    const text = readExperiment(absolute);
    const { experiment, ensemble, diagnostics } = parseExperiment(text, { file: absolute });
    if (ensemble) throw ofAnEnsemble(absolute);
    if (!experiment) throw new DiagnosticsError(absolute, text, diagnostics);
    return ExperimentSession.of(absolute, experiment, { ...options, diagnostics });
  }

  /** Of a text that was parsed already, as an editor holds it. @throws ProblemError as `open` does. */
  static of(
    file: string,
    experiment: Experiment,
    options: OpenOptions & { readonly diagnostics?: readonly Diagnostic[] } = {},
  ): ExperimentSession {
    const folder = path.dirname(file);
    const place = { ...options, target: storeName(options.on ?? experiment.target, file) };
    const { path: store, warnings } = storeOfSession(folder, place);
    const { diagnostics = [] } = options;
    return new ExperimentSession(file, { experiment, store, diagnostics, warnings }, options);
  }

  /**
   * What can be said of the experiment without starting Python and without writing: its plan where models and data
   * were looked at before and have not changed, else the newest plan in the store that fits it.
   */
  async look(): Promise<Known> {
    if (!existsSync(this.store)) return { plan: null, look: null, prepared: null, estimate: null };
    const prepared = readPrepared(this.#prepareRequest());
    if (prepared) {
      const plan = await this.#analysis.plan(this.experiment, prepared, false);
      const look = await this.#analysis.look(plan.id);
      this.#planned = plan;
      const { header } = plan;
      const measured = withTaskVectors(prepared, header.pool, readTaskVectors(this.store, header));
      return { plan, look, prepared: measured, estimate: estimatePlan(plan, prepared, look, this.store) };
    }
    const plan = await this.#analysis.find(this.experiment);
    const look = plan && (await this.#analysis.look(plan.id));
    return { plan, look, prepared: null, estimate: null };
  }

  /** The report under other goals, e.g. other weights of domains. Call `look` or `plan` first. */
  async explore(goals: Partial<Experiment['goals']>, stage: 'points' | 'complete'): Promise<Report> {
    const plan = this.#requirePlan();
    const experiment = { ...this.experiment, goals: { ...this.experiment.goals, ...goals } };
    return this.#analysis.report(experiment, plan.id, stage, this.#newest);
  }

  /** The complete report with Shapley values in its study. Call `look` or `plan` first. */
  async withShapley(): Promise<Report> {
    const { id } = this.#requirePlan();
    return this.#analysis.report(this.experiment, id, 'complete', undefined, true);
  }

  /** Reports of a plan of this store, again whenever results arrive: points first, then intervals. */
  watch(plan: PlanId, listener: (update: AnalysisUpdate) => void): Disposable {
    return this.#analysis.follow(this.experiment, plan, listener);
  }

  /** Models and data, looked at and compared. No Python is started while nothing has changed. */
  async prepare(): Promise<Prepared> {
    return this.#target.prepare(this.#prepareRequest());
  }

  #prepareRequest(): PrepareRequest {
    return prepareRequest(this.experiment, {
      store: this.store,
      root: path.dirname(this.file),
      device: this.#device,
      allowRemoteCode: this.#options.allowRemoteCode ?? [],
    });
  }

  /** Writes the plan into the store. @throws ProblemsError, and ProblemError `disk_too_small`. */
  async plan(): Promise<PlanSummary> {
    const found = await this.prepare();
    const plan = await this.#write(found);
    const { header } = plan;
    const { geometry, problems } = await measureTaskVectors(this.store, header, this.#target);
    const prepared = withTaskVectors(found, header.pool, geometry);
    const look = await this.#analysis.look(plan.id);
    const estimate = estimatePlan(plan, prepared, look, this.store);
    refuseWhatCannotFit(estimate, this.store);
    const { done, failed, total } = look.progress;
    const warnings = [...prepared.warnings, ...problems, ...look.problems, ...damageOf(look.damaged)];
    const precision = await this.#precision(plan.id);
    const missing = precision?.stop === 'precise' ? 0 : total - done - failed;
    return { plan, done, failed, missing, precision, estimate, prepared, warnings };
  }

  /**
   * Adds to the plan what is foretold to beat what is measured, for `run` to merge; it stays in the plan when the file is
   * edited. Where there is nothing to add, `reason` says why.
   */
  async verify(): Promise<Verification> {
    const prepared = await this.prepare();
    await this.#write(prepared);
    const report = await this.report('complete');
    const requests = report.study?.follow_ups ?? [];
    if (requests.length === 0) return { requests, reason: whyNoFollowUps(report) };
    this.#planned = await this.#analysis.plan(this.experiment, prepared, true, requests);
    return { requests, reason: null };
  }

  /** Starts a run of what is missing, or joins the one that goes on. It outlives this session. */
  async run(): Promise<RunOutcome> {
    const { plan, missing } = await this.plan();
    if (missing === 0) return { run: '', state: 'nothing_to_do', warnings: [] };
    const { run, state, note } = await this.#target.launch({
      store: this.store,
      plan: plan.id,
      device: this.#device,
      ...(this.#options.workers === undefined ? {} : { workers: this.#options.workers }),
      allow_remote_code: this.#options.allowRemoteCode ?? [],
    });
    this.#run = run;
    this.#keep(plan.id);
    const warnings = note === null ? [] : [{ code: 'ends_at_logout', message: note, fix: '' }];
    return { run, state, warnings };
  }

  /** Watches the run that this session started, else the one that goes on. Call `plan` first. */
  follow(listener: (update: Update) => void): Following {
    const plan = this.#requirePlan();
    const run = this.#run ?? runsOf(this.store, plan.id).find(isActive)?.run;
    if (run === undefined) throw nothingRuns();
    const { broken } = this.#keep(plan.id);
    const followed = { store: this.store, run, plan, experiment: this.experiment, analysis: this.#analysis };
    return followRun({ ...followed, broken, reach: this.#reach }, listener);
  }

  #keep(plan: PlanId): Keeping {
    if (this.#keeping?.plan !== plan) {
      this.#keeping?.keeping[Symbol.dispose]();
      const tell: Reach = (problem) => {
        for (const listener of this.#reach) listener(problem);
      };
      this.#keeping = { plan, keeping: this.#target.follow(this.store, plan, tell) };
    }
    return this.#keeping.keeping;
  }

  /** Statuses of this plan's runs in the store, newest run first; starts no Python. Call `plan` first. */
  async status(): Promise<readonly WorkerStatus[]> {
    return runsOf(this.store, this.#requirePlan().id).flatMap((run) => truthful(this.store, run));
  }

  /** Ends the plan's runs after the current merge, or at once. Call `plan` first. */
  async stop(now: boolean): Promise<void> {
    const active = runsOf(this.store, this.#requirePlan().id).filter(isActive);
    if (active.length === 0) throw nothingRuns();
    for (const { run } of active) await this.#target.stop(this.store, run, now);
  }

  /** Of what is in the store now; runs nothing. Where the models are not at hand, of the newest plan that fits. */
  async report(stage: 'points' | 'complete' = 'complete', shapley = false): Promise<Report> {
    const plan = this.#planned ?? (await this.#planToReport());
    const report = await this.#analysis.report(this.experiment, plan.id, stage, this.#newest, shapley);
    return this.#outdated ? { ...report, warnings: [this.#outdated, ...report.warnings] } : report;
  }

  /** Writes a merged model as a folder. */
  async merge(options: MergeOptions = {}): Promise<MergeWritten> {
    const prepared = await this.prepare();
    const plan = await this.#write(prepared);
    const report = await this.report('complete');
    const context = { experiment: this.experiment, plan, prepared, report, root: path.dirname(this.file) };
    const { document, choice } = mergeRequest({ ...context, store: this.store }, options);
    const { out } = await this.#target.merge(document, options);
    return { out, size: choice.size, subset: choice.subset, ...writtenMerge(context, choice) };
  }

  /** Throws what would keep `downstream` from beginning, before anything long is run for it. */
  checkTasks(): void {
    if (this.target !== 'local') throw tasksOfHost();
    taskRequests(this.experiment, path.dirname(this.file));
  }

  /** Scores the models that the report singles out on the experiment's tasks, those that the store lacks. */
  async downstream(watch: DownstreamWatch = {}): Promise<DownstreamOutcome> {
    const plan = await this.#write(await this.prepare());
    const report = await this.report('complete');
    const wanted = downstreamRequest(this.experiment, report, plan.header, path.dirname(this.file));
    if (report.downstream?.missing === 0) return { state: 'nothing_to_do', failed: 0 };
    const place = { store: this.store, plan: plan.id, device: this.#device };
    return this.#target.downstream(
      { ...place, ...wanted, allow_remote_code: this.#options.allowRemoteCode ?? [] },
      watch,
    );
  }

  async dispose(): Promise<void> {
    this.#keeping?.keeping[Symbol.dispose]();
    await Promise.all([this.#target.dispose(), this.#analyses.release(this.store)]);
  }

  get #device(): string {
    return this.#options.device ?? 'auto';
  }

  async #write(prepared: Prepared): Promise<PlanOutline> {
    const [first] = prepared.problems;
    if (first) throw new ProblemsError(first, prepared);
    const plan = await this.#analysis.plan(this.experiment, prepared, true);
    await this.#target.sync(this.store, plan.id);
    this.#planned = plan;
    return plan;
  }

  async #precision(plan: PlanId): Promise<Report['precision']> {
    if (this.experiment.sweep.subsets.kind !== 'precision') return null;
    return (await this.#analysis.report(this.experiment, plan, 'points')).precision;
  }

  async #planToReport(): Promise<PlanOutline> {
    try {
      return await this.#write(await this.prepare());
    } catch (error) {
      const plan = error instanceof ProblemError ? await this.#analysis.find(this.experiment) : null;
      if (!plan) throw error;
      this.#outdated = modelsNotAtHand((error as ProblemError).message);
      this.#planned = plan;
      return plan;
    }
  }

  #requirePlan(): PlanOutline {
    if (this.#planned) return this.#planned;
    throw new ProblemError({
      code: 'not_planned',
      message: 'The experiment was not planned yet.',
      fix: 'Plan it first.',
    });
  }
}

function readExperiment(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw cannotRead(file, error as NodeJS.ErrnoException);
  }
}

/** Becomes a folder. Throws `target_unknown`. */
function storeName(target: string, file: string): string {
  const wrong = target === 'local' ? null : wrongHostName(target);
  if (wrong === null) return target;
  throw new ProblemError({
    code: 'target_unknown',
    message: `The target "${target.slice(0, 60)}" is no host: ${wrong}.`,
    fix: 'Write `target: local`, a host of hosts.yaml, or an alias of your ssh configuration.',
    file,
  });
}
