import type { Downstream } from '../../core/downstream/downstream.ts';
import { makeDownstream } from '../../core/downstream/make-downstream.ts';
import { wantedModels } from '../../core/downstream/wanted-models.ts';
import type { Experiment } from '../../core/experiment/experiment.ts';
import type { Report } from '../../core/report/report.ts';
import { digest } from '../../core/store/canonical.ts';
import type { PlanHeader } from '../../core/store/format.ts';
import type { WorkerStart } from '../analysis-messages.ts';
import { nameTasks } from './name-tasks.ts';
import { readTaskScores } from './read-scores.ts';

/** Adds what is known of models on tasks to complete reports; what did not change is not computed again. */
export class DownstreamReports {
  readonly #start: WorkerStart;
  #last: { readonly of: string; readonly downstream: Downstream | null } | null = null;

  constructor(start: WorkerStart) {
    this.#start = start;
  }

  /** The report as it is where the experiment names no task, or intervals are still to come. */
  add(report: Report, { evaluation }: Experiment, header: PlanHeader): Report {
    if (report.stage !== 'complete' || evaluation.downstream.length === 0) return report;
    const tasks = nameTasks(this.#start.folder, evaluation.downstream);
    const wanted = wantedModels(report, header);
    const scores = readTaskScores(this.#start.store);
    // Scores are only ever added.
    const of = digest([report.headline.cell, report.pool, wanted, tasks, scores.length]);
    if (this.#last?.of !== of) this.#last = { of, downstream: makeDownstream(report, wanted, tasks, scores) };
    const { downstream } = this.#last;
    return downstream ? { ...report, downstream } : report;
  }
}
