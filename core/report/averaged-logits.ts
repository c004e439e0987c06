/** Averaged logits of an ensemble's best pools: what is measured, what failed, and what could be. */

import { nameList } from '../../words/plain.ts';
import { averageLine } from '../design/ensemble-plan.ts';
import type { BestPool, EnsembleInput, EnsembleReport } from '../ensemble/types.ts';
import type { Warning } from '../law/curve.ts';
import { type AverageLine, type EnsemblePlan, isAverageLine, isModelLine } from '../store/ensemble/format.ts';
import type { EvaluationId } from '../store/format.ts';
import type { Unaveraged } from './ensemble-document.ts';
import type { ScoredEnsemble } from './ensemble-input.ts';

/** Larger pools are averaged only where one is to be served. */
const LARGEST = 4;
/** Of what scoring the models took: what their averages may take unasked, but a minute always and ten at most. */
const SHARE_UNASKED = 0.25;
const SECONDS_UNASKED = { least: 60, most: 600 };

/**
 * Pools whose models share their tokens and whose averaged logits nobody asked for yet: the one to serve within the
 * file's limits first, then what was merged, for the merge is held against it, then the best ones by count.
 */
export function unaveraged(
  { goal, best_pools, models }: Pick<EnsembleReport, 'goal' | 'best_pools' | 'models'>,
  { header, lines }: Pick<EnsemblePlan, 'header' | 'lines'>,
): readonly AverageLine[] {
  const pairs = best_pools.filter(({ members: { length } }) => length > 1 && length <= LARGEST);
  const first: BestPool | undefined = goal ?? pairs[0];
  const merged = models
    .flatMap(({ merge_of }) => (merge_of && merge_of.length <= LARGEST ? [merge_of] : []))
    .map((of) => Object.keys(header.models).filter((name) => of.includes(name)));
  const best = [first?.served, goal].flatMap((pool) => (pool ? [pool.members] : []));
  const pools = [...best, ...merged, ...pairs.map(({ members }) => members)];
  const found = new Map(
    pools.flatMap((members) => {
      const line = averageLine(header, members);
      return line ? [[line.key, line] as const] : [];
    }),
  );
  for (const { key } of lines) found.delete(key);
  return [...found.values()];
}

/**
 * What each would take, and which are cheap: one by one, as long as all averages of the plan together take at most a
 * quarter of what scoring its models took, or a minute, and no more than ten.
 * @param secondsOf what scoring a model took; null where that is not known, and nothing that needs it is cheap
 */
export function withCosts(
  asked: readonly AverageLine[],
  { lines }: Pick<EnsemblePlan, 'lines'>,
  secondsOf: (model: string) => number | null,
): readonly Unaveraged[] {
  const secondsOfAll = (models: readonly string[]): number | null =>
    models.map(secondsOf).reduce((sum, one) => (sum === null || one === null ? null : sum + one), 0);
  const models = secondsOfAll(lines.filter(isModelLine).map(({ model }) => model)) ?? 0;
  const planned = secondsOfAll(lines.filter(isAverageLine).flatMap(({ average }) => average));
  const { least, most } = SECONDS_UNASKED;
  let left = Math.min(most, Math.max(least, SHARE_UNASKED * models)) - (planned ?? most);
  return asked.map(({ average: members }) => {
    const seconds = secondsOfAll(members);
    const cheap = seconds !== null && seconds <= left;
    if (cheap) left -= seconds;
    return { members, seconds, cheap };
  });
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
