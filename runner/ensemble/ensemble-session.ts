/** An ensemble opened for work: prepare, plan, run, follow, report. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Ensemble } from '../../core/experiment/ensemble/ensemble.ts';
import { type Diagnostic, parseExperiment } from '../../core/experiment/parse.ts';
import type { Warning } from '../../core/law/curve.ts';
import { type Problem, ProblemError } from '../../core/problem.ts';
import type { EnsembleDocument } from '../../core/report/ensemble-document.ts';
import type { PreparedEnsemble } from '../../core/store/ensemble/format.ts';
import { ensembleRequest } from '../../core/store/ensemble/prepared.ts';
import type { PlanId, PrepareRequest, WorkerStatus } from '../../core/store/format.ts';
import type { Analysis, AnalysisUpdate } from '../analysis.ts';
import type { EnsembleOutline, Stage } from '../analysis-messages.ts';
import { AnalysisPool } from '../analysis-pool.ts';
import { refuseWhatCannotFit } from '../plan-estimate.ts';
import { askToStop, isActive, runsOf, truthful } from '../run-folders.ts';
import {
  cannotRead,
  DiagnosticsError,
  damageOf,
  EnsembleProblemsError,
  modelsNotAtHand,
  nothingRuns,
} from '../session-errors.ts';
import type { EnsembleSummary, Following, KnownEnsemble, OpenOptions, RunOutcome } from '../session-types.ts';
import { storeOfSession } from '../store-folder.ts';
import { watchRun } from '../watch-run.ts';
import { EnsembleAgent } from './ensemble-agent.ts';
import { estimateEnsemble } from './ensemble-estimate.ts';
import { readPreparedEnsemble } from './prepared-ensemble-cache.ts';

export class EnsembleSession {
  readonly kind = 'ensemble';
  readonly file: string;
  readonly ensemble: Ensemble;
  readonly store: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly warnings: readonly Problem[];
  readonly #options: OpenOptions;
  readonly #agent: EnsembleAgent;
  readonly #analyses: AnalysisPool;
  readonly #analysis: Analysis;
  readonly #newest = new SharedArrayBuffer(4);
  #planned: EnsembleOutline | null = null;
  /** Why the report is of an older plan, where it is. */
  #outdated: Warning | null = null;

  private constructor(
    file: string,
    opened: Pick<EnsembleSession, 'ensemble' | 'store' | 'diagnostics' | 'warnings'>,
    options: OpenOptions,
  ) {
    this.file = file;
    this.ensemble = opened.ensemble;
    this.store = opened.store;
    this.diagnostics = opened.diagnostics;
    this.warnings = opened.warnings;
    this.#options = options;
    this.#agent = new EnsembleAgent(options);
    this.#analyses = options.analyses ?? new AnalysisPool();
    this.#analysis = this.#analyses.take(opened.store, path.dirname(file));
  }

  /** @throws DiagnosticsError where the text has errors, ProblemError where it is of no ensemble or cannot be used. */
  static open(file: string, options: OpenOptions = {}): EnsembleSession {
    const absolute = path.resolve(file);
    const text = readText(absolute);
    const { ensemble, diagnostics } = parseExperiment(text, { file: absolute });
    if (!ensemble) throw new DiagnosticsError(absolute, text, diagnostics);
    return EnsembleSession.of(absolute, ensemble, { ...options, diagnostics });
  }

  /** Of a text that was parsed already, as an editor holds it. @throws ProblemError as `open` does. */
  static of(
    file: string,
    ensemble: Ensemble,
    options: OpenOptions & { readonly diagnostics?: readonly Diagnostic[] } = {},
  ): EnsembleSession {
    const target = options.on ?? ensemble.target;
    if (target !== 'local') throw notHere(target, file);
    const folder = path.dirname(file);
    const { path: store, warnings } = storeOfSession(folder, options);
    const { diagnostics = [] } = options;
    return new EnsembleSession(file, { ensemble, store, diagnostics, warnings }, options);
  }

  /** Whether a file is of an ensemble; one that cannot be read, or has errors, is not. */
  static isOf(file: string): boolean {
    try {
      return parseExperiment(readFileSync(file, 'utf8')).ensemble !== null;
    } catch {
      return false;
    }
  }

  /** What can be said without starting Python and without writing. */
  async look(): Promise<KnownEnsemble> {
    if (!existsSync(this.store)) return { plan: null, look: null, prepared: null, estimate: null };
    const prepared = readPreparedEnsemble(this.#request());
    const isSound = prepared !== null && prepared.problems.length === 0;
    const plan = isSound
      ? await this.#analysis.planEnsemble(this.ensemble, prepared, false)
      : await this.#analysis.find(this.ensemble);
    this.#planned = plan;
    const look = plan && (await this.#analysis.look(plan.id, 'ensemble'));
    const estimate = plan && look && isSound ? estimateEnsemble(plan, prepared, look, this.store) : null;
    return { plan, look, prepared, estimate };
  }

  /** Reports of a plan of this store, again whenever results arrive: points first, then intervals. */
  watch(plan: PlanId, listener: (update: AnalysisUpdate<EnsembleDocument>) => void): Disposable {
    return this.#analysis.follow(this.ensemble, plan, listener);
  }

  /** Models and data, looked at. No Python is started while nothing has changed. */
  async prepare(): Promise<PreparedEnsemble> {
    const request = this.#request();
    return readPreparedEnsemble(request) ?? this.#agent.prepare(request);
  }

  /** Writes the plan into the store. @throws EnsembleProblemsError, and ProblemError `disk_too_small`. */
  async plan(): Promise<EnsembleSummary> {
    const prepared = await this.prepare();
    const [first] = prepared.problems;
    if (first) throw new EnsembleProblemsError(first, prepared);
    const plan = await this.#analysis.planEnsemble(this.ensemble, prepared, true);
    this.#planned = plan;
    const look = await this.#analysis.look(plan.id, 'ensemble');
    const estimate = estimateEnsemble(plan, prepared, look, this.store);
    refuseWhatCannotFit(estimate, this.store);
    const { done, failed, total } = look.progress;
    const warnings = [...prepared.warnings, ...look.problems, ...damageOf(look.damaged)];
    return {
      plan,
      done,
      failed,
      missing: total - done - failed,
      precision: null,
      estimate,
      prepared,
      warnings,
    };
  }

  /** Starts a run of what is missing, or joins the one that goes on. It outlives this session. */
  async run(): Promise<RunOutcome> {
    const { plan, missing } = await this.plan();
    if (missing === 0) return { run: '', state: 'nothing_to_do', warnings: [] };
    const { run, state, note } = await this.#agent.launch({
      store: this.store,
      plan: plan.id,
      device: this.#options.device ?? 'auto',
      allow_remote_code: this.#options.allowRemoteCode ?? [],
    });
    const warnings = note === undefined ? [] : [{ code: 'ends_at_logout', message: note, fix: '' }];
    return { run, state, warnings };
  }

  follow(run: string, listener: (status: readonly WorkerStatus[]) => void): Following {
    return watchRun({ store: this.store, run }, listener);
  }

  /** The newest run of the plan that goes on. Call `plan` first. @throws ProblemError `nothing_runs` */
  active(): string {
    const active = this.#activeRuns()[0];
    if (active === undefined) throw nothingRuns();
    return active;
  }

  /** Statuses of this plan's runs in the store, newest run first; starts no Python. Call `plan` first. */
  async status(): Promise<readonly WorkerStatus[]> {
    const plan = this.#planned?.id;
    return plan === undefined ? [] : runsOf(this.store, plan).flatMap((run) => truthful(this.store, run));
  }

  /** Ends the plan's runs after the current model, or at once. Call `plan` first. */
  async stop(now: boolean): Promise<void> {
    const active = this.#activeRuns();
    if (active.length === 0) throw nothingRuns();
    for (const run of active) askToStop(this.store, run, now);
  }

  /**
   * Of what is in the store now. Where the models are not at hand, of the newest plan that fits.
   *
   * @throws ProblemError `nothing_scored` before two models are scored
   */
  async report(stage: Stage = 'complete'): Promise<EnsembleDocument> {
    const plan = this.#planned ?? (await this.#planToReport());
    const report = await this.#analysis.report(this.ensemble, plan.id, stage, this.#newest);
    return this.#outdated ? { ...report, warnings: [this.#outdated, ...report.warnings] } : report;
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#agent.dispose(), this.#analyses.release(this.store)]);
  }

  #activeRuns(): readonly string[] {
    if (!this.#planned) return [];
    return runsOf(this.store, this.#planned.id)
      .filter(isActive)
      .map(({ run }) => run);
  }

  async #planToReport(): Promise<EnsembleOutline> {
    try {
      return (await this.plan()).plan;
    } catch (error) {
      const plan = error instanceof ProblemError ? await this.#analysis.find(this.ensemble) : null;
      if (!plan) throw error;
      this.#outdated = modelsNotAtHand((error as ProblemError).message);
      this.#planned = plan;
      return plan;
    }
  }

  #request(): PrepareRequest {
    return ensembleRequest(this.ensemble, {
      store: this.store,
      root: path.dirname(this.file),
      device: this.#options.device ?? 'auto',
      allowRemoteCode: this.#options.allowRemoteCode ?? [],
    });
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw cannotRead(file, error as NodeJS.ErrnoException);
  }
}

function notHere(target: string, file: string): ProblemError {
  return new ProblemError({
    code: 'target_unknown',
    message: `The target "${target}" cannot be used: ensembles are scored on this machine only.`,
    fix: 'Write `target: local`, or leave it out.',
    file,
  });
}
