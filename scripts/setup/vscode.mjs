import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { explain } from '../../runner/setup/failure.mjs';
import { npm } from './node.mjs';

/** @typedef {import('./python.mjs').Options} Options */

/** A complete VS Code server as an npm package. */
const codeServer = 'code-server@4.139.1';

/** @param {string} root */
export function vscodeFolder(root) {
  return join(root, '.tools', 'vscode');
}

/** @param {string} root */
function serverFolder(root) {
  return join(vscodeFolder(root), 'node_modules', 'code-server', 'lib', 'vscode');
}

export function vscodeInputs() {
  return [codeServer, `${process.platform}-${process.arch}`, 'stand-ins 2'];
}

/** @param {string} root */
export function vscodeIsThere(root) {
  return existsSync(join(serverFolder(root), 'node_modules', '@vscode', 'spdlog', 'index.js'));
}

/**
 * Under `.tools`, away from the project's own packages. Its install scripts would compile C++; what they would make is
 * a logger and a watchdog, for which a few lines of JavaScript do.
 * @param {Options} options
 */
export async function installVscode(options) {
  const folder = vscodeFolder(options.root);
  // Half of an older one is worse than none.
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund'];
  await run(options, folder, ['install', ...quiet, '--no-save', '--prefix', folder, codeServer]);
  await run(options, serverFolder(options.root), ['install', '--omit=dev', ...quiet]);
  for (const name of ['spdlog', 'native-watchdog']) {
    const to = join(serverFolder(options.root), 'node_modules', '@vscode', name, 'index.js');
    copyFileSync(join(options.root, 'scripts', 'setup', 'stand-ins', `${name}.cjs`), to);
  }
}

/**
 * @param {Options} options
 * @param {string} cwd
 * @param {readonly string[]} args
 */
async function run(options, cwd, args) {
  const { code, output } = await npm(args, { ...options, cwd });
  if (code !== 0) throw explain('VS Code for the tests', output, options.log);
}
