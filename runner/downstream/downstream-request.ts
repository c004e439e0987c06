/** What the agent's `downstream` is asked: the models that a report singles out, on the experiment's tasks. */
import type { NamedTask } from '../../core/downstream/make-downstream.ts';
import { type WantedLine, wantedModels } from '../../core/downstream/wanted-models.ts';
import type { Experiment } from '../../core/experiment/experiment.ts';
import { ProblemError } from '../../core/problem.ts';
import type { Report } from '../../core/report/report.ts';
import type { PlanHeader, PlanId } from '../../core/store/format.ts';
import type { TaskKey } from '../../core/store/task-scores.ts';
import { nameTasks, taskFolder } from './name-tasks.ts';

export interface DownstreamRequest {
  readonly store: string;
  readonly plan: PlanId;
  readonly device: string;
  readonly allow_remote_code: readonly string[];
  readonly models: readonly WantedLine[];
  readonly tasks: readonly TaskRequest[];
}

export type TaskRequest = {
  readonly key: TaskKey;
  readonly shots: number | null;
  readonly limit: number | null;
} & ({ readonly name: string } | { readonly folder: string });

/** Throws `no_tasks`, `nothing_measured`, or what keeps a task from being used. */
export function downstreamRequest(
  experiment: Experiment,
  report: Report,
  header: PlanHeader,
  root: string,
): Pick<DownstreamRequest, 'models' | 'tasks'> {
  const tasks = taskRequests(experiment, root);
  const models = wantedModels(report, header).map(({ line }) => line);
  if (models.length === 0) throw nothingMeasured();
  return { models, tasks };
}

/** Each once: entries may differ in their metric alone. Throws `no_tasks`, or what keeps one from being used. */
export function taskRequests({ evaluation }: Experiment, root: string): readonly TaskRequest[] {
  if (evaluation.downstream.length === 0) throw noTasks();
  const tasks = nameTasks(root, evaluation.downstream).map((named) => taskRequest(root, named));
  return [...new Map(tasks.map((task) => [task.key, task])).values()];
}

function taskRequest(root: string, named: NamedTask): TaskRequest {
  if (named.key === null) throw new ProblemError(named.problem);
  const { task, shots, limit } = named.task;
  const folder = taskFolder(root, task);
  return { key: named.key, shots, limit, ...(folder === null ? { name: task } : { folder }) };
}

export function noTasks(): ProblemError {
  return new ProblemError({
    code: 'no_tasks',
    message: 'The experiment names no downstream task.',
    fix: 'Write them under `evaluation`: `downstream: [arc_easy]`, or a folder with a task and its data.',
  });
}

function nothingMeasured(): ProblemError {
  return new ProblemError({
    code: 'nothing_measured',
    message: 'No model is scored yet, so none can be chosen for the tasks.',
    fix: 'Run the experiment first.',
  });
}
