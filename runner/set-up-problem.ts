import path from 'node:path';
import { ProblemError } from '../core/problem.ts';
import { logFile } from './managed-environment.ts';
import { NAME_PYTHON } from './python-advice.ts';
import { explain, SetupFailure, type Words } from './setup/failure.mjs';

/** How advice is worded for the managed environment, where neither npm nor a checkout need be. */
export function managedWords(folder: string): Words {
  return {
    place: `where ${folder} lies`,
    kept: '',
    write: `Give yourself the right to write to ${path.dirname(folder)}, or name another folder in MERGE_LAB_HOME, then start again.`,
    namePython: NAME_PYTHON,
    sources: "the index in pip's own settings",
    certificate: "pip's `cert` setting",
    caches: '`python3 -m pip cache purge`',
    again: 'set up the agent again, which makes it anew',
  };
}

/** Whatever a set-up threw, as one problem with the sentences of `setup/failure.mjs`. */
export function setUpProblem(error: unknown, folder: string): ProblemError {
  if (error instanceof ProblemError) return error;
  const failure =
    error instanceof SetupFailure
      ? error
      : explain("the agent's environment", String(error), logFile(folder), managedWords(folder));
  const { code, message, fix } = failure;
  return new ProblemError({ code, message, fix }, { cause: error });
}
