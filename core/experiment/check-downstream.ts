import type { Report } from './check-names.ts';
import { downstreamTask } from './resolve.ts';
import type { ExperimentFile } from './schema.ts';

/** Each task once with its options; scored on this machine. */
export function checkDownstream({ evaluation, target }: ExperimentFile, report: Report): void {
  const { downstream } = evaluation;
  const path = ['evaluation', 'downstream'];
  const tasks = downstream.map((written) => JSON.stringify(downstreamTask(written)));
  tasks.forEach((task, i) => {
    if (tasks.indexOf(task) === i) return;
    report([...path, i], 'task_duplicate', 'The same task is there twice.', 'Remove one of them.');
  });
  if (downstream.length === 0 || target === 'local') return;
  report(
    path,
    'downstream_local_only',
    'Tasks are scored on this machine only; on a host the sweep goes on without them.',
    'Leave them out, or write `target: local`.',
    { severity: 'warning', on: 'key' },
  );
}
