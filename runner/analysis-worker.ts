/**
 * The thread that reads a store and makes Reports, so that whoever shows them never waits. It reads each byte of the
 * store once; point estimates come before intervals; what nobody waits for any more is not computed to its end.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { averageLine, planEnsemble } from '../core/design/ensemble-plan.ts';
import { requestMerges } from '../core/design/requests.ts';
import { isTuned } from '../core/design/step-design.ts';
import { planSweep, type Sweep } from '../core/design/sweep.ts';
import { verifySteps } from '../core/design/verify-steps.ts';
import { Cancelled } from '../core/law/cancelled.ts';
import { type Problem, ProblemError } from '../core/problem.ts';
import type { PlanId } from '../core/store/format.ts';
import { serializePlan } from '../core/store/plan-file.ts';
import { ResultIndex } from '../core/store/results.ts';
import type {
  Answer,
  AnyOutline,
  AnyReport,
  PlanOutline,
  Question,
  Request,
  Stage,
  WorkerStart,
} from './analysis-messages.ts';
import { carriedRequests } from './carried-requests.ts';
import { EnsembleAnalysis } from './ensemble/ensemble-analysis.ts';
import { carriedAverages, findEnsemblePlan, readEnsemblePlan } from './ensemble/ensemble-plans.ts';
import { PlanAnalysis } from './plan-analysis.ts';
import { findPlan, readPlan, writePlan } from './plan-files.ts';
import { ResultFollower } from './result-follower.ts';
import { isActive, runsOf } from './run-folders.ts';
import { StoreWatch } from './store-watch.ts';

const MOST_PLANS = 3;

const start = workerData as WorkerStart;
const { store } = start;
const results = new ResultIndex();
const watch = new StoreWatch(store, (file, chunk) => results.feed(file, chunk), changed);
const analyses = new Map<PlanId, PlanAnalysis | EnsembleAnalysis>();
const followers = new Map<number, { readonly plan: PlanId; readonly follower: ResultFollower }>();

function changed(): void {
  for (const { follower } of followers.values()) follower.changed();
}

function follow({ id, plan, question, wanted }: Request & { kind: 'follow' }): ResultFollower {
  const asked = new Int32Array(wanted);
  const cancelled = (): boolean => Atomics.load(asked, 0) === 0;
  return new ResultFollower({
    version: () => results.version,
    progress: () => analysisOf(plan, question.kind).progress,
    report: (stage) => reportOf(plan, question, stage, { cancelled }),
    send: (progress, report) => send({ kind: 'update', id, progress, report }),
    answering: (work) => answering(id, work),
  });
}

interface Asked {
  readonly cancelled?: () => boolean;
  readonly shapley?: boolean;
}

function reportOf(
  plan: PlanId,
  question: Question,
  stage: Stage,
  { cancelled = () => false, shapley = false }: Asked = {},
): AnyReport | null {
  return question.kind === 'ensemble'
    ? ensembleOf(plan).report(question, stage, cancelled)
    : mergesOf(plan).report(question, stage, cancelled, shapley);
}

function analysisOf(id: PlanId, kind: Question['kind']): PlanAnalysis | EnsembleAnalysis {
  return kind === 'ensemble' ? ensembleOf(id) : mergesOf(id);
}

function mergesOf(id: PlanId): PlanAnalysis {
  const known = analyses.get(id);
  return known instanceof PlanAnalysis ? known : keep(new PlanAnalysis(start, readPlan(store, id), results));
}

function ensembleOf(id: PlanId): EnsembleAnalysis {
  const known = analyses.get(id);
  if (known instanceof EnsembleAnalysis) return known;
  return keep(new EnsembleAnalysis(store, readEnsemblePlan(store, id), results));
}

/** An experiment that is being edited makes plan after plan; only the newest, and those that are watched, are kept. */
function keep<Analysis extends PlanAnalysis | EnsembleAnalysis>(made: Analysis): Analysis {
  const { id } = made.plan;
  const known = analyses.get(id);
  // Of the same plan, so of the same kind: what it has read stays with it.
  const kept = known ? (known as Analysis) : made;
  analyses.delete(id);
  analyses.set(id, kept);
  const watched = new Set([...followers.values()].map(({ plan }) => plan));
  for (const other of analyses.keys()) {
    if (analyses.size <= MOST_PLANS) break;
    if (other !== id && !watched.has(other)) analyses.delete(other);
  }
  return kept;
}

function planned({ experiment, prepared, write, requests }: Request & { kind: 'plan' }): PlanOutline {
  const sweep = planSweep(experiment, prepared);
  const asked = requestMerges(sweep, [...carriedRequests(store, sweep), ...requests]);
  const { header, lines } = experiment.methods.some(isTuned) ? verified(asked) : asked;
  const serialized = serializePlan(header, lines);
  if (write) writePlan(store, serialized);
  return keep(new PlanAnalysis(start, { id: serialized.id, header, lines }, results)).outline;
}

function plannedEnsemble(request: Request & { kind: 'plan_ensemble' }): AnyOutline {
  const { ensemble, prepared, write, averages } = request;
  const asked = averages.flatMap((members) => averageLine(prepared, members) ?? []);
  const { header, lines } = planEnsemble(ensemble, prepared, [...asked, ...carriedAverages(store)]);
  const serialized = serializePlan(header, lines);
  if (write) writePlan(store, serialized);
  return keep(new EnsembleAnalysis(store, { id: serialized.id, header, lines }, results)).outline;
}

function found(question: Question): AnyOutline | null {
  if (question.kind === 'ensemble') {
    const plan = findEnsemblePlan(store, question);
    return plan && keep(new EnsembleAnalysis(store, plan, results)).outline;
  }
  const plan = findPlan(store, question);
  return plan && keep(new PlanAnalysis(start, plan, results)).outline;
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
    case 'plan_ensemble': {
      const plan = plannedEnsemble(request);
      send({ kind: 'planned', id: request.id, plan });
      return;
    }
    case 'find':
      send({ kind: 'planned', id: request.id, plan: found(request.question) });
      return;
    case 'look':
      watch.readAll();
      send({ kind: 'looked', id: request.id, look: analysisOf(request.plan, request.of).look() });
      return;
    case 'report': {
      watch.readAll();
      const newest = new Int32Array(request.newest);
      const superseded = (): boolean => Atomics.load(newest, 0) !== request.id;
      if (superseded()) throw new Cancelled();
      const { plan, question, stage, shapley } = request;
      const report = reportOf(plan, question, stage, { cancelled: superseded, shapley });
      send({ kind: 'reported', id: request.id, report });
      return;
    }
    case 'follow':
      watch.readAll();
      followers.set(request.id, {
        plan: request.plan,
        follower: follow(request),
      });
      watch.start();
      return;
    case 'unfollow':
      followers.get(request.id)?.follower.stop();
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
