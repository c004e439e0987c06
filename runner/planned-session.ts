/** What sessions of either kind share: a file's question, its target with the store, plans, runs and reports. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Diagnostic } from '../core/experiment/parse.ts';
import { wrongHostName } from '../core/hosts/host.ts';
import type { ModelsOffer } from '../core/hosts/missing-model.ts';
import type { Warning } from '../core/law/curve.ts';
import { type Problem, ProblemError } from '../core/problem.ts';
import type { PlanId, WorkerStatus } from '../core/store/format.ts';
import type { PrepareOptions } from '../core/store/prepared.ts';
import type { Analysis, AnalysisUpdate } from './analysis.ts';
import type { AnyReport, OutlineOf, Question, ReportOf, Stage } from './analysis-messages.ts';
import { AnalysisPool } from './analysis-pool.ts';
import { openTarget } from './hosts/open-target.ts';
import { PlanRuns } from './plan-runs.ts';
import { cannotRead, modelsNotAtHand } from './session-errors.ts';
import type { MergeWatch, OpenOptions } from './session-types.ts';
import { storeOfSession } from './store-folder.ts';
import type { Launch, Target } from './target.ts';

export type SessionOptions = OpenOptions & { readonly diagnostics?: readonly Diagnostic[] };

export abstract class PlannedSession<Q extends Question> {
  /** Absolute path of the experiment file. */
  readonly file: string;
  /** `local`, or the host where merges run and models are scored. */
  readonly target: string;
  /** Absolute path of the store; of a host it is the copy. */
  readonly store: string;
  /** Warnings and information of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** What is unusual about this session, e.g. a store under the user's home. */
  readonly warnings: readonly Problem[];
  protected readonly question: Q;
  protected readonly options: OpenOptions;
  protected readonly place: Target;
  protected readonly runs: PlanRuns;
  protected readonly analysis: Analysis;
  /** Of reports: the latest that is asked for wins. */
  protected readonly newest = new SharedArrayBuffer(4);
  protected planned: OutlineOf<Q> | null = null;
  readonly #analyses: AnalysisPool;
  /** Why the report is of an older plan, where it is. */
  #outdated: Warning | null = null;

  /** Throws ProblemError where the target or the folder cannot be used. */
  protected constructor(file: string, question: Q, options: SessionOptions) {
    const { on, diagnostics = [], analyses = new AnalysisPool() } = options;
    const folder = path.dirname(file);
    const target = storeName(on ?? question.target, file);
    const { path: store, warnings } = storeOfSession(folder, { ...options, target });
    this.file = file;
    this.target = target;
    this.store = store;
    this.diagnostics = diagnostics;
    this.warnings = warnings;
    this.question = question;
    this.options = options;
    this.place = openTarget(target, { ...options, isNamed: on !== undefined });
    this.runs = new PlanRuns(this.place, store);
    this.#analyses = analyses;
    this.analysis = analyses.take(store, folder);
  }

  /** Prepares, and writes the plan into the store and onto the target. */
  protected abstract writePlan(): Promise<OutlineOf<Q>>;

  /** Models that lie here and are all that the host lacked when the plan was last made; null where that would not help. */
  get offer(): ModelsOffer | null {
    return this.place.offer ?? null;
  }

  /** Copies what is offered to the host, after the user agreed; then plan again. What arrived is kept where it is stopped. */
  async sendModels(watch: MergeWatch = {}): Promise<void> {
    await this.place.sendModels?.(watch);
  }

  /** Reports of a plan of this store, again whenever results arrive: points first, then intervals. */
  watch(plan: PlanId, listener: (update: AnalysisUpdate<ReportOf<Q>>) => void): Disposable {
    return this.analysis.follow(this.question, plan, listener);
  }

  /** Statuses of this plan's runs in the store, newest run first; starts no Python. Call `plan` first. */
  async status(): Promise<readonly WorkerStatus[]> {
    return this.runs.status(this.requirePlan().id);
  }

  /** Ends the plan's runs after the current merge or model, or at once. Call `plan` first. */
  async stop(now: boolean): Promise<void> {
    await this.runs.stop(this.requirePlan().id, now);
  }

  /**
   * Of what is in the store now; runs nothing. Where the models are not at hand, of the newest plan that fits. Of an
   * ensemble throws `nothing_scored` before two models are scored.
   */
  async report(stage: Stage = 'complete', shapley = false): Promise<ReportOf<Q>> {
    const plan = this.planned ?? (await this.#planToReport());
    const report: AnyReport = await this.analysis.report(this.question, plan.id, stage, this.newest, shapley);
    const warnings = this.#outdated ? [this.#outdated, ...report.warnings] : report.warnings;
    return { ...report, warnings } as ReportOf<Q>;
  }

  async dispose(): Promise<void> {
    this.runs[Symbol.dispose]();
    await Promise.all([this.place.dispose(), this.#analyses.release(this.store)]);
  }

  protected get device(): string {
    return this.options.device ?? 'auto';
  }

  protected get allowed(): readonly string[] {
    return this.options.allowRemoteCode ?? [];
  }

  /** What every run of this session is started with. */
  protected get launching(): Omit<Launch, 'store' | 'plan'> {
    const { workers } = this.options;
    return {
      device: this.device,
      allow_remote_code: this.allowed,
      ...(workers === undefined ? {} : { workers }),
    };
  }

  protected get prepareOptions(): PrepareOptions {
    const { store, allowed, place } = this;
    const device = place.deviceOfPlans(this.device);
    return { store, root: path.dirname(this.file), device, allowRemoteCode: allowed };
  }

  protected requirePlan(): OutlineOf<Q> {
    if (this.planned) return this.planned;
    throw new ProblemError({
      code: 'not_planned',
      message: 'The experiment was not planned yet.',
      fix: 'Plan it first.',
    });
  }

  async #planToReport(): Promise<OutlineOf<Q>> {
    try {
      return await this.writePlan();
    } catch (error) {
      const plan = error instanceof ProblemError ? await this.analysis.find(this.question) : null;
      if (!plan) throw error;
      this.#outdated = modelsNotAtHand((error as ProblemError).message);
      this.planned = plan;
      return plan;
    }
  }
}

/** Throws `file_missing` or `file_unreadable`. */
export function readQuestion(file: string): string {
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
