/** Which Python runs the agent on this machine. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../core/problem.ts';
import { findAgentPython } from './find-agent-python.ts';
import { NAME_PYTHON, SET_UP_AGENT } from './python-advice.ts';

/**
 * Named by the caller, else `MERGE_LAB_PYTHON`, else the checkout's own environment, else the managed one. Throws
 * `python_missing`.
 */
export function findPython(named?: string, env: NodeJS.ProcessEnv = process.env): string {
  const { kind, python } = findAgentPython({ named: named ?? null, env });
  if (python === null) {
    throw new ProblemError({
      code: 'python_missing',
      message: "The agent's Python is not set up.",
      fix: `${SET_UP_AGENT}, or name a Python that has the agent ${NAME_PYTHON}.`,
    });
  }
  // A bare name is found on the PATH when it starts; a path can be checked now.
  if (path.basename(python) === python || existsSync(python)) return python;
  throw new ProblemError({
    code: 'python_missing',
    message: `There is no Python at ${python}.`,
    fix:
      kind === 'env'
        ? 'Correct MERGE_LAB_PYTHON, or unset it and set up the agent.'
        : 'Correct the setting mergeLab.python, or clear it and set up the agent.',
  });
}
