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
  const folder = path.join(parent, 'nine-domains');
  cpSync(sample, folder, { recursive: true, filter: (source) => path.basename(source) !== '.mergelab' });
  return { folder, file: path.join(folder, 'nine-domains.mergelab.yaml') };
}
