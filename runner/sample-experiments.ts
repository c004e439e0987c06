import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Experiment } from '../core/experiment/experiment.ts';
import { parseExperiment } from '../core/experiment/parse.ts';

/**
 * Names of the experiment files in a folder all of whose models and data are there; first the main one, which has the
 * folder's own name. Empty where the folder cannot be read.
 */
export async function sampleExperiments(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  const complete: string[] = [];
  for (const name of names.filter((one) => /\.mergelab\.ya?ml$/.test(one)).sort()) {
    const file = path.join(folder, name);
    const { experiment } = parseExperiment(await readFile(file, 'utf8'), { file });
    if (experiment && needs(experiment).every((each) => existsSync(path.join(folder, each))))
      complete.push(name);
  }
  const main = complete.find((name) => name.startsWith(`${path.basename(folder)}.`));
  return main === undefined ? complete : [main, ...complete.filter((name) => name !== main)];
}

/** Folders and files beside the experiment; names of the hub are not here to be missed. */
function needs({ sizes, evaluation }: Experiment): readonly string[] {
  const models = sizes.flatMap(({ base, experts }) => [base, ...experts.values()]);
  const tasks = evaluation.downstream.map(({ task }) => task);
  return [...models, ...evaluation.domains.values(), ...tasks].filter((source) => /^\.{1,2}\//.test(source));
}
