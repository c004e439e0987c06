// @ts-check
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { explain, SetupFailure } from './failure.mjs';
import { runModule } from './leash.mjs';
import { capture } from './process.mjs';
import { findBasePython, pythonIn } from './python.mjs';

/** Lies in an environment while something writes into it: what was cut there is made anew, never trusted.
 * @param {string} folder
 */
function marker(folder) {
  return join(folder, '.at-work');
}

/** Whether an environment is there and nothing was cut while writing into it.
 * @param {string} folder
 */
export function isWhole(folder) {
  return existsSync(pythonIn(folder)) && !existsSync(marker(folder));
}

/** @param {string} folder */
export function distrust(folder) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(marker(folder), '');
}

/** @param {string} folder */
export async function trust(folder) {
  await rm(marker(folder), { force: true });
}

/**
 * An environment with pip, made anew unless a whole one is there.
 * @param {import('./python.mjs').SetupOptions} options
 * @param {string} folder
 * @param {import('./python.mjs').Named | null} named the Python to make it with
 * @returns {Promise<string>} its Python
 */
export async function makeEnvironment(options, folder, named) {
  const python = pythonIn(folder);
  const { env, signal } = options;
  options.onPhase({ name: 'base', words: 'Looking for Python', done: 0 });
  if (isWhole(folder) && (await runModule(python, 'pip', ['--version'], { env, signal })).code === 0)
    return python;
  const base = await findBasePython(options, named);
  options.onPhase({ name: 'environment', words: 'Making a Python environment', done: 0 });
  /** @type {{code: number | null, output: string}} */
  let made = await makeVenv(options, base, folder);
  if (made.code !== 0 && lacksVenv(made.output)) made = await addVenvModule(options, base, folder);
  if (made.code !== 0) {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    if (lacksVenv(made.output)) {
      throw new SetupFailure(
        `Python at ${base} has no working venv module, so no environment can be made for the agent.`,
        `Install it (on Debian or Ubuntu: sudo apt install python3-venv), or name another Python ${options.words.namePython}, then start again.`,
        'venv_missing',
      );
    }
    throw explain('the Python environment', made.output, options.log, options.words);
  }
  await trust(folder);
  return python;
}

/**
 * @param {import('./python.mjs').SetupOptions} options
 * @param {string} base
 * @param {string} folder
 */
async function makeVenv({ env, log, onLine, signal }, base, folder) {
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  distrust(folder);
  return runModule(base, 'venv', [folder], { env, log, onLine, signal });
}

/** @param {string} output */
function lacksVenv(output) {
  return /ensurepip|No module named '?venv/i.test(output);
}

/**
 * Debian keeps the venv module in a package of its own; where it may be, as root it is added, and said.
 * @param {import('./python.mjs').SetupOptions} options
 * @param {string} base
 * @param {string} folder
 */
async function addVenvModule(options, base, folder) {
  const failed = { code: 1, output: 'ensurepip is not available' };
  const root = typeof process.getuid === 'function' && process.getuid() === 0;
  if (!options.systemPackages || !root || !existsSync('/etc/debian_version')) return failed;
  options.say(
    "this Python has no venv module: adding Debian's package python3-venv (apt-get install python3-venv)",
  );
  const { log, onLine, signal } = options;
  const env = { ...options.env, DEBIAN_FRONTEND: 'noninteractive' };
  const how = { env, log, onLine, signal, gentle: true };
  await capture('apt-get', ['update'], how);
  const add = ['install', '-y', '--no-install-recommends', 'python3-venv'];
  const added = await capture('apt-get', add, how);
  return added.code === 0 ? makeVenv(options, base, folder) : failed;
}
