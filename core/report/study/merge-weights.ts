import { stringify } from 'yaml';
import type { Report } from '../report.ts';

/** Weights as `merge:` of an experiment takes them, on one line, to paste. Those of zero are left out. */
export function mergeWeightsLine(
  { pool, sizes }: Pick<Report, 'pool' | 'sizes'>,
  size: string,
  weights: readonly number[],
): string {
  const entries = pool.flatMap((name, i): [string, number][] => {
    const weight = Number((weights[i] ?? 0).toPrecision(4));
    return weight === 0 ? [] : [[name, weight]];
  });
  const declared = sizes.some((each) => each.name === size && each.declared);
  const merge = { ...(declared ? { size } : {}), weights: Object.fromEntries(entries) };
  return `merge: ${stringify(merge, { collectionStyle: 'flow', lineWidth: 0 }).trim()}`;
}
