/** An ensemble opened for work: prepare, plan, run, follow, report. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { planEnsemble } from '../../core/design/ensemble-plan.ts';
import { makeEnsembleReport } from '../../core/ensemble/make-report.ts';
import type { EnsembleReport } from '../../core/ensemble/types.ts';
import type { Ensemble } from '../../core/experiment/ensemble/ensemble.ts';
import { type Diagnostic, parseExperiment } from '../../core/experiment/parse.ts';
import { type Problem, ProblemError } from '../../core/problem.ts';
import { ensembleMatrix, type SharedSet, sharedSet } from '../../core/report/ensemble-input.ts';
import type { EnsemblePlan, PreparedEnsemble } from '../../core/store/ensemble/format.ts';
import { ensembleRequest } from '../../core/store/ensemble/prepared.ts';
import { parseEvaluationSet } from '../../core/store/evaluation.ts';
import type { EvaluationId, PrepareRequest, WorkerStatus } from '../../core/store/format.ts';
import { serializePlan } from '../../core/store/plan-file.ts';
import { type Failure, ResultIndex } from '../../core/store/results.ts';
import { writePlan } from '../plan-files.ts';
import { ResultFiles } from '../result-files.ts';
import { askToStop, isActive, runsOf } from '../run-folders.ts';
import { cannotRead, DiagnosticsError, FoundProblemsError } from '../session-errors.ts';
import type { Following, OpenOptions, RunOutcome } from '../session-types.ts';
import { openStoreFolder } from '../store-folder.ts';
import { watchRun } from '../watch-run.ts';
import { EnsembleAgent } from './ensemble-agent.ts';
import { readPreparedEnsemble } from './prepared-ensemble-cache.ts';

export interface EnsembleSummary {
  readonly plan: EnsemblePlan;
  readonly prepared: PreparedEnsemble;
  /** Models with all their losses, without any for good, and to be scored. */
  readonly done: number;
  readonly failed: number;
  readonly missing: number;
  /** Of what is missing; null while nothing is known of this machine's speed. */
  readonly seconds: number | null;
  readonly warnings: readonly Problem[];
}

export interface EnsembleAnswer {
  readonly report: EnsembleReport;
  /** Models that the report is not about, and why. */
  readonly leftOut: readonly Problem[];
}

export class EnsembleSession {
  readonly file: string;
  readonly ensemble: Ensemble;
  readonly store: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly warnings: readonly Problem[];
  readonly #options: OpenOptions;
  readonly #agent: EnsembleAgent;
  readonly #results = new ResultIndex();
  readonly #files: ResultFiles;
  #plan: EnsemblePlan | null = null;

  private constructor(
    file: string,
    ensemble: Ensemble,
    diagnostics: readonly Diagnostic[],
    options: OpenOptions,
  ) {
    const { path: store, warnings } = openStoreFolder(path.dirname(file), options);
    this.file = file;
    this.ensemble = ensemble;
    this.store = store;
    this.diagnostics = diagnostics;
    this.warnings = warnings;
    this.#options = options;
    this.#agent = new EnsembleAgent(options);
    this.#files = new ResultFiles(path.join(store, 'results'), (name, chunk) =>
      this.#results.feed(name, chunk),
    );
  }

  /** @throws DiagnosticsError where the text has errors, ProblemError where it is of no ensemble or cannot be used. */
  static open(file: string, options: OpenOptions = {}): EnsembleSession {
    const absolute = path.resolve(file);
    const text = readText(absolute);
    const { ensemble, diagnostics } = parseExperiment(text, { file: absolute });
    if (!ensemble) throw new DiagnosticsError(absolute, text, diagnostics);
    if (ensemble.target !== 'local') throw notHere(ensemble.target, absolute);
    return new EnsembleSession(absolute, ensemble, diagnostics, options);
  }

  /** Whether a file is of an ensemble; one that cannot be read, or has errors, is not. */
  static isOf(file: string): boolean {
    try {
      return parseExperiment(readFileSync(file, 'utf8')).ensemble !== null;
    } catch {
      return false;
    }
  }

  /** Models and data, looked at. No Python is started while nothing has changed. */
  async prepare(): Promise<PreparedEnsemble> {
    const request = this.#request();
    return readPreparedEnsemble(request) ?? this.#agent.prepare(request);
  }

  /** Writes the plan into the store. @throws FoundProblemsError */
  async plan(): Promise<EnsembleSummary> {
    const prepared = await this.prepare();
    const [first] = prepared.problems;
    if (first) throw new FoundProblemsError(first, prepared.problems);
    const { header, lines } = planEnsemble(this.ensemble, prepared);
    const serialized = serializePlan(header, lines);
    writePlan(this.store, serialized);
    const plan: EnsemblePlan = { id: serialized.id, header, lines };
    this.#plan = plan;
    this.#files.scan();
    const state = lines.map((line) => this.#stateOf(line));
    const count = (wanted: string): number => state.filter((each) => each === wanted).length;
    const left = lines.filter((_, i) => state[i] === 'missing');
    const { estimate } = prepared;
    return {
      plan,
      prepared,
      done: count('done'),
      failed: count('failed'),
      missing: left.length,
      seconds: estimate && left.reduce((sum, { model }) => sum + (estimate.seconds[model] ?? 0), 0),
      warnings: prepared.warnings,
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

  /** Ends the plan's runs after the current model, or at once. Call `plan` first. */
  stop(now: boolean): void {
    if (!this.#plan) return;
    for (const { run } of runsOf(this.store, this.#plan.id).filter(isActive)) askToStop(this.store, run, now);
  }

  /** Of what is in the store now. @throws ProblemError `nothing_scored` before two models are scored */
  async report(stage: EnsembleReport['stage']): Promise<EnsembleAnswer> {
    const plan = this.#plan ?? (await this.plan()).plan;
    this.#files.scan();
    const evaluations = this.#readEvaluations(plan);
    const { input, leftOut } = ensembleMatrix({
      ensemble: this.ensemble,
      plan,
      evaluations,
      results: this.#results,
    });
    if (input.models.length < 2) throw tooFew(leftOut);
    return { report: makeEnsembleReport(input, { stage }), leftOut };
  }

  async dispose(): Promise<void> {
    this.#files.dispose();
    await this.#agent.dispose();
  }

  #request(): PrepareRequest {
    return ensembleRequest(this.ensemble, {
      store: this.store,
      root: path.dirname(this.file),
      device: this.#options.device ?? 'auto',
      allowRemoteCode: this.#options.allowRemoteCode ?? [],
    });
  }

  #stateOf({ key, model }: EnsemblePlan['lines'][number]): 'done' | 'failed' | 'missing' {
    const ids = Object.values(this.#plan?.header.models[model]?.evaluations ?? {});
    const open = ids.filter((id) => !this.#results.get(key, id));
    if (open.length === 0) return 'done';
    const failures = open.map((id) => this.#results.failure(key, id));
    return failures.every((failure) => failure && isFinal(failure)) ? 'failed' : 'missing';
  }

  #readEvaluations(plan: EnsemblePlan): ReadonlyMap<EvaluationId, SharedSet> {
    const ids = new Set(
      Object.values(plan.header.models).flatMap((model) => Object.values(model.evaluations)),
    );
    return new Map(
      [...ids].map((id) => {
        const file = path.join(this.store, 'evaluations', `${id}.json`);
        return [id, sharedSet(parseEvaluationSet(id, readText(file)))];
      }),
    );
  }
}

/** As the agent sees it: the same weights diverge again, and what failed is tried once more. */
function isFinal({ code, attempt }: Failure): boolean {
  return code === 'diverged' || attempt >= 2;
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

function tooFew(leftOut: readonly Problem[]): ProblemError {
  const [first] = leftOut;
  return new ProblemError({
    code: 'nothing_scored',
    message: `Fewer than two models are scored, so there is nothing to compare.${first ? ` ${first.message}` : ''}`,
    fix: 'Run the experiment.',
  });
}
