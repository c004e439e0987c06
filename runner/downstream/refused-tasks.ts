/** Tasks that the evaluation harness does not know, before anything is run for them. */
import type { Diagnostic } from '../../core/experiment/diagnostic.ts';
import type { DownstreamTask } from '../../core/experiment/experiment.ts';
import { isLocalFolder } from '../../core/experiment/local-folder.ts';
import type { Positions } from '../../core/experiment/positions.ts';
import type { Problem } from '../../core/problem.ts';
import { problemSchema } from '../../core/store/problem-schema.ts';
import { capture } from '../setup/process.mjs';
import { pythonStart } from '../setup/python-start.mjs';

/** Its collection is thousands of files. */
const PATIENCE_MS = 180_000;

/**
 * By name, as the harness of this Python says. What cannot be asked is not refused: scoring says what is wrong with it.
 * Throws `cancelled`.
 */
export async function refusedTasks(
  python: string,
  tasks: readonly DownstreamTask[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, Problem>> {
  const names = [...new Set(tasks.map(({ task }) => task))].filter((name) => !isLocalFolder(name));
  if (names.length === 0) return new Map();
  const args = ['-m', 'merge_lab_agent.task_names', ...names];
  const { program, ...place } = pythonStart(python);
  const { code, output } = await capture(program, args, { ...place, signal, timeoutMs: PATIENCE_MS });
  return code === 0 ? answerIn(output) : new Map();
}

/** The last line that is one: libraries may say something before. */
export function answerIn(output: string): ReadonlyMap<string, Problem> {
  for (const line of output.trim().split('\n').reverse()) {
    if (!line.startsWith('{')) continue;
    try {
      const entries = Object.entries(JSON.parse(line) as Record<string, unknown>);
      return new Map(entries.map(([name, problem]) => [name, problemSchema.parse(problem)]));
    } catch {
      // Not the answer.
    }
  }
  return new Map();
}

/** Each at its entry of `evaluation.downstream`. */
export function taskDiagnostics(
  tasks: readonly DownstreamTask[],
  refused: ReadonlyMap<string, Problem>,
  positions: Positions,
): readonly Diagnostic[] {
  return tasks.flatMap(({ task }, i): Diagnostic[] => {
    const problem = refused.get(task);
    if (!problem) return [];
    const entry = ['evaluation', 'downstream', i];
    const range = positions.at([...entry, 'task']) ?? positions.at(entry) ?? positions.whole();
    const { code, message, fix } = problem;
    return [{ severity: 'error', code, message, fix, path: entry, range }];
  });
}
