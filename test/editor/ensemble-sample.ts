/** A copy of the sample of ensembles, with a file of few models that is done in seconds, and a merge of some of them. */
import { cpSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { mergeLab } from './finished-sample.ts';
import { root } from './installed.ts';
import { copySample, type Sample } from './sample.ts';

const experts = ['algebra', 'biology', 'chemistry', 'physics'] as const;

/** What is added to `models:` to hold the merge against pools. */
export const mergedLine = `merged: { model: ./merged, merge_of: [${experts.join(', ')}] }`;

/** @param parent gets the folders `nine-domains` and `ensemble` */
export async function copyEnsembleSample(parent: string): Promise<Sample> {
  const sample = copySample(parent);
  const folder = path.join(parent, 'ensemble');
  cpSync(path.join(root, 'examples', 'ensemble'), folder, {
    recursive: true,
    filter: (source) => !/[\\/](\.mergelab|__pycache__)$/.test(source),
  });
  const file = path.join(folder, 'few.mergelab.yaml');
  writeFileSync(file, text);
  await mergeLab(['merge', sample.file, '--subset', experts.join(','), '--out', path.join(folder, 'merged')]);
  return { folder, file };
}

const text = `name: Few
kind: ensemble
models:
${experts.map((expert) => `  ${expert}: ../nine-domains/models/S/${expert}`).join('\n')}
  neox: ./models/S/science
  again: { model: ./models/S/science-1, null_of: neox }
evaluation:
  data: ../nine-domains/eval/{domain}.json
  domains: [${experts.join(', ')}]
pool: { k: 2 }
`;
