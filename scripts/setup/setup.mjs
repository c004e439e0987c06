import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutWords, explain, SetupFailure } from '../../runner/setup/failure.mjs';
import { lock } from '../../runner/setup/lock.mjs';
import { requireSpace } from '../../runner/setup/space.mjs';
import { Stamps } from '../../runner/setup/stamps.mjs';
import { findChromium, installChromium } from './chromium.mjs';
import { findNode, installNode, installPackages, packageInputs, packagesMatchLock } from './node.mjs';
import { Progress } from './progress.mjs';
import {
  agentInputs,
  environmentIsWhole,
  environmentPython,
  installCheckoutAgent,
  installMergekit,
  mergekitInputs,
} from './python.mjs';
import { hasSlurm, installSlurm } from './slurm.mjs';
import { findSshd, installSshd } from './sshd.mjs';
import { installVscode, vscodeInputs, vscodeIsThere } from './vscode.mjs';

/** @typedef {'node' | 'packages' | 'agent' | 'agent-test' | 'mergekit' | 'vscode' | 'chromium' | 'sshd' | 'slurm'} StepName */

/**
 * Brings what the steps name into this checkout; in order, each only if it is not there.
 * @param {string} root
 * @param {readonly StepName[]} names
 * @param {AbortSignal} signal ends what is at work; then this rejects with the SetupFailure `cancelled`
 * @returns {Promise<{node: string, python: string, mergekit: string, chromium: string | null}>}
 */
export async function setUp(root, names, signal) {
  const stamps = new Stamps(join(root, '.tools', 'stamps.json'));
  const missing = () => names.filter((name) => !steps[name].isThere(root, stamps));
  if (missing().length > 0) {
    const progress = new Progress();
    const unlock = await locked(root, progress, signal);
    try {
      for (const name of missing()) await install(root, name, stamps, progress, signal);
    } finally {
      unlock();
    }
  }
  return {
    node: findNode(root) ?? process.execPath,
    python: environmentPython(root, '.venv'),
    mergekit: environmentPython(root, '.venv-mergekit'),
    chromium: findChromium(),
  };
}

/**
 * @param {string} root
 * @param {StepName} name
 * @param {Stamps} stamps
 * @param {Progress} progress
 * @param {AbortSignal} signal
 */
async function install(root, name, stamps, progress, signal) {
  const step = steps[name];
  const log = join(root, '.tools', 'setup.log');
  progress.begin(step.label);
  try {
    requireSpace(root, step.bytes, checkoutWords);
    if (name.startsWith('agent') && !environmentIsWhole(root, '.venv')) stamps.drop(['agent', 'agent-test']);
    appendFileSync(log, `\n== ${step.label}, ${new Date().toISOString()}\n`);
    await step.install({
      root,
      log,
      onLine: (line) => progress.detail(line),
      say: (text) => progress.say(text),
      signal,
    });
    stamps.set(name, step.inputs(root));
  } catch (error) {
    progress.failed();
    throw error instanceof SetupFailure ? error : explain(step.label, String(error), log);
  }
  progress.done();
}

/** @typedef {import('./python.mjs').Options} Options */

/**
 * @type {Record<StepName, {
 *   label: string, bytes: number, inputs: (root: string) => string[],
 *   isThere: (root: string, stamps: Stamps) => boolean, install: (options: Options) => Promise<void>
 * }>}
 */
const steps = {
  node: {
    label: 'a Node that runs TypeScript',
    bytes: 250e6,
    inputs: () => [process.platform, process.arch],
    isThere: (root) => findNode(root) !== null,
    install: (options) => installNode(options.root, options),
  },
  packages: {
    label: 'the node packages',
    bytes: 200e6,
    inputs: packageInputs,
    isThere: (root, stamps) => {
      if (!existsSync(join(root, 'node_modules', '.package-lock.json'))) return false;
      if (stamps.matches('packages', packageInputs(root))) return true;
      if (!packagesMatchLock(root)) return false;
      stamps.set('packages', packageInputs(root));
      return true;
    },
    install: (options) => installPackages(options.root, options),
  },
  agent: {
    label: 'the agent with PyTorch (.venv)',
    bytes: 2e9,
    inputs: agentInputs,
    isThere: (root, stamps) =>
      environmentIsWhole(root, '.venv') &&
      (stamps.matches('agent', agentInputs(root)) || stamps.matches('agent-test', agentInputs(root))),
    install: (options) => installCheckoutAgent(options, { tests: false }),
  },
  'agent-test': {
    label: 'the agent with PyTorch and its test tools (.venv)',
    bytes: 2e9,
    inputs: agentInputs,
    isThere: (root, stamps) =>
      environmentIsWhole(root, '.venv') && stamps.matches('agent-test', agentInputs(root)),
    install: (options) => installCheckoutAgent(options, { tests: true }),
  },
  mergekit: {
    label: 'mergekit, for comparisons (.venv-mergekit)',
    bytes: 2e9,
    inputs: mergekitInputs,
    isThere: (root, stamps) =>
      environmentIsWhole(root, '.venv-mergekit') && stamps.matches('mergekit', mergekitInputs(root)),
    install: (options) => installMergekit(options),
  },
  vscode: {
    label: 'a VS Code for the browser (.tools/vscode)',
    bytes: 900e6,
    inputs: vscodeInputs,
    isThere: (root, stamps) => vscodeIsThere(root) && stamps.matches('vscode', vscodeInputs()),
    install: installVscode,
  },
  chromium: {
    label: 'Chromium',
    bytes: 500e6,
    inputs: () => [],
    isThere: () => findChromium() !== null,
    install: installChromium,
  },
  sshd: {
    label: 'an ssh server, for tests of hosts',
    bytes: 20e6,
    inputs: () => [process.platform],
    // Where it cannot be installed that is said once, and its tests are left out.
    isThere: (_, stamps) => findSshd() !== null || stamps.matches('sshd', [process.platform]),
    install: installSshd,
  },
  slurm: {
    label: 'Slurm, for tests of clusters',
    bytes: 30e6,
    inputs: () => [process.platform],
    isThere: (_, stamps) => hasSlurm() || stamps.matches('slurm', [process.platform]),
    install: installSlurm,
  },
};

/**
 * @param {string} root
 * @param {Progress} progress
 * @param {AbortSignal} signal
 */
async function locked(root, progress, signal) {
  try {
    mkdirSync(join(root, '.tools'), { recursive: true });
    return await lock(join(root, '.tools', 'setup.lock'), {
      signal,
      onWait: (pid) =>
        progress.say(`another set-up of this checkout is at work (process ${pid}); waiting for it`),
    });
  } catch (error) {
    if (error instanceof SetupFailure) throw error;
    throw explain('the folder .tools', String(error), 'none');
  }
}
