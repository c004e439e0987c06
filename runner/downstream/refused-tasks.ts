/** Tasks that cannot be scored as they are asked for, before anything is run for them. */
import type { Diagnostic } from '../../core/experiment/diagnostic.ts';
import type { DownstreamTask } from '../../core/experiment/experiment.ts';
import type { Positions } from '../../core/experiment/positions.ts';
import type { Problem } from '../../core/problem.ts';
import { problemSchema } from '../../core/store/problem-schema.ts';
import { capture } from '../setup/process.mjs';
import { pythonStart } from '../setup/python-start.mjs';
import { nameTasks, taskFolder } from './name-tasks.ts';

/** By place in `evaluation.downstream`. */
export type RefusedTasks = ReadonlyMap<number, Problem>;

/** The harness's collection is thousands of files. */
const PATIENCE_MS = 180_000;

/** Folders that cannot be read. @param root absolute folder of the experiment */
export function refusedFolders(root: string, tasks: readonly DownstreamTask[]): RefusedTasks {
  const named = nameTasks(root, tasks);
  return new Map(named.flatMap((task, i) => (task.key === null ? [[i, task.problem] as const] : [])));
}

/**
 * Names, folders and metrics, as the harness of this Python says. What cannot be asked is not refused: scoring says
 * what is wrong with it. Throws `cancelled`.
 */
export async function refusedTasks(
  python: string,
  root: string,
  tasks: readonly DownstreamTask[],
  signal?: AbortSignal,
): Promise<RefusedTasks> {
  const asked = tasks.map(({ task, metric }) => ({ task, folder: taskFolder(root, task), metric }));
  const args = ['-m', 'merge_lab_agent.task_names', JSON.stringify(asked)];
  const { program, ...place } = pythonStart(python);
  const { code, output } = await capture(program, args, { ...place, signal, timeoutMs: PATIENCE_MS });
  return code === 0 ? answerIn(output) : new Map();
}

/** The last line that is one: libraries may say something before. */
export function answerIn(output: string): RefusedTasks {
  for (const line of output.trim().split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    try {
      const entries = Object.entries(JSON.parse(line) as Record<string, unknown>);
      return new Map(entries.map(([at, problem]) => [Number(at), problemSchema.parse(problem)]));
    } catch {
      // Not the answer.
    }
  }
  return new Map();
}

/** Each at its entry of `evaluation.downstream`: at its metric where that is what is wrong, else at its task. */
export function taskDiagnostics(refused: RefusedTasks, positions: Positions): readonly Diagnostic[] {
  return [...refused]
    .sort(([a], [b]) => a - b)
    .map(([i, problem]): Diagnostic => {
      const { code, fix } = problem;
      const entry = ['evaluation', 'downstream', i];
      const field = code === 'metric_unknown' ? 'metric' : 'task';
      const range = positions.at([...entry, field]) ?? positions.at(entry) ?? positions.whole();
      return { severity: 'error', code, message: messageOf(problem), fix, path: entry, range };
    });
}

/** With the file of the task that it is about, where it does not say. */
function messageOf({ message, file, line }: Problem): string {
  if (file === undefined || message.includes(file)) return message;
  return `${file}${line === undefined ? '' : `:${line}`}: ${message}`;
}
