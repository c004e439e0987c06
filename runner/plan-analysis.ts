/** One plan inside the analysis worker: its progress, and its Reports, made again only when something changed. */
import type { Experiment } from '../core/experiment/experiment.ts';
import type { TaskVectors } from '../core/geometry/task-vectors.ts';
import { type EvaluationInfo, evaluationInfo } from '../core/report/input.ts';
import { ReportMaker } from '../core/report/make-report.ts';
import type { Progress, Report } from '../core/report/report.ts';
import { isUnmerged, type Plan, type PlanLine } from '../core/store/format.ts';
import { mergeState } from '../core/store/progress.ts';
import type { ResultIndex } from '../core/store/results.ts';
import type { Look, PlanOutline, Stage, WorkerStart } from './analysis-messages.ts';
import { DownstreamReports } from './downstream/downstream-report.ts';
import { readTaskVectors } from './geometry-files.ts';
import { relatedPlans } from './plan-files.ts';
import { PlanProgress } from './plan-progress.ts';
import { readEvaluation } from './read-evaluation.ts';

export class PlanAnalysis {
  readonly plan: Plan;
  readonly #start: WorkerStart;
  readonly #downstream: DownstreamReports;
  readonly #results: ResultIndex;
  readonly #progress: PlanProgress<PlanLine>;
  readonly #maker = new ReportMaker();
  readonly #others: readonly Plan[];
  #evaluations: ReadonlyMap<string, EvaluationInfo> | null = null;
  #geometry: ReadonlyMap<string, TaskVectors> = new Map();

  constructor(start: WorkerStart, plan: Plan, results: ResultIndex) {
    this.plan = plan;
    this.#start = start;
    this.#downstream = new DownstreamReports(start);
    this.#results = results;
    this.#progress = new PlanProgress(plan.lines, results, (line) => mergeState(plan, line, results));
    this.#others = relatedPlans(start.store, plan);
  }

  get outline(): PlanOutline {
    const { id, header, lines } = this.plan;
    return {
      id,
      header,
      total: new Set(lines.map(({ key }) => key)).size,
      unmerged: lines.filter(isUnmerged).length,
    };
  }

  get progress(): Progress {
    return this.#progress.progress;
  }

  look(): Look {
    return {
      progress: this.progress,
      missing: this.#missing(),
      damaged: this.#results.damaged,
      problems: this.#results.problems,
      devices: [...this.#results.devices],
    };
  }

  /** Throws `Cancelled` when `cancelled` says so. */
  report(experiment: Experiment, stage: Stage, cancelled: () => boolean, shapley = false): Report {
    this.#evaluations ??= this.#readEvaluations();
    const report = this.#maker.make(
      {
        experiment,
        plan: this.plan,
        results: this.#results,
        evaluations: this.#evaluations,
        otherPlans: this.#others,
        geometry: this.#taskVectors(),
      },
      { stage, cancelled, shapley },
    );
    return this.#downstream.add(report, experiment, this.plan.header);
  }

  /** Read until those of every size are there. */
  #taskVectors(): ReadonlyMap<string, TaskVectors> {
    const { header } = this.plan;
    if (this.#geometry.size < Object.keys(header.sizes).length)
      this.#geometry = readTaskVectors(this.#start.store, header);
    return this.#geometry;
  }

  #readEvaluations(): ReadonlyMap<string, EvaluationInfo> {
    return new Map(
      Object.entries(this.plan.header.evaluations).map(([domain, id]) => [
        domain,
        evaluationInfo(readEvaluation(this.#start.store, id)),
      ]),
    );
  }

  /** Counts by size and method, with the pace of like merges in the store. */
  #missing(): Look['missing'] {
    const groups = new Map<string, { size: string; method: number | null; count: number }>();
    for (const { size, method } of this.#progress.missing) {
      const name = JSON.stringify([size, method]);
      const group = groups.get(name) ?? { size, method, count: 0 };
      group.count += 1;
      groups.set(name, group);
    }
    return [...groups.values()].map((group) => ({ ...group, seconds: this.#pace(group) }));
  }

  /** Median seconds a merge; null before any was measured. */
  #pace(group: { readonly size: string; readonly method: number | null }): number | null {
    const like = this.plan.lines.filter((line) => line.size === group.size && line.method === group.method);
    const seconds = like.flatMap((line) => this.#seconds(line) ?? []).sort((a, b) => a - b);
    return seconds[Math.floor(seconds.length / 2)] ?? null;
  }

  #seconds(line: PlanLine): number | null {
    let sum = 0;
    for (const evaluation of Object.values(this.plan.header.evaluations)) {
      const score = this.#results.get(line.key, evaluation);
      if (!score) return null;
      sum += score.seconds;
    }
    return sum;
  }
}
