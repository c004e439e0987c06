/** One plan of an ensemble inside the analysis worker: its progress, and its reports. */
import { makeEnsembleReport } from '../../core/ensemble/make-report.ts';
import type { Ensemble } from '../../core/experiment/ensemble/ensemble.ts';
import { unaveraged, withCosts } from '../../core/report/averaged-logits.ts';
import type { EnsembleDocument } from '../../core/report/ensemble-document.ts';
import { ensembleMatrix, type SharedSet, sharedSet } from '../../core/report/ensemble-input.ts';
import {
  type EnsemblePlan,
  type EnsemblePlanLine,
  isAverageLine,
  isModelLine,
  type ModelLine,
} from '../../core/store/ensemble/format.ts';
import type { EvaluationId } from '../../core/store/format.ts';
import type { MergeState } from '../../core/store/progress.ts';
import type { Failure, ResultIndex } from '../../core/store/results.ts';
import type { EnsembleOutline, Look, Stage } from '../analysis-messages.ts';
import { PlanProgress } from '../plan-progress.ts';
import { readEvaluation } from '../read-evaluation.ts';

export class EnsembleAnalysis {
  readonly plan: EnsemblePlan;
  readonly #store: string;
  readonly #results: ResultIndex;
  readonly #progress: PlanProgress<EnsemblePlanLine>;
  /** Without averaged logits: a report is of the models. */
  readonly #models: PlanProgress<ModelLine>;
  readonly #pools: Pick<EnsembleOutline, 'pools'>;
  #evaluations: ReadonlyMap<EvaluationId, SharedSet> | null = null;

  constructor(store: string, plan: EnsemblePlan, results: ResultIndex) {
    this.plan = plan;
    this.#store = store;
    this.#results = results;
    const stateOf = (line: EnsemblePlanLine) => this.#stateOf(line);
    this.#progress = new PlanProgress(plan.lines, results, stateOf);
    this.#models = new PlanProgress(plan.lines.filter(isModelLine), results, stateOf);
    const pools = plan.lines.filter(isAverageLine).length;
    this.#pools = pools > 0 ? { pools } : {};
  }

  get outline(): EnsembleOutline {
    const { id, header, lines } = this.plan;
    const unmerged = lines.filter(isModelLine).length;
    return { id, header, total: lines.length, unmerged, ...this.#pools };
  }

  get progress(): Look['progress'] {
    return { ...this.#progress.progress, ...this.#pools };
  }

  look(): Look {
    return {
      progress: this.progress,
      // Averaged logits take each of their models once more.
      missing: this.#progress.missing
        .flatMap(membersOf)
        .map((model) => ({ size: model, method: null, count: 1, seconds: null })),
      damaged: this.#results.damaged,
      problems: this.#results.problems,
      devices: [...this.#results.devices],
    };
  }

  /** Null before two models are scored: there is nothing to compare. Throws `Cancelled` when `cancelled` says so. */
  report(ensemble: Ensemble, stage: Stage, cancelled: () => boolean): EnsembleDocument | null {
    this.#evaluations ??= this.#readEvaluations();
    const { plan } = this;
    const evaluations = this.#evaluations;
    const { input, leftOut, warnings } = ensembleMatrix({
      ensemble,
      plan,
      evaluations,
      results: this.#results,
    });
    if (input.models.length < 2) return null;
    const report = makeEnsembleReport(input, { stage, cancelled });
    return {
      ...report,
      warnings: [...warnings, ...report.warnings],
      plan: plan.id,
      progress: this.#models.progress,
      left_out: leftOut,
      unaveraged: withCosts(unaveraged(report, plan), plan, (model) => this.#secondsOf(model)),
    };
  }

  #stateOf(line: EnsemblePlanLine): MergeState {
    const { key } = line;
    const [first = ''] = membersOf(line);
    const ids = Object.values(this.plan.header.models[first]?.evaluations ?? {});
    const open = ids.filter((id) => !this.#results.get(key, id));
    if (open.length === 0) return 'done';
    const failures = open.map((id) => this.#results.failure(key, id));
    return failures.every((failure) => failure && isFinal(failure)) ? 'failed' : 'missing';
  }

  /** What scoring a model took; null where it is not scored on every domain. */
  #secondsOf(name: string): number | null {
    const line = this.plan.lines.find((each) => isModelLine(each) && each.model === name);
    const ids = Object.values(this.plan.header.models[name]?.evaluations ?? {});
    const each = ids.map((id) => line && this.#results.get(line.key, id)?.seconds);
    return each.every((seconds) => seconds !== undefined) ? each.reduce((sum, one) => sum + one, 0) : null;
  }

  #readEvaluations(): ReadonlyMap<EvaluationId, SharedSet> {
    const members = Object.values(this.plan.header.models);
    const ids = new Set(members.flatMap(({ evaluations }) => Object.values(evaluations)));
    return new Map([...ids].map((id) => [id, sharedSet(readEvaluation(this.#store, id))]));
  }
}

/** Those that share a line share their evaluation sets. */
function membersOf(line: EnsemblePlanLine): readonly string[] {
  return isModelLine(line) ? [line.model] : line.average;
}

/** As the agent sees it: the same weights diverge again, and what failed is tried once more. */
function isFinal({ code, attempt }: Failure): boolean {
  return code === 'diverged' || attempt >= 2;
}
