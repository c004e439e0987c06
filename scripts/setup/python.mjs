import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installAgent, prove } from '../../runner/setup/agent.mjs';
import { isWhole, makeEnvironment } from '../../runner/setup/environment.mjs';
import { checkoutWords } from '../../runner/setup/failure.mjs';
import { pip } from '../../runner/setup/pip.mjs';
import { pythonIn } from '../../runner/setup/python.mjs';
import { installTorch, torch } from '../../runner/setup/torch.mjs';

const mergekit = 'mergekit==0.1.5';

/**
 * @typedef {{
 *   root: string, log: string, onLine: (line: string) => void, say: (text: string) => void, signal: AbortSignal
 * }} Options
 */

/**
 * @param {string} root
 * @param {string} name `.venv` or `.venv-mergekit`
 */
export function environmentPython(root, name) {
  return pythonIn(join(root, name));
}

/**
 * Whether it is there, and nothing was cut while writing into it.
 * @param {string} root
 * @param {string} name
 */
export function environmentIsWhole(root, name) {
  return isWhole(join(root, name));
}

/** What an environment of the agent is made from.
 * @param {string} root
 */
export function agentInputs(root) {
  return [
    root,
    readFileSync(join(root, 'agent', 'pyproject.toml'), 'utf8'),
    process.env['MERGE_LAB_TORCH'] ?? torch,
    process.env['MERGE_LAB_PYTHON'] ?? '',
  ];
}

/** @param {string} root */
export function mergekitInputs(root) {
  return [root, torch, mergekit, process.env['MERGE_LAB_PYTHON'] ?? ''];
}

/**
 * An environment with the agent, in editable form.
 * @param {Options} options
 * @param {{tests: boolean}} extras
 */
export async function installCheckoutAgent(options, extras) {
  const agent = join(options.root, 'agent');
  const requirements = ['-e', extras.tests ? `${agent}[test]` : agent];
  await installAgent(inCheckout(options), {
    folder: join(options.root, '.venv'),
    named: named(),
    requirements,
  });
}

/**
 * mergekit, for comparisons, in an environment of its own: it pins other versions.
 * @param {Options} options
 */
export async function installMergekit(options) {
  const setup = inCheckout(options);
  const python = await makeEnvironment(setup, join(options.root, '.venv-mergekit'), named());
  await installTorch(setup, python);
  const usual = { bytes: 60e6, unpackingSeconds: 15 };
  await pip(setup, python, { phase: 'agent', what: 'mergekit', requirements: [mergekit], usual });
  await prove(setup, python, 'import mergekit', 'mergekit');
}

/**
 * @param {Options} options
 * @returns {import('../../runner/setup/python.mjs').SetupOptions}
 */
function inCheckout({ log, onLine, say, signal }) {
  const words = checkoutWords;
  return { env: process.env, log, onLine, say, signal, words, systemPackages: true, onPhase: () => {} };
}

/** @returns {import('../../runner/setup/python.mjs').Named | null} */
function named() {
  const path = process.env['MERGE_LAB_PYTHON'];
  return path ? { path, by: 'MERGE_LAB_PYTHON' } : null;
}
