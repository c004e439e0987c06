import { makeDownstream } from '../../core/downstream/make-downstream.ts';
import { wantedModels } from '../../core/downstream/wanted-models.ts';
import type { Experiment } from '../../core/experiment/experiment.ts';
import type { Report } from '../../core/report/report.ts';
import type { PlanHeader } from '../../core/store/format.ts';
import type { WorkerStart } from '../analysis-messages.ts';
import { nameTasks } from './name-tasks.ts';
import { readTaskScores } from './read-scores.ts';

/** A complete report with what is known of its models on tasks; as it is where the experiment names none. */
export function withDownstream(
  { store, folder }: WorkerStart,
  report: Report,
  { evaluation }: Experiment,
  header: PlanHeader,
): Report {
  if (report.stage !== 'complete' || evaluation.downstream.length === 0) return report;
  const tasks = nameTasks(folder, evaluation.downstream);
  const downstream = makeDownstream(report, wantedModels(report, header), tasks, readTaskScores(store));
  return downstream ? { ...report, downstream } : report;
}
