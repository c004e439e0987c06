/** The sample with its results: run once in this checkout, by the command line, then copied to wherever it is needed. */
import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { agentPython, root } from './installed.ts';
import { copySample, type Sample, sampleIn } from './sample.ts';

const place = path.join(root, '.tools', 'finished-sample');

/**
 * Runs what is missing of these experiments, which is nothing after the first time.
 * @param experiments names of files of the sample; its first one unless said
 */
export async function finishSample(
  experiments: readonly string[] = ['nine-domains.mergelab.yaml'],
): Promise<void> {
  const kept = sampleIn(place);
  // Edited experiments and models come along; results stay.
  mkdirSync(place, { recursive: true });
  copySample(place);
  for (const experiment of experiments) await mergeLab(['run', path.join(kept.folder, experiment)]);
}

/** Runs what is missing of the sample of ensembles, beside it: a minute or two the first time. */
export async function finishEnsemble(): Promise<void> {
  const folder = path.join(place, 'ensemble');
  mkdirSync(folder, { recursive: true });
  cpSync(path.join(root, 'examples', 'ensemble'), folder, {
    preserveTimestamps: true,
    recursive: true,
    filter: (source) => !/[\\/](\.mergelab|__pycache__)$/.test(source),
  });
  await mergeLab(['run', path.join(folder, 'ensemble.mergelab.yaml')]);
}

/** Where it lies: to be looked at, not to be changed. */
export function finishedSample(): Sample {
  return sampleIn(place);
}

/** @param parent gets the folder `nine-domains`, with results. Throws where `finishSample` was not called before */
export async function copyFinishedSample(parent: string): Promise<Sample> {
  const kept = finishedSample();
  if (!existsSync(path.join(kept.folder, '.mergelab'))) throw new Error('finishSample() comes first');
  const copy = sampleIn(parent);
  cpSync(kept.folder, copy.folder, { recursive: true, preserveTimestamps: true });
  // Models in another place are looked at again.
  await mergeLab(['plan', copy.file]);
  return copy;
}

/** The command line on these arguments, to its end. */
export function mergeLab(args: readonly string[]): Promise<void> {
  const main = path.join(root, 'cli', 'main.ts');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args, '--json'], {
      env: {
        ...process.env,
        MERGE_LAB_PYTHON: agentPython(),
        MERGE_LAB_HOME: path.join(place, 'home'),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let words = '';
    child.stderr.on('data', (chunk: Buffer) => {
      words += chunk.toString('utf8');
    });
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`merge-lab ${args.join(' ')} ended with code ${code}:\n${words.slice(-2000)}`));
    });
  });
}
