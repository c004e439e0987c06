import type { Report } from './check-names.ts';
import { downstreamTask } from './resolve.ts';
import type { ExperimentFile } from './schema.ts';

/** Each task once with its options. */
export function checkDownstream({ evaluation }: ExperimentFile, report: Report): void {
  const { downstream } = evaluation;
  const path = ['evaluation', 'downstream'];
  const tasks = downstream.map((written) => JSON.stringify(downstreamTask(written)));
  tasks.forEach((task, i) => {
    if (tasks.indexOf(task) === i) return;
    report([...path, i], 'task_duplicate', 'The same task is there twice.', 'Remove one of them.');
  });
}
