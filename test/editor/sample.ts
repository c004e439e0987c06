/** A copy of the sample to work in: tests and people change it as they like. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import { root } from './installed.ts';

const sample = path.join(root, 'examples', 'nine-domains');

export interface Sample {
  readonly folder: string;
  /** Its first experiment file. */
  readonly file: string;
}

/** Without results of anybody's runs. @param parent gets the folder `nine-domains` */
export function copySample(parent: string): Sample {
  const copy = sampleIn(parent);
  cpSync(sample, copy.folder, {
    preserveTimestamps: true,
    recursive: true,
    filter: (source) => !/[\\/](\.mergelab|__pycache__)$/.test(source),
  });
  return copy;
}

/** Where `copySample` puts it. */
export function sampleIn(parent: string): Sample {
  const folder = path.join(parent, 'nine-domains');
  return { folder, file: path.join(folder, 'nine-domains.mergelab.yaml') };
}
