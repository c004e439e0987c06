// @ts-check
import { homedir } from 'node:os';
import { isAbsolute, parse, resolve, sep } from 'node:path';

/**
 * How a Python is started: from where nobody but the administrator lays files. `-m` and `-c` import from the folder that
 * they are started in before any other, and that is where experiments lie, which may be anybody's. From Python 3.11 on
 * PYTHONSAFEPATH says so too, to it and to what it starts
 * (https://docs.python.org/3/using/cmdline.html#envvar-PYTHONSAFEPATH).
 * @param {string} python a path, or a name of the PATH
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {{ program: string, cwd: string, env: NodeJS.ProcessEnv }}
 */
export function pythonStart(python, env = process.env) {
  const isPath = python.includes('/') || python.includes(sep);
  return {
    program: isPath && !isAbsolute(python) ? resolve(python) : python,
    cwd: parse(homedir()).root,
    env: { ...env, PYTHONSAFEPATH: '1' },
  };
}
