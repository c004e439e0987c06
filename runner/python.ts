/** Which Python runs the agent on this machine. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../core/problem.ts';

/** Named by the caller, else `MERGE_LAB_PYTHON`, else the checkout's own environment. Throws `python_missing`. */
export function findPython(named?: string, env: NodeJS.ProcessEnv = process.env): string {
  const wanted = named ?? env['MERGE_LAB_PYTHON'];
  if (wanted) {
    // A bare name is found on the PATH when it starts; a path can be checked now.
    if (path.basename(wanted) === wanted || existsSync(wanted)) return wanted;
    throw new ProblemError({
      code: 'python_missing',
      message: `There is no Python at ${wanted}.`,
      fix: 'Correct MERGE_LAB_PYTHON, or unset it and run `npm run -s merge-lab -- doctor` once to set one up.',
    });
  }
  const own = environmentPython(path.join(import.meta.dirname, '..', '.venv'));
  if (existsSync(own)) return own;
  throw new ProblemError({
    code: 'python_missing',
    message: "The agent's Python is not set up.",
    fix: 'Run `npm run -s merge-lab -- doctor` in the checkout once, or name a Python that has the agent in MERGE_LAB_PYTHON.',
  });
}

function environmentPython(folder: string): string {
  return process.platform === 'win32'
    ? path.join(folder, 'Scripts', 'python.exe')
    : path.join(folder, 'bin', 'python');
}
