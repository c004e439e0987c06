/** What is said of an ensemble, in the same sentences on every surface. Losses are bits per byte. */
import type { BestPool, EnsembleReport, ModelScore } from '../core/ensemble/types.ts';
import { estimated } from './estimates.ts';
import { loss } from './numbers.ts';
import { nameList, plain } from './plain.ts';
import { parameters } from './units.ts';

export const ORACLE_NOTE =
  'The oracle takes, for each sample, the model of the pool that scores it best: it needs to be known which one that is. ' +
  'Intervals are 95%, from the evaluation samples. Losses are bits per byte.';

/** The best pool within the file's limits; without any, of two: what a second model would buy. Null for a single model. */
export function chosenPool({
  goal,
  best_pools,
}: Pick<EnsembleReport, 'goal' | 'best_pools'>): BestPool | null {
  return goal ?? best_pools.find(({ members }) => members.length === 2) ?? null;
}

export function bestSingle({ models, best_single }: EnsembleReport): ModelScore | null {
  return models[best_single] ?? null;
}

/** The best single model, then the best pool. */
export function answerSentences(report: EnsembleReport): readonly string[] {
  const best = bestSingle(report);
  const pool = chosenPool(report);
  return [
    ...(best
      ? [`The best single model is ${plain(best.name)} with ${estimated(best.bits_per_byte)} bits per byte.`]
      : []),
    ...(pool ? [poolSentence(pool)] : []),
  ];
}

function poolSentence({
  members,
  cross_fitted,
  parameters: total,
  tied,
  proven,
  bits_per_byte,
  bound,
}: BestPool): string {
  const sure = proven
    ? ''
    : ` On all samples it has ${loss(bits_per_byte.value)}, and no such pool is below ${loss(bound)}.`;
  const others = tied ? tied.pools.length - 1 : 0;
  const also = others > 0 ? ` ${others}${tied?.more ? ' or more' : ''} other pools do as well.` : '';
  return (
    `The best pool of ${members.length} is ${names(members)} (${parameters(total)} parameters): its oracle has ` +
    `${estimated(cross_fitted)} on samples that it was not chosen on.${also}${sure}`
  );
}

/** What can be had without knowing which model to ask. */
export function realisableSentences({
  controls: { mixture, routed },
  pool,
}: EnsembleReport): readonly string[] {
  return [
    `All ${pool.length} mixed with equal weights, nobody choosing: ${estimated(mixture.bits_per_byte)}.`,
    `The best model of each domain, chosen on other samples: ${estimated(routed.bits_per_byte)}.`,
  ];
}

/** Merging against ensembling, on both axes; none where the file names no merge. */
export function servingSentences({ serving }: EnsembleReport): readonly string[] {
  if (!serving) return [];
  return [
    `Merges are held against the best pools of what was merged (${names(serving.of)}): their oracles on samples that they were not chosen on, their mixtures on all.`,
    `By the memory of weights: ${serving.bytes.sentence}`,
    `By what a token costs: ${serving.flops.sentence}`,
  ];
}

export function names(members: readonly string[], most = 12): string {
  return nameList(
    members.map((name) => plain(name, 40)),
    most,
  );
}
