/** An ensemble opened for work: prepare, plan, run, follow, report. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Ensemble } from '../../core/experiment/ensemble/ensemble.ts';
import { parseExperiment } from '../../core/experiment/parse.ts';
import type { Unaveraged } from '../../core/report/ensemble-document.ts';
import type { PreparedEnsemble } from '../../core/store/ensemble/format.ts';
import { ensembleRequest } from '../../core/store/ensemble/prepared.ts';
import type { PrepareRequest, WorkerStatus } from '../../core/store/format.ts';
import type { EnsembleOutline } from '../analysis-messages.ts';
import { latest } from '../follow-run.ts';
import { refuseWhatCannotFit } from '../plan-estimate.ts';
import { PlannedSession, readQuestion, type SessionOptions } from '../planned-session.ts';
import { OF_ENSEMBLE, readPrepared } from '../prepared-cache.ts';
import { DiagnosticsError, damageOf, FoundProblemsError } from '../session-errors.ts';
import type {
  EnsembleSummary,
  Following,
  KnownEnsemble,
  OpenOptions,
  RunOutcome,
  Update,
} from '../session-types.ts';
import { estimateEnsemble, fitTogether } from './ensemble-estimate.ts';
import { poolProblems } from './pool-problem.ts';

export class EnsembleSession extends PlannedSession<Ensemble> {
  readonly kind = 'ensemble';

  get ensemble(): Ensemble {
    return this.question;
  }

  /** @throws DiagnosticsError where the text has errors, ProblemError where it is of no ensemble or cannot be used. */
  static open(file: string, options: OpenOptions = {}): EnsembleSession {
    const absolute = path.resolve(file);
    const text = readQuestion(absolute);
    const { ensemble, diagnostics } = parseExperiment(text, { file: absolute });
    if (!ensemble) throw new DiagnosticsError(absolute, text, diagnostics);
    return EnsembleSession.of(absolute, ensemble, { ...options, diagnostics });
  }

  /** Of a text that was parsed already, as an editor holds it. @throws ProblemError as `open` does. */
  static of(file: string, ensemble: Ensemble, options: SessionOptions = {}): EnsembleSession {
    return new EnsembleSession(file, ensemble, options);
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
    const prepared = readPrepared(this.#request(), OF_ENSEMBLE);
    const plan = prepared
      ? await this.analysis.planEnsemble(this.ensemble, prepared, false)
      : await this.analysis.find(this.ensemble);
    this.planned = plan;
    const look = plan && (await this.analysis.look(plan.id, 'ensemble'));
    const estimate = plan && look && prepared && estimateEnsemble(plan, prepared, look, this.store);
    return { plan, look, prepared, estimate };
  }

  /** Models and data, looked at. No Python is started while nothing has changed. */
  async prepare(): Promise<PreparedEnsemble> {
    return this.place.prepare(this.#request(), OF_ENSEMBLE);
  }

  /** Writes the plan into the store. @throws FoundProblemsError, and ProblemError `disk_too_small`. */
  async plan(): Promise<EnsembleSummary> {
    const prepared = await this.prepare();
    const problems = prepared.problems.length === 0 ? poolProblems(this.ensemble, prepared.models) : [];
    const [wrong] = problems;
    if (wrong) throw new FoundProblemsError(this.file, wrong, { ...prepared, problems });
    const plan = await this.#write(prepared);
    const look = await this.analysis.look(plan.id, 'ensemble');
    const estimate = estimateEnsemble(plan, prepared, look, this.store);
    refuseWhatCannotFit(estimate, this.store);
    const { done, failed, total } = look.progress;
    const missing = total - done - failed;
    const warnings = [...prepared.warnings, ...look.problems, ...damageOf(look.damaged)];
    return { plan, done, failed, missing, precision: null, estimate, prepared, warnings };
  }

  /** Starts a run of what is missing, or joins the one that goes on. It outlives this session. */
  async run(): Promise<RunOutcome> {
    const { plan, missing } = await this.plan();
    if (missing === 0) return { run: '', state: 'nothing_to_do', warnings: [] };
    return this.runs.start({ plan: plan.id, ...this.launching });
  }

  /**
   * Plans the averaged logits of the best pools that share a tokenizer: call `run` then. None are planned twice.
   * @param unasked only of those that are cheap, and whose models fit into memory at once
   */
  async verify({ unasked = false } = {}): Promise<readonly Unaveraged[]> {
    const { unaveraged } = await this.report('points');
    if (unaveraged.length === 0) return [];
    const prepared = await this.prepare();
    const pools = unasked
      ? unaveraged.filter(({ cheap, members }) => cheap && fitTogether(members.length, prepared))
      : unaveraged;
    const averages = pools.map(({ members }) => members);
    if (pools.length > 0) await this.#write(prepared, averages);
    return pools;
  }

  /** Watches the run that this session started, else the one that goes on. Call `plan` first. @throws ProblemError `nothing_runs` */
  follow(listener: (update: Update) => void): Following {
    const { id, total, pools } = this.requirePlan();
    let status: readonly WorkerStatus[] = [];
    const progress = () => latest({ done: 0, failed: 0, total, ...(pools ? { pools } : {}) }, status);
    return this.runs.follow(id, {
      status: (changed) => {
        status = changed;
        listener({ status, progress: progress() });
      },
      unreachable: (problem) => listener({ status, progress: progress(), unreachable: problem }),
    });
  }

  protected async writePlan(): Promise<EnsembleOutline> {
    return this.#write(await this.prepare());
  }

  async #write(
    prepared: PreparedEnsemble,
    averages: readonly (readonly string[])[] = [],
  ): Promise<EnsembleOutline> {
    const [first] = prepared.problems;
    if (first) throw new FoundProblemsError(this.file, first, prepared);
    const plan = await this.analysis.planEnsemble(this.ensemble, prepared, true, averages);
    await this.place.sync(this.store, plan.id);
    this.planned = plan;
    return plan;
  }

  #request(): PrepareRequest {
    return ensembleRequest(this.ensemble, this.prepareOptions);
  }
}
