// @ts-check
import { join } from 'node:path';
import { SetupFailure } from './failure.mjs';
import { capture } from './process.mjs';
import { pythonStart } from './python-start.mjs';

/**
 * What every part of a set-up is told. `env`: of the processes that it starts; `log`: takes all of their output;
 * `systemPackages`: whether Debian's python3-venv may be added where this is root.
 * @typedef {{
 *   env: NodeJS.ProcessEnv, log: string, words: import('./failure.mjs').Words, systemPackages: boolean,
 *   signal?: AbortSignal | undefined, onLine: (line: string) => void, say: (text: string) => void,
 *   onPhase: (phase: Phase) => void
 * }} SetupOptions
 * @typedef {'base' | 'environment' | 'torch' | 'agent' | 'proof'} PhaseName
 * @typedef {{name: PhaseName, words: string, done: number}} Phase done: share of this phase, 0 to 1
 * @typedef {{path: string, by: 'MERGE_LAB_PYTHON' | 'choice'}} Named a Python to make environments with
 */

/**
 * The Python inside an environment.
 * @param {string} folder
 */
export function pythonIn(folder) {
  return process.platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');
}

const script =
  'import sys; sys.stdout.write("%d.%d %s\\n" % (sys.version_info[0], sys.version_info[1], sys.executable))';

/**
 * The Python that environments are made with: the one that was named, else the first 3.10 or newer of this system.
 * @param {Pick<SetupOptions, 'env' | 'signal' | 'words'>} options
 * @param {Named | null} named
 * @returns {Promise<string>} absolute
 */
export async function findBasePython({ env, signal, words }, named) {
  const old = [];
  for (const [program = '', ...args] of named ? [[named.path]] : candidates()) {
    const start = pythonStart(program, env);
    const ended = await capture(start.program, [...args, '-c', script], {
      cwd: start.cwd,
      env: start.env,
      signal,
      timeoutMs: 30_000,
    });
    const match = ended.code === 0 && ended.output.match(/^(\d+)\.(\d+) (.+)$/m);
    if (!match) continue;
    const [, major, minor, path] = match;
    if (Number(major) > 3 || (Number(major) === 3 && Number(minor) >= 10)) return (path ?? program).trim();
    old.push(`${major}.${minor}`);
  }
  const fix = `Install Python 3.10 or newer (https://www.python.org; on Debian or Ubuntu: sudo apt install python3 python3-venv), or name one ${words.namePython}, then start again.`;
  if (old.length > 0) {
    const whose = named?.path ?? 'this system';
    throw new SetupFailure(
      `The agent needs Python 3.10 or newer; ${whose} has ${old[0]}.`,
      fix,
      'python_too_old',
    );
  }
  throw new SetupFailure(
    named === null
      ? 'The agent needs Python 3.10 or newer; none was found.'
      : named.by === 'choice'
        ? `The Python that was chosen, ${named.path}, does not run.`
        : `${named.by} names ${named.path}, which does not run.`,
    fix,
    'python_missing',
  );
}

/** Programs started from a desktop may lack the folders of package managers on their PATH. @returns {string[][]} */
function candidates() {
  const versions = ['3.13', '3.12', '3.11', '3.10', '3.14'].map((version) => [`python${version}`]);
  const windows = process.platform === 'win32' ? [['py', '-3']] : [];
  const mac =
    process.platform === 'darwin' ? [['/opt/homebrew/bin/python3'], ['/usr/local/bin/python3']] : [];
  return [['python3'], ['python'], ...windows, ...versions, ...mac];
}
