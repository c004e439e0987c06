import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { explain, SetupFailure } from '../../runner/setup/failure.mjs';
import { capture } from '../../runner/setup/process.mjs';

/** @typedef {import('./python.mjs').Options} Options */

/** Fonts too: a server has none, and pages without letters cannot be looked at. */
const packages = ['chromium', 'fonts-liberation', 'fonts-dejavu-core'];

/**
 * A browser of Chromium's family: the one that `MERGE_LAB_CHROMIUM` names, else the first where systems keep one.
 * @returns {string | null}
 */
export function findChromium() {
  const named = process.env['MERGE_LAB_CHROMIUM'];
  if (named) return existsSync(named) ? named : null;
  return places().find((file) => existsSync(file)) ?? null;
}

/** @returns {string[]} */
function places() {
  switch (process.platform) {
    case 'linux':
      return ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'microsoft-edge']
        .map((name) => `/usr/bin/${name}`)
        .concat('/snap/bin/chromium');
    case 'darwin':
      return ['Google Chrome', 'Chromium', 'Microsoft Edge'].map(
        (name) => `/Applications/${name}.app/Contents/MacOS/${name}`,
      );
    case 'win32':
      return ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
        const folder = process.env[name];
        if (!folder) return [];
        return [
          join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
          join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
        ];
      });
    default:
      return [];
  }
}

/**
 * Debian's, where this is root on Debian; elsewhere says what to install.
 * @param {Options} options
 */
export async function installChromium(options) {
  const named = process.env['MERGE_LAB_CHROMIUM'];
  if (named) {
    throw new SetupFailure(
      `MERGE_LAB_CHROMIUM names ${named}, which is not there.`,
      'Correct it, or unset it, then start again.',
    );
  }
  const root = typeof process.getuid === 'function' && process.getuid() === 0;
  if (!root || !existsSync('/etc/debian_version')) throw missing();
  options.say("no Chromium was found: adding Debian's (apt-get install chromium)");
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const how = { ...options, env, gentle: true };
  // Another program may be installing something: wait for it.
  const lock = ['-o', 'DPkg::Lock::Timeout=300'];
  await capture('apt-get', [...lock, 'update'], how);
  const added = await capture(
    'apt-get',
    [...lock, 'install', '-y', '--no-install-recommends', ...packages],
    how,
  );
  if (added.code === null || /Unable to locate package|has no installation candidate/.test(added.output))
    throw missing();
  if (added.code !== 0) throw explain('Chromium', added.output, options.log);
  if (findChromium() === null) throw missing();
}

function missing() {
  return new SetupFailure(
    'The tests look at pages in Chromium, and none was found.',
    'Install Chromium or Chrome (on Debian or Ubuntu: sudo apt install chromium), or name one in MERGE_LAB_CHROMIUM, then start again.',
  );
}
