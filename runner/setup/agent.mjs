// @ts-check
import { dirname } from 'node:path';
import { distrust, makeEnvironment } from './environment.mjs';
import { lastLine, SetupFailure } from './failure.mjs';
import { pip } from './pip.mjs';
import { capture } from './process.mjs';
import { installTorch } from './torch.mjs';

/**
 * An environment with PyTorch and the agent that starts.
 * @param {import('./python.mjs').SetupOptions} options
 * @param {{folder: string, named: import('./python.mjs').Named | null, requirements: readonly string[]}} wanted
 *   requirements: the agent in pip's words, e.g. `['-e', 'agent[test]']`
 * @returns {Promise<string>} its Python
 */
export async function installAgent(options, { folder, named, requirements }) {
  const python = await makeEnvironment(options, folder, named);
  await installTorch(options, python);
  const usual = { bytes: 50e6, unpackingSeconds: 15, words: 'about 50 MB' };
  await pip(options, python, { phase: 'agent', what: 'the agent', requirements, usual });
  await prove(options, python, 'import torch, transformers, merge_lab_agent', 'The agent');
  return python;
}

/**
 * That what was installed can be imported. What cannot be is made anew by the next set-up.
 * @param {import('./python.mjs').SetupOptions} options
 * @param {string} python
 * @param {string} script
 * @param {string} what
 */
export async function prove({ env, log, words, signal, onPhase }, python, script, what) {
  onPhase({ name: 'proof', words: 'Starting it once', done: 0 });
  const folder = dirname(dirname(python));
  const ended = await capture(python, ['-c', script], { cwd: folder, env, signal, timeoutMs: 600_000 });
  if (ended.code === 0) return;
  distrust(folder);
  if (ended.timedOut || ended.killedBy === 'SIGKILL') {
    throw new SetupFailure(
      ended.timedOut
        ? `${what} was installed but does not start within ten minutes.`
        : `${what} was installed, but the system ended it while it started, most likely because memory ran out.`,
      'Close other programs, then start again.',
      'environment_broken',
    );
  }
  throw new SetupFailure(
    `${what} was installed but does not start: ${lastLine(ended.output) || (ended.killedBy ?? `exit code ${ended.code}`)}`,
    `The wrong build of a package is the usual reason: ${words.again}, or name another PyTorch in MERGE_LAB_TORCH (log: ${log}).`,
    'environment_broken',
  );
}
