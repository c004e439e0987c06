/**
 * The thread that reads a store and makes Reports, so that whoever shows them never waits. It reads each byte of the
 * store once; point estimates come before intervals; what nobody waits for any more is not computed to its end.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { requestMerges } from '../core/design/requests.ts';
import { isTuned } from '../core/design/step-design.ts';
import { planSweep, type Sweep } from '../core/design/sweep.ts';
import { verifySteps } from '../core/design/verify-steps.ts';
import type { Experiment } from '../core/experiment/experiment.ts';
import { Cancelled } from '../core/law/cancelled.ts';
import { type Problem, ProblemError } from '../core/problem.ts';
import type { Plan, PlanId } from '../core/store/format.ts';
import { serializePlan } from '../core/store/plan-file.ts';
import { ResultIndex } from '../core/store/results.ts';
import type { Answer, PlanOutline, Request, WorkerStart } from './analysis-messages.ts';
import { carriedRequests } from './carried-requests.ts';
import { PlanAnalysis } from './plan-analysis.ts';
import { findPlan, readPlan, writePlan } from './plan-files.ts';
import { isActive, runsOf } from './run-folders.ts';
import { StoreWatch } from './store-watch.ts';

/**
 * Between two point reports, and how much longer than one takes to make: a result is to be seen at once, and the merges
 * need the processor too. Where merges keep every core busy they are so slow that reports are rare.
 */
const POINTS_MS = 50;
const POINTS_FACTOR = 2;
/** Without new results, intervals are made; while they keep arriving, only so often. */
const QUIET_MS = 700;
const BUSY_COMPLETE_MS = 30_000;
const MOST_PLANS = 3;

const { store } = workerData as WorkerStart;
const results = new ResultIndex();
const watch = new StoreWatch(store, (file, chunk) => results.feed(file, chunk), changed);
const analyses = new Map<PlanId, PlanAnalysis>();
const followers = new Map<number, Follower>();

class Follower {
  readonly id: number;
  readonly plan: PlanId;
  readonly #experiment: Experiment;
  #timer: NodeJS.Timeout | null = null;
  #pointsAt = 0;
  #completeAt = 0;
  #took = 0;
  /** Of the index, when the last report of each stage was made. */
  #points = -1;
  #complete = -1;

  constructor(id: number, plan: PlanId, experiment: Experiment) {
    this.id = id;
    this.plan = plan;
    this.#experiment = experiment;
    this.schedule(0);
  }

  changed(): void {
    const wait = Math.max(POINTS_MS, this.#took * POINTS_FACTOR) - (Date.now() - this.#pointsAt);
    this.schedule(Math.max(0, wait));
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
  }

  schedule(ms: number): void {
    this.stop();
    this.#timer = setTimeout(() => answering(this.id, () => this.#work()), ms);
  }

  #work(): void {
    this.#timer = null;
    const analysis = analysisOf(this.plan);
    if (this.#points !== results.version) {
      const version = results.version;
      const started = Date.now();
      const report = analysis.report(this.#experiment, 'points', () => false);
      this.#points = version;
      this.#pointsAt = Date.now();
      this.#took = this.#pointsAt - started;
      send({ kind: 'update', id: this.id, progress: analysis.progress, report });
      const due = this.#completeAt + BUSY_COMPLETE_MS - Date.now();
      this.schedule(analysis.progress.done > 0 && due <= 0 && this.#completeAt > 0 ? 0 : QUIET_MS);
    } else if (this.#complete !== results.version) {
      const version = results.version;
      const report = analysis.report(this.#experiment, 'complete', () => false);
      this.#complete = version;
      this.#completeAt = Date.now();
      send({ kind: 'update', id: this.id, progress: analysis.progress, report });
    }
  }
}

function changed(): void {
  for (const follower of followers.values()) follower.changed();
}

function analysisOf(id: PlanId): PlanAnalysis {
  return analyses.get(id) ?? keep(readPlan(store, id));
}

/** An experiment that is being edited makes plan after plan; only the newest, and those that are watched, are kept. */
function keep(plan: Plan): PlanAnalysis {
  const kept = analyses.get(plan.id) ?? new PlanAnalysis(store, plan, results);
  analyses.delete(plan.id);
  analyses.set(plan.id, kept);
  const watched = new Set([...followers.values()].map((follower) => follower.plan));
  for (const id of analyses.keys()) {
    if (analyses.size <= MOST_PLANS) break;
    if (id !== plan.id && !watched.has(id)) analyses.delete(id);
  }
  return kept;
}

function planned({ experiment, prepared, write, requests }: Request & { kind: 'plan' }): PlanOutline {
  const sweep = planSweep(experiment, prepared);
  const asked = requestMerges(sweep, [...carriedRequests(store, sweep), ...requests]);
  const { header, lines } = experiment.methods.some(isTuned) ? verified(asked) : asked;
  const serialized = serializePlan(header, lines);
  if (write) writePlan(store, serialized);
  return keep({ id: serialized.id, header, lines }).outline;
}

/** A run goes on with the plan that it is of: what its results call for is planned when it has ended. */
function verified(plan: Sweep): Sweep {
  const { id } = serializePlan(plan.header, plan.lines);
  if (runsOf(store, id).some(isActive)) return plan;
  watch.readAll();
  return verifySteps(plan, results);
}

function handle(request: Request): void {
  switch (request.kind) {
    case 'plan': {
      const plan = planned(request);
      send({ kind: 'planned', id: request.id, plan });
      return;
    }
    case 'find': {
      const plan = findPlan(store, request.experiment);
      send({ kind: 'planned', id: request.id, plan: plan && keep(plan).outline });
      return;
    }
    case 'look':
      watch.readAll();
      send({ kind: 'looked', id: request.id, look: analysisOf(request.plan).look() });
      return;
    case 'report': {
      watch.readAll();
      const newest = new Int32Array(request.newest);
      const superseded = (): boolean => Atomics.load(newest, 0) !== request.id;
      if (superseded()) throw new Cancelled();
      const { plan, experiment, stage, shapley } = request;
      const report = analysisOf(plan).report(experiment, stage, superseded, shapley);
      send({ kind: 'reported', id: request.id, report });
      return;
    }
    case 'follow':
      watch.readAll();
      followers.set(request.id, new Follower(request.id, request.plan, request.experiment));
      watch.start();
      return;
    case 'unfollow':
      followers.get(request.id)?.stop();
      followers.delete(request.id);
      if (followers.size === 0) watch.stop();
      return;
  }
}

function answering(id: number, work: () => void): void {
  try {
    work();
  } catch (error) {
    send({ kind: 'failed', id, problem: problemOf(error) });
  }
}

function problemOf(error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  if (error instanceof Cancelled) {
    return { code: 'cancelled', message: 'A newer report was asked for.', fix: 'Take the newer one.' };
  }
  const words =
    error instanceof Error ? (process.env['MERGE_LAB_DEBUG'] && error.stack) || error.message : error;
  return {
    code: 'analysis_failed',
    message: `The analysis of the results failed: ${String(words)}`,
    fix: 'Results on disk are safe. If it comes back, run with MERGE_LAB_DEBUG=1 and report it.',
  };
}

function send(answer: Answer): void {
  parentPort?.postMessage(answer);
}

parentPort?.on('message', (request: Request) => answering(request.id, () => handle(request)));
