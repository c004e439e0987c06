/** Averaged logits of an ensemble's best pools: what is measured, what failed, and what could be. */

import { nameList } from '../../words/plain.ts';
import { averageLine } from '../design/ensemble-plan.ts';
import type { BestPool, EnsembleInput, EnsembleReport } from '../ensemble/types.ts';
import type { Warning } from '../law/curve.ts';
import { type AverageLine, type EnsemblePlan, isAverageLine } from '../store/ensemble/format.ts';
import type { EvaluationId } from '../store/format.ts';
import type { ScoredEnsemble } from './ensemble-input.ts';

/** Larger pools are averaged only where one is to be served. */
const LARGEST = 4;

/**
 * The best pools whose models share their tokens and whose averaged logits nobody asked for yet: the one to serve
 * within the file's limits first, then by count.
 */
export function unaveraged(
  { goal, best_pools }: Pick<EnsembleReport, 'goal' | 'best_pools'>,
  { header, lines }: Pick<EnsemblePlan, 'header' | 'lines'>,
): readonly AverageLine[] {
  const pairs = best_pools.filter(({ members: { length } }) => length > 1 && length <= LARGEST);
  const first: BestPool | undefined = goal ?? pairs[0];
  const pools = [first?.served, goal, ...pairs].flatMap((pool) => (pool ? [pool.members] : []));
  const found = new Map(
    pools.flatMap((members) => {
      const line = averageLine(header, members);
      return line ? [[line.key, line] as const] : [];
    }),
  );
  for (const { key } of lines) found.delete(key);
  return [...found.values()];
}

/** The loss column of each pool that is scored on every domain, as `column` reads it of a key. */
export function averagedLogits(
  { plan: { lines, header }, evaluations, results }: ScoredEnsemble,
  isScored: (model: string) => boolean,
  column: (line: AverageLine) => Float64Array,
): NonNullable<EnsembleInput['averagedLogits']> {
  const isMeasured = ({ key, average: [first = ''] }: AverageLine) =>
    Object.values(header.models[first]?.evaluations ?? {}).every(
      (id) => results.get(key, id)?.perSample?.length === evaluations.get(id)?.samples.length,
    );
  return lines
    .filter(isAverageLine)
    .filter((line) => line.average.every(isScored) && isMeasured(line))
    .map((line) => ({ members: line.average, nll: column(line) }));
}

/** Why a pool that was asked for has no averaged logits. */
export function failedAverages({ plan: { lines, header }, results }: ScoredEnsemble): Warning[] {
  return lines.filter(isAverageLine).flatMap(({ key, average }) => {
    const ids: EvaluationId[] = Object.values(header.models[average[0] ?? '']?.evaluations ?? {});
    const failure = ids.map((id) => (results.get(key, id) ? null : results.failure(key, id))).find(Boolean);
    if (!failure) return [];
    const message = `The averaged logits of ${nameList(average, 6)} are not measured: ${failure.message ?? failure.code}`;
    return [{ code: 'average_failed', message }];
  });
}
