import { makeDownstream } from '../../core/downstream/make-downstream.ts';
import { wantedModels } from '../../core/downstream/wanted-models.ts';
import type { DownstreamTask } from '../../core/experiment/experiment.ts';
import type { Report } from '../../core/report/report.ts';
import type { PlanHeader } from '../../core/store/format.ts';
import { taskKey } from '../../core/store/task-scores.ts';
import { accuracy, taskScore } from './metrics.ts';

/** A report whose recommended merge is right on 50 of 60 items, and every other model on 20; `scored` tasks have scores. */
export function withTasks(
  report: Report,
  header: PlanHeader,
  tasks: readonly DownstreamTask[],
  scored = tasks.length,
): Report {
  const wanted = wantedModels(report, header);
  const named = tasks.map((task) => ({ task, key: taskKey({ name: task.task }, task) }));
  const scores = named.slice(0, scored).flatMap(({ key }) =>
    wanted.map(({ model, line }) => {
      const right = model.recommended ? 50 : 20;
      return taskScore(line.key, key, [
        accuracy(Array.from({ length: 60 }, (_, item) => Number(item < right))),
      ]);
    }),
  );
  const downstream = makeDownstream(report, wanted, named, scores);
  if (!downstream) throw new RangeError('nothing is measured');
  return { ...report, downstream };
}

export const taskNamed = (task: string): DownstreamTask => ({ task, metric: null, limit: null, shots: null });
