// @ts-check
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { distrust, trust } from './environment.mjs';
import { explain } from './failure.mjs';
import { runModule } from './leash.mjs';
import { PipProgress } from './pip-progress.mjs';

const LOOK_MS = 500;

/**
 * @typedef {{
 *   phase: 'torch' | 'agent', what: string, requirements: readonly string[],
 *   usual: {bytes: number, unpackingSeconds: number, words?: string}
 * }} Installation
 */

/**
 * Installs, or throws what kept it from it.
 * @param {import('./python.mjs').SetupOptions} options
 * @param {string} python of an environment
 * @param {Installation} installation
 */
export async function pip(options, python, installation) {
  const { code, output } = await tryPip(options, python, installation);
  if (code !== 0) throw explain(installation.what, output, options.log, options.words);
}

/**
 * @param {import('./python.mjs').SetupOptions} options
 * @param {string} python of an environment
 * @param {Installation} installation
 */
export async function tryPip(options, python, { phase, what, requirements, usual }) {
  const folder = dirname(dirname(python));
  const progress = new PipProgress(what, usual);
  // On the disk that the packages go to, where progress can be seen and nothing is left behind in the system's folder.
  const temporary = join(folder, '.tmp');
  await mkdir(temporary, { recursive: true });
  distrust(folder);
  const tell = (/** @type {number} */ arrived, /** @type {number} */ passed) =>
    options.onPhase({ name: phase, ...progress.look(arrived, passed) });
  tell(0, 0);
  const watching = watch(temporary, tell);
  try {
    return await runModule(python, 'pip', ['install', ...quiet, ...requirements], {
      env: environmentFor(options.env, temporary),
      log: options.log,
      signal: options.signal,
      onLine: (line) => {
        progress.line(line);
        options.onLine(line);
      },
    }).then(async (ended) => {
      if (ended.code === 0) await trust(folder);
      return ended;
    });
  } finally {
    clearInterval(watching);
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
    // Cut or failed before it wrote a package: what was there before still stands.
    if (!progress.installing) await trust(folder);
  }
}

const quiet = [
  '--no-input',
  '--disable-pip-version-check',
  '--no-warn-script-location',
  '--progress-bar',
  'off',
  '--retries',
  '2',
];

/**
 * Settings of the person that would send packages past the environment do not hold here.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} temporary
 */
function environmentFor(env, temporary) {
  /** @type {NodeJS.ProcessEnv} */
  const own = { ...env, TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  for (const name of ['PIP_TARGET', 'PIP_PREFIX', 'PIP_ROOT', 'PYTHONHOME']) delete own[name];
  return { ...own, PIP_USER: '0', PYTHONUNBUFFERED: '1', PYTHONIOENCODING: 'utf-8' };
}

/**
 * @param {string} temporary
 * @param {(arrived: number, passedMs: number) => void} tell
 */
function watch(temporary, tell) {
  let busy = false;
  return setInterval(async () => {
    if (busy) return;
    busy = true;
    tell(await largestFile(temporary), LOOK_MS);
    busy = false;
  }, LOOK_MS);
}

/** The download at work: pip has each in a folder of its own. @param {string} temporary */
async function largestFile(temporary) {
  let largest = 0;
  for (const folder of await names(temporary)) {
    if (!folder.startsWith('pip-unpack')) continue;
    for (const file of await names(join(temporary, folder))) {
      const size = await stat(join(temporary, folder, file)).then(
        (found) => found.size,
        () => 0,
      );
      largest = Math.max(largest, size);
    }
  }
  return largest;
}

/** @param {string} folder @returns {Promise<string[]>} */
function names(folder) {
  return readdir(folder).catch(() => []);
}
