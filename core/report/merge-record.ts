import type { PlanHeader } from '../store/format.ts';
import type { MergeChoice } from './mergekit.ts';

export const MERGE_RECORD = 'merge-lab.json';

/**
 * What determines the parameters of a merged model, as the file `merge-lab.json` beside them: its models by their
 * fingerprints, the method with its parameters, or weights. The same text is the same merge.
 */
export function mergeRecord(header: PlanHeader, choice: MergeChoice): string {
  const { size, method, subset, seed, weights } = choice;
  const models = header.sizes[size];
  const record = {
    base: models?.base.fingerprint,
    experts: subset.map((name) => ({
      name,
      fingerprint: models?.experts[name]?.fingerprint,
      ...(weights ? { weight: weights.get(name) } : {}),
    })),
    method: weights ? null : header.methods[method],
    seed,
    embeddings: header.embeddings,
  };
  return `${JSON.stringify(record, null, 2)}\n`;
}
