/** An experiment of the sample's models that is done in seconds. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Sample } from './sample.ts';

const experts = ['algebra', 'biology', 'chemistry', 'physics'] as const;

/** Four experts, all 15 subsets or those of the k that are named. @returns the file */
export function writeSmallExperiment(sample: Sample, k = '1..4', name = 'small'): string {
  const file = path.join(sample.folder, `${name}.mergelab.yaml`);
  const lines = experts.map((expert) => `  ${expert}: ./models/S/${expert}`);
  const text = `name: Small
base: ./models/S/base
experts:
${lines.join('\n')}
evaluation:
  data: ./eval/{domain}.json
sweep:
  k: ${k}
goals:
  within: 0.01
`;
  writeFileSync(file, text);
  return file;
}
