/**
 * An experiment file opened for work: prepare, plan, run, follow, report, merge. Everything that a surface (command
 * line, editor) does with an experiment goes through here.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Experiment } from '../core/experiment/experiment.ts';
import { parseExperiment } from '../core/experiment/parse.ts';
import { withTaskVectors } from '../core/geometry/preflight.ts';
import type { Report } from '../core/report/report.ts';
import { whyNoFollowUps } from '../core/report/study/follow-ups.ts';
import type { PlanId, Prepared, PrepareRequest } from '../core/store/format.ts';
import { prepareRequest } from '../core/store/prepared.ts';
import { downstreamRequest, taskRequests } from './downstream/downstream-request.ts';
import type { HarnessPlace } from './downstream/harness.ts';
import { followRun } from './follow-run.ts';
import { measureTaskVectors, readTaskVectors } from './geometry-files.ts';
import { mergeRequest, writtenMerge } from './merge-request.ts';
import { isMergeThere } from './merge-there.ts';
import { estimatePlan, refuseWhatCannotFit } from './plan-estimate.ts';
import { PlannedSession, readQuestion, type SessionOptions } from './planned-session.ts';
import { OF_MERGES, readPrepared } from './prepared-cache.ts';
import { DiagnosticsError, damageOf, FoundProblemsError, ofAnEnsemble } from './session-errors.ts';
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

export { DiagnosticsError, FoundProblemsError } from './session-errors.ts';
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

export class ExperimentSession extends PlannedSession<Experiment> {
  readonly kind = 'merge';

  get experiment(): Experiment {
    return this.question;
  }

  /** @throws DiagnosticsError where the text has errors, ProblemError where the file or its folder cannot be used. */
  static async open(file: string, options: OpenOptions = {}): Promise<ExperimentSession> {
    const absolute = path.resolve(file);
    const text = readQuestion(absolute);
    const { experiment, ensemble, diagnostics } = parseExperiment(text, { file: absolute });
    if (ensemble) throw ofAnEnsemble(absolute);
    if (!experiment) throw new DiagnosticsError(absolute, text, diagnostics);
    return ExperimentSession.of(absolute, experiment, { ...options, diagnostics });
  }

  /** Of a text that was parsed already, as an editor holds it. @throws ProblemError as `open` does. */
  static of(file: string, experiment: Experiment, options: SessionOptions = {}): ExperimentSession {
    return new ExperimentSession(file, experiment, options);
  }

  /**
   * What can be said of the experiment without starting Python and without writing: its plan where models and data
   * were looked at before and have not changed, else the newest plan in the store that fits it.
   */
  async look(): Promise<Known> {
    if (!existsSync(this.store)) return { plan: null, look: null, prepared: null, estimate: null };
    const prepared = readPrepared(this.#prepareRequest(), OF_MERGES);
    if (prepared) {
      const plan = await this.analysis.plan(this.experiment, prepared, false);
      const look = await this.analysis.look(plan.id);
      this.planned = plan;
      const { header } = plan;
      const measured = withTaskVectors(prepared, header.pool, readTaskVectors(this.store, header));
      return { plan, look, prepared: measured, estimate: estimatePlan(plan, prepared, look, this.store) };
    }
    const plan = await this.analysis.find(this.experiment);
    const look = plan && (await this.analysis.look(plan.id));
    return { plan, look, prepared: null, estimate: null };
  }

  /** The report under other goals, e.g. other weights of domains. Call `look` or `plan` first. */
  async explore(goals: Partial<Experiment['goals']>, stage: 'points' | 'complete'): Promise<Report> {
    const plan = this.requirePlan();
    const experiment = { ...this.experiment, goals: { ...this.experiment.goals, ...goals } };
    return this.analysis.report(experiment, plan.id, stage, this.newest);
  }

  /** The complete report with Shapley values in its study. Call `look` or `plan` first. */
  async withShapley(): Promise<Report> {
    const { id } = this.requirePlan();
    return this.analysis.report(this.experiment, id, 'complete', undefined, true);
  }

  /** Models and data, looked at and compared. No Python is started while nothing has changed. */
  async prepare(): Promise<Prepared> {
    return this.place.prepare(this.#prepareRequest(), OF_MERGES);
  }

  #prepareRequest(): PrepareRequest {
    return prepareRequest(this.experiment, this.prepareOptions);
  }

  /** Writes the plan into the store. @throws FoundProblemsError, and ProblemError `disk_too_small`. */
  async plan(): Promise<PlanSummary> {
    const found = await this.prepare();
    const plan = await this.#write(found);
    const { header } = plan;
    const { geometry, problems } = await measureTaskVectors(this.store, header, this.place);
    const prepared = withTaskVectors(found, header.pool, geometry);
    const look = await this.analysis.look(plan.id);
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
    this.planned = await this.analysis.plan(this.experiment, prepared, true, requests);
    return { requests, reason: null };
  }

  /** Starts a run of what is missing, or joins the one that goes on. It outlives this session. */
  async run(): Promise<RunOutcome> {
    const { plan, missing } = await this.plan();
    if (missing === 0) return { run: '', state: 'nothing_to_do', warnings: [] };
    return this.runs.start({ plan: plan.id, ...this.launching });
  }

  /** Watches the run that this session started, else the one that goes on. Call `plan` first. */
  follow(listener: (update: Update) => void): Following {
    const { store, runs, experiment, analysis } = this;
    return followRun({ store, runs, plan: this.requirePlan(), experiment, analysis }, listener);
  }

  /** Writes a merged model as a folder; one that holds this very merge already is left as it is. */
  async merge(options: MergeOptions = {}): Promise<MergeWritten> {
    const prepared = await this.prepare();
    const plan = await this.#write(prepared);
    const report = await this.report('complete');
    const context = { experiment: this.experiment, plan, prepared, report, root: path.dirname(this.file) };
    const { document, choice } = mergeRequest({ ...context, store: this.store }, options);
    const isThere = isMergeThere(document);
    if (!isThere) options.onBegin?.();
    const { out } = isThere ? document : await this.place.merge(document, options);
    return {
      out,
      already_there: isThere,
      size: choice.size,
      subset: choice.subset,
      ...writtenMerge(context, choice),
    };
  }

  /** Throws what would keep `downstream` from beginning, before anything long is run for it. */
  checkTasks(): void {
    taskRequests(this.experiment, path.dirname(this.file));
  }

  /** The evaluation harness beside the agent where models are scored. */
  harness(): Promise<HarnessPlace> {
    return this.place.harness();
  }

  /** Installs it there, after the user agreed. */
  installHarness(tell: (words: string) => void, signal?: AbortSignal): Promise<void> {
    return this.place.installHarness(tell, signal);
  }

  /** Scores the models that the report singles out on the experiment's tasks, those that the store lacks. */
  async downstream(watch: DownstreamWatch = {}): Promise<DownstreamOutcome> {
    const plan = await this.writePlan();
    const report = await this.report('complete');
    const wanted = downstreamRequest(this.experiment, report, plan.header, path.dirname(this.file));
    if (report.downstream?.missing === 0) return { state: 'nothing_to_do', failed: 0 };
    const place = { store: this.store, plan: plan.id, device: this.device };
    return this.place.downstream({ ...place, ...wanted, allow_remote_code: this.allowed }, watch);
  }

  protected async writePlan(): Promise<PlanOutline> {
    return this.#write(await this.prepare());
  }

  async #write(prepared: Prepared): Promise<PlanOutline> {
    const [first] = prepared.problems;
    if (first) throw new FoundProblemsError(this.file, first, prepared);
    const plan = await this.analysis.plan(this.experiment, prepared, true);
    await this.place.sync(this.store, plan.id);
    this.planned = plan;
    return plan;
  }

  async #precision(plan: PlanId): Promise<Report['precision']> {
    if (this.experiment.sweep.subsets.kind !== 'precision') return null;
    return (await this.analysis.report(this.experiment, plan, 'points')).precision;
  }
}
