/** The analysis worker as seen from a session: it is asked, it answers, and it may be followed. */
import { Worker } from 'node:worker_threads';
import type { MergeRequest } from '../core/design/merge-request.ts';
import type { Ensemble } from '../core/experiment/ensemble/ensemble.ts';
import type { Experiment } from '../core/experiment/experiment.ts';
import { type Problem, ProblemError } from '../core/problem.ts';
import type { Progress, Report } from '../core/report/report.ts';
import type { PreparedEnsemble } from '../core/store/ensemble/format.ts';
import type { PlanId, Prepared } from '../core/store/format.ts';
import type {
  Answer,
  AnyReport,
  EnsembleOutline,
  Look,
  OutlineOf,
  PlanOutline,
  Question,
  ReportOf,
  Request,
  Stage,
  WorkerStart,
} from './analysis-messages.ts';

export interface AnalysisUpdate<R extends AnyReport = Report> {
  /** Null where there is a problem instead. */
  readonly progress: Progress | null;
  readonly report: R | null;
  /** Why there is no report, e.g. a plan or an evaluation set that cannot be read. */
  readonly problem?: Problem;
}

interface Pending {
  resolve(answer: Answer): void;
  reject(error: ProblemError): void;
}

export class Analysis {
  readonly #start: WorkerStart;
  readonly #pending = new Map<number, Pending>();
  readonly #followers = new Map<
    number,
    { listener: (update: AnalysisUpdate<AnyReport>) => void; request: Request }
  >();
  #worker: Worker | null = null;
  #nextId = 1;
  #deaths = 0;
  #disposed = false;

  constructor(start: WorkerStart) {
    this.#start = start;
  }

  /** The plan of an experiment, with merges beyond its sweep; its lines stay in the worker. */
  async plan(
    experiment: Experiment,
    prepared: Prepared,
    write: boolean,
    requests: readonly MergeRequest[] = [],
  ): Promise<PlanOutline> {
    const request: Request = { kind: 'plan', id: this.#nextId++, experiment, prepared, write, requests };
    const answer = await this.#ask(request);
    if (answer.kind === 'planned' && answer.plan) return answer.plan as PlanOutline;
    throw unexpected(`it answered ${answer.kind}`);
  }

  /** The plan of an ensemble, with pools whose logits are averaged. */
  async planEnsemble(
    ensemble: Ensemble,
    prepared: PreparedEnsemble,
    write: boolean,
    averages: readonly (readonly string[])[] = [],
  ): Promise<EnsembleOutline> {
    const id = this.#nextId++;
    const answer = await this.#ask({ kind: 'plan_ensemble', id, ensemble, prepared, write, averages });
    if (answer.kind === 'planned' && answer.plan) return answer.plan as EnsembleOutline;
    throw unexpected(`it answered ${answer.kind}`);
  }

  /** The newest plan in the store that a file could have made; null where there is none. */
  async find<Q extends Question>(question: Q): Promise<OutlineOf<Q> | null> {
    const answer = await this.#ask({ kind: 'find', id: this.#nextId++, question });
    // The worker answers in kind, here and below.
    if (answer.kind === 'planned') return answer.plan as OutlineOf<Q> | null;
    throw unexpected(`it answered ${answer.kind}`);
  }

  /** How far the plan is, by what is in the store now. */
  async look(plan: PlanId, of: Question['kind'] = 'merge'): Promise<Look> {
    const answer = await this.#ask({ kind: 'look', id: this.#nextId++, plan, of });
    if (answer.kind === 'looked') return answer.look;
    throw unexpected(`it answered ${answer.kind}`);
  }

  /**
   * Of what is in the store now; of an ensemble, `nothing_scored` before two models are. A newer call with the same `newest` (room for one Int32) ends an older one, which
   * then rejects with `cancelled`.
   */
  async report<Q extends Question>(
    question: Q,
    plan: PlanId,
    stage: Stage,
    newest: SharedArrayBuffer = new SharedArrayBuffer(4),
    shapley = false,
  ): Promise<ReportOf<Q>> {
    const id = this.#nextId++;
    Atomics.store(new Int32Array(newest), 0, id);
    const answer = await this.#ask({ kind: 'report', id, question, plan, stage, shapley, newest });
    if (answer.kind === 'reported' && answer.report) return answer.report as ReportOf<Q>;
    if (answer.kind === 'reported') throw nothingScored();
    throw unexpected(`it answered ${answer.kind}`);
  }

  /** Calls the listener once soon, and then whenever results arrive: points first, then intervals. */
  follow<Q extends Question>(
    question: Q,
    plan: PlanId,
    listener: (update: AnalysisUpdate<ReportOf<Q>>) => void,
  ): Disposable {
    const id = this.#nextId++;
    const wanted = new SharedArrayBuffer(4);
    Atomics.store(new Int32Array(wanted), 0, 1);
    const request: Request = { kind: 'follow', id, question, plan, wanted };
    const inKind = listener as (update: AnalysisUpdate<AnyReport>) => void;
    this.#followers.set(id, { listener: inKind, request });
    this.#running().postMessage(request);
    return {
      [Symbol.dispose]: () => {
        Atomics.store(new Int32Array(wanted), 0, 0);
        if (this.#followers.delete(id)) this.#worker?.postMessage({ kind: 'unfollow', id } satisfies Request);
      },
    };
  }

  async dispose(): Promise<void> {
    this.#disposed = true;
    this.#followers.clear();
    this.#end(
      new ProblemError({ code: 'cancelled', message: 'The analysis was closed.', fix: 'Open it again.' }),
    );
    await this.#worker?.terminate();
    this.#worker = null;
  }

  #ask(request: Request): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { resolve, reject });
      try {
        this.#running().postMessage(request);
      } catch (error) {
        this.#pending.delete(request.id);
        reject(error);
      }
    });
  }

  #running(): Worker {
    if (this.#worker) return this.#worker;
    if (this.#disposed) throw unexpected('it was closed');
    const worker = new Worker(workerFile(), { workerData: this.#start });
    worker.on('message', (answer: Answer) => this.#take(answer));
    worker.on('error', (error) => this.#died(worker, unexpected(String(error), error)));
    worker.on('exit', () => this.#died(worker, unexpected('it ended')));
    this.#worker = worker;
    return worker;
  }

  #take(answer: Answer): void {
    if (answer.kind === 'update') {
      const { progress, report } = answer;
      this.#followers.get(answer.id)?.listener({ progress, report });
      return;
    }
    const follower = this.#followers.get(answer.id);
    if (follower && answer.kind === 'failed') {
      follower.listener({ progress: null, report: null, problem: answer.problem });
      return;
    }
    const pending = this.#pending.get(answer.id);
    this.#pending.delete(answer.id);
    if (answer.kind === 'failed') pending?.reject(new ProblemError(answer.problem));
    else pending?.resolve(answer);
    this.#deaths = 0;
  }

  /** Whoever waits is told; whoever follows goes on with a new worker, unless it dies again and again. */
  #died(worker: Worker, error: ProblemError): void {
    if (this.#worker !== worker) return;
    this.#worker = null;
    this.#deaths += 1;
    this.#end(error);
    if (this.#disposed || this.#deaths > 3) return;
    for (const { request } of this.#followers.values()) this.#running().postMessage(request);
  }

  #end(error: ProblemError): void {
    for (const pending of this.#pending.values()) pending.reject(error);
    this.#pending.clear();
  }
}

function nothingScored(): ProblemError {
  return new ProblemError({
    code: 'nothing_scored',
    message: 'Fewer than two models are scored, so there is nothing to compare.',
    fix: 'Run the experiment.',
  });
}

/** Beside this file; a bundle has it beside itself, as JavaScript. */
function workerFile(): URL {
  const name = import.meta.url.endsWith('.ts') ? './analysis-worker.ts' : './analysis-worker.cjs';
  return new URL(name, import.meta.url);
}

function unexpected(why: string, cause?: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'analysis_failed',
      message: `The analysis of the results failed: ${why}.`,
      fix: 'Results on disk are safe. Open the experiment again; if it comes back, run with MERGE_LAB_DEBUG=1 and report it.',
    },
    { cause },
  );
}
