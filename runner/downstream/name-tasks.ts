/** Tasks of an experiment by content: a folder's files are hashed, so that what changed is scored anew. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { NamedTask } from '../../core/downstream/make-downstream.ts';
import type { DownstreamTask } from '../../core/experiment/experiment.ts';
import { isLocalFolder } from '../../core/experiment/local-folder.ts';
import { type Problem, ProblemError } from '../../core/problem.ts';
import { sha256 } from '../../core/store/canonical.ts';
import { taskKey } from '../../core/store/task-scores.ts';
import { expandHome } from '../merge-request.ts';

/** A task folder is a file of settings and its items. */
const LARGEST_BYTES = 256e6;
const MOST_FILES = 1000;

/** @param root absolute folder of the experiment */
export function nameTasks(root: string, tasks: readonly DownstreamTask[]): readonly NamedTask[] {
  return tasks.map((task) => {
    const folder = taskFolder(root, task.task);
    if (folder === null) return { task, key: taskKey({ name: task.task }, task) };
    try {
      return { task, key: taskKey({ files: taskFiles(folder) }, task) };
    } catch (error) {
      return { task, key: null, problem: problemOf(folder, error) };
    }
  });
}

/** Absolute; null for a name in the harness's collection. */
export function taskFolder(root: string, task: string): string | null {
  return isLocalFolder(task) ? path.resolve(root, expandHome(task)) : null;
}

/** Relative path with forward slashes, and SHA-256, of each file. Throws `task_too_large`, and what reading throws. */
export function taskFiles(folder: string): [string, string][] {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !/(^|[/\\])(\.|__pycache__[/\\])/.test(path.relative(folder, file)));
  const bytes = names.reduce((sum, file) => sum + statSync(file).size, 0);
  if (names.length > MOST_FILES || bytes > LARGEST_BYTES) throw tooLarge(folder);
  return names
    .map((file): [string, string] => [
      path.relative(folder, file).split(path.sep).join('/'),
      sha256(readFileSync(file)),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

function tooLarge(folder: string): ProblemError {
  return new ProblemError({
    code: 'task_too_large',
    message: `The task folder ${folder} holds more than ${MOST_FILES} files or ${LARGEST_BYTES / 1e6} MB.`,
    fix: 'Keep nothing in it but the task and its items.',
    file: folder,
  });
}

function problemOf(folder: string, error: unknown): Problem {
  if (error instanceof ProblemError) return error.problem;
  const { code, message } = error as NodeJS.ErrnoException;
  const missing = code === 'ENOENT' || code === 'ENOTDIR';
  return {
    code: missing ? 'task_missing' : 'task_unreadable',
    message: missing
      ? `There is no task folder ${folder}.`
      : `The task folder ${folder} cannot be read: ${message}`,
    fix: 'Correct its path in the experiment.',
    file: folder,
  };
}
