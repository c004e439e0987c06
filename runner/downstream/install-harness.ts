/** Installs EleutherAI's evaluation harness beside the agent, once that was agreed to. */
import path from 'node:path';
import { lockFile, logFile } from '../managed-environment.ts';
import { managedWords, setUpProblem } from '../set-up-problem.ts';
import { prove } from '../setup/agent.mjs';
import { checkoutWords } from '../setup/failure.mjs';
import { lock } from '../setup/lock.mjs';
import { pip } from '../setup/pip.mjs';
import { HARNESS, HARNESS_BYTES, type HarnessPlace } from './harness.ts';

/** Throws a ProblemError as `setUpAgent` does. */
export async function installHarness(
  { python }: HarnessPlace,
  tell: (words: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const folder = path.dirname(path.dirname(python));
  const isCheckout = path.basename(folder) === '.venv';
  const setup = {
    env: process.env,
    log: isCheckout ? path.join(path.dirname(folder), '.tools', 'setup.log') : logFile(folder),
    words: isCheckout ? checkoutWords : managedWords(folder),
    systemPackages: false,
    signal,
    onLine: () => {},
    say: tell,
    onPhase: ({ words }: { readonly words: string }) => tell(words),
  };
  try {
    const unlock = await lock(lockFile(folder), {
      signal,
      onWait: () => tell('Waiting for another set-up'),
    });
    try {
      const usual = { bytes: HARNESS_BYTES.download, unpackingSeconds: 60 };
      await pip(setup, python, { phase: 'agent', what: 'lm-eval', requirements: [HARNESS], usual });
      await prove(setup, python, 'import merge_lab_agent, lm_eval', 'The evaluation harness');
    } finally {
      unlock();
    }
  } catch (error) {
    throw setUpProblem(error, folder);
  }
}
