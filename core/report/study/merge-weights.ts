import { stringify } from 'yaml';
import type { Report } from '../report.ts';
import type { MeasuredWeights } from './study.ts';

/** Weights by name, in digits that a person may read. Those of zero are left out. */
export function namedWeights(
  { pool }: Pick<Report, 'pool'>,
  weights: readonly number[],
): Readonly<Record<string, number>> {
  const entries = pool.flatMap((name, i): [string, number][] => {
    const weight = Number((weights[i] ?? 0).toPrecision(4));
    return weight === 0 ? [] : [[name, weight]];
  });
  return Object.fromEntries(entries);
}

/** As `merge:` of an experiment takes them, on one line, to paste. */
export function mergeWeightsLine(
  { pool, sizes }: Pick<Report, 'pool' | 'sizes'>,
  size: string,
  weights: readonly number[],
): string {
  const declared = sizes.some((each) => each.name === size && each.declared);
  const merge = { ...(declared ? { size } : {}), weights: namedWeights({ pool }, weights) };
  return `merge: ${stringify(merge, { collectionStyle: 'flow', lineWidth: 0 }).trim()}`;
}

/** θ0 + Σ w·v at a size, as it was measured; null where these very weights were not scored. */
export function measuredWeightsOf(
  { cells, study, pool }: Pick<Report, 'cells' | 'study' | 'pool'>,
  size: string,
  weights: ReadonlyMap<string, number>,
): MeasuredWeights | null {
  const at = cells.findIndex(
    (cell, i) => cell.size === size && study?.cells[i]?.predicted?.kind === 'predicted',
  );
  const predicted = study?.cells[at]?.predicted;
  const measured = predicted?.kind === 'predicted' ? predicted.measured_weights : [];
  return measured.find((own) => pool.every((name, i) => (weights.get(name) ?? 0) === own.weights[i])) ?? null;
}
