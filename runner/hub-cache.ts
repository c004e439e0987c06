/** Models of the Hugging Face hub that lie on this machine, as its own library keeps them. */
import { existsSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Ensemble } from '../core/experiment/ensemble/ensemble.ts';
import type { Experiment } from '../core/experiment/experiment.ts';
import { isLocalFolder } from '../core/experiment/local-folder.ts';

/** Hub names in a file of either kind that would have to be downloaded first, each once, in the order of the file. */
export function toDownload(
  asked: Pick<Experiment, 'sizes' | 'references'> | Pick<Ensemble, 'models'>,
  env: NodeJS.ProcessEnv = process.env,
): readonly string[] {
  const names = sourcesOf(asked).filter((source) => !isLocalFolder(source));
  return [...new Set(names)].filter((name) => !isCached(name, env));
}

function sourcesOf(
  asked: Pick<Experiment, 'sizes' | 'references'> | Pick<Ensemble, 'models'>,
): readonly string[] {
  if ('models' in asked) return [...asked.models.values()].map(({ source }) => source);
  const models = asked.sizes.flatMap(({ base, experts }) => [base, ...experts.values()]);
  return [
    ...models,
    ...asked.references.flatMap((reference) => ('model' in reference ? [reference.model] : [])),
  ];
}

/** Whether a snapshot of the commit, branch or tag behind the `@` (else of `main`) is there. */
function isCached(source: string, env: NodeJS.ProcessEnv): boolean {
  const [name = '', revision = 'main'] = source.split('@');
  const folder = path.join(cacheFolder(env), `models--${name.replaceAll('/', '--')}`);
  const commit = readText(path.join(folder, 'refs', revision)) ?? revision;
  const snapshot = path.join(folder, 'snapshots', commit);
  return ['config.json', 'adapter_config.json'].some((file) => existsSync(path.join(snapshot, file)));
}

/** https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables */
function cacheFolder(env: NodeJS.ProcessEnv): string {
  const home =
    env['HF_HOME'] || path.join(env['XDG_CACHE_HOME'] || path.join(os.homedir(), '.cache'), 'huggingface');
  return env['HF_HUB_CACHE'] || env['HUGGINGFACE_HUB_CACHE'] || path.join(home, 'hub');
}

function readText(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
