/** What is said of an ensemble, in the same sentences on every surface. Losses are bits per byte. */
import type { BestPool, EnsembleReport, ModelScore, ServedPool } from '../core/ensemble/types.ts';
import type { EnsembleDocument } from '../core/report/ensemble-document.ts';
import { estimated, moreOrLess } from './estimates.ts';
import { count, counted, loss } from './numbers.ts';
import { nameList, plain, plainLines } from './plain.ts';
import { bestSingle, chosenPool, isLimited, type ToServe, toServe, unmergedNames } from './to-serve.ts';
import { countedParameters, roughly } from './units.ts';

export const ORACLE_NOTE =
  'The oracle takes, for each sample, the model of the pool that scores it best: it needs to be known which one that is. ' +
  'Intervals are 95%, from the evaluation samples. Losses are bits per byte.';

/** What to serve, and what the oracle of the best pool says beside it. */
export function answerSentences(report: EnsembleDocument): readonly string[] {
  const pool = chosenPool(report);
  return [
    ...partSentences(report),
    ...serveSentences(toServe(report), report),
    ...(pool && pool.members.length > 1 ? [oracleSentence(pool, report)] : []),
  ];
}

/** The answer, and what of the gain noise would explain. */
export function allSentences(report: EnsembleDocument): readonly string[] {
  return [...answerSentences(report), ...(report.sentence ? [plainLines(report.sentence)] : [])];
}

function partSentences({ progress: { done, failed, total } }: EnsembleDocument): readonly string[] {
  if (done + failed >= total) return [];
  return [`Only ${count(done)} of ${counted(total, 'model')} scored so far: what follows is about these.`];
}

function serveSentences(answer: ToServe, report: EnsembleReport): readonly string[] {
  const best = bestSingle(report);
  switch (answer.kind) {
    case 'nothing':
      return [
        'No model is within the limits that `pool` sets, and so no pool.',
        ...(best ? [`Without limits the best single model is ${alone(best)}.`] : []),
      ];
    case 'alone':
      return [`Serve ${alone(answer.model)}.`, ...(answer.not ? [notTogether(answer.not, report)] : [])];
    case 'merge': {
      const [first, ...others] = serveSentences(answer.than, report);
      return [mergeSentence(answer), `Without it, s${first?.slice(1)}`, ...others];
    }
    case 'together': {
      const { pool, model } = answer;
      return [
        `Serve ${names(pool.members)} together, mixed with equal weights: ${estimated(pool.mixed)} bits per byte on ` +
          `samples that they were not chosen on, ${estimated(pool.gain)} less than ${alone(model)}.`,
      ];
    }
  }
}

function mergeSentence({ merge, model, than }: Extract<ToServe, { readonly kind: 'merge' }>): string {
  const rival =
    than.kind === 'together' ? `${names(than.pool.members)} together` : `${names(unmergedNames(than))} alone`;
  return (
    `Serve ${plain(merge.name)}, a merge of ${names(model.merge_of ?? [])}: ${estimated(merge.bits_per_byte)} bits per byte, ` +
    `${estimated(merge.gain)} less than ${rival}, and it takes no more.`
  );
}

/** `a alone, with 0.404 (0.374 to 0.434) bits per byte` */
function alone({ name, bits_per_byte }: ModelScore): string {
  return `${plain(name)} alone, with ${estimated(bits_per_byte)} bits per byte`;
}

function notTogether({ members, mixed, gain }: ServedPool, { limit }: EnsembleReport): string {
  const within = isLimited(limit) ? ' within the limits' : '';
  const how = gain.high !== null && gain.high < 0 ? 'worse' : 'not surely better';
  return (
    `Mixed with equal weights, pools${within} are ${how}: ${names(members)} have ${estimated(mixed)} on samples that ` +
    `they were not chosen on.`
  );
}

function oracleSentence(pool: BestPool, report: EnsembleReport): string {
  const { members, parameters: total, cross_fitted, proven, bits_per_byte, bound } = pool;
  const answer = toServe(report);
  const isServed = answer.kind === 'together' && answer.pool.members.join('\n') === members.join('\n');
  const what = isLimited(report.limit)
    ? 'the best pool within the limits'
    : `the best pool of ${members.length}`;
  const who = isServed
    ? 'which of them is best, their oracle'
    : `which model is best, ${what}, ${names(members)} (${countedParameters(total)}),`;
  const sure = proven
    ? ''
    : ` On all samples it has ${loss(bits_per_byte.value)}, and no such pool is below ${loss(bound)}.`;
  return (
    `Were it known for each sample ${who} would have ${estimated(cross_fitted)} on samples that it was not chosen ` +
    `on.${othersText(pool)}${sure}`
  );
}

/** So many are named. */
const MOST_OTHERS = 2;

function othersText({ tied, members }: BestPool): string {
  const others = tied?.pools.filter((pool) => pool.join('\n') !== members.join('\n')) ?? [];
  if (others.length === 0) return '';
  if (tied?.more) return ` ${others.length} or more other pools do as well.`;
  if (others.length > MOST_OTHERS) return ` ${others.length} other pools do as well.`;
  const which = others.map((pool) => names(pool)).join('; ');
  return others.length === 1
    ? ` Another pool does as well: ${which}.`
    : ` ${others.length} other pools do as well: ${which}.`;
}

/** Of a table by k: what its best pools do not keep. */
export function byCountNote({ limit }: Pick<EnsembleReport, 'limit'>): string | null {
  const { parameters: total, memory } = limit;
  if (total === null && memory === null) return null;
  return 'The best pools by k keep to k alone, and to no other limit of the file.';
}

/** What failed, one by one; what is not scored yet, together. */
export function leftOutSentences({ left_out }: Pick<EnsembleDocument, 'left_out'>): readonly string[] {
  const waiting = left_out.filter(({ code }) => code === 'model_not_scored');
  const others = left_out
    .filter(({ code }) => code !== 'model_not_scored')
    .map(({ message }) => plainLines(message));
  if (waiting.length === 0) return others;
  const list = names(
    waiting.map(({ model }) => model),
    4,
  );
  return [...others, `Not scored yet, and so left out: ${list}.`];
}

/** What can be had without knowing which model to ask. */
export function realisableSentences(report: EnsembleDocument): readonly string[] {
  const { mixture, routed, averaged_logits: averaged } = report.controls;
  return [
    `All ${report.pool.length} mixed with equal weights, nobody choosing: ${estimated(mixture.bits_per_byte)}.`,
    `The best model of each domain, chosen on other samples: ${estimated(routed.bits_per_byte)}.`,
    ...averaged.map(
      ({ members, bits_per_byte, mixture: mixed, gain, oracle }) =>
        `The logits of ${names(members)} averaged: ${estimated(bits_per_byte)}; the same mixed ${loss(mixed)}, ${moreOrLess(gain)}; their oracle ${loss(oracle)}.`,
    ),
    ...unaveragedSentences(report),
  ];
}

function unaveragedSentences(report: EnsembleDocument): readonly string[] {
  const { unaveraged } = report;
  if (unaveraged.length === 0) return [];
  const pools = unaveraged.map(({ members }) => names(members, 4)).join('; ');
  const each = unaveraged.flatMap(({ seconds }) => seconds ?? []);
  const seconds = each.length < unaveraged.length ? null : each.reduce((sum, one) => sum + one, 0);
  return [
    `Models that share a tokenizer can average their logits. Not measured yet: ${pools}. ` +
      `"run --verify" (in the editor "${averageTitle(report)}") does${seconds === null ? '' : `, in ${roughly(seconds)}`}.`,
  ];
}

/** What starts it in the editor; empty where nothing is left to measure. */
export function averageTitle({ unaveraged }: Pick<EnsembleDocument, 'unaveraged'>): string {
  return unaveraged.length === 0 ? '' : `Average logits of ${counted(unaveraged.length, 'pool')}`;
}

export const NOTHING_TO_AVERAGE =
  'no pool is left whose logits could be averaged (its models must share a tokenizer).';

/** Of the pool to serve, or the best one, where its logits were averaged. */
export function averagedPool(
  report: EnsembleReport,
): EnsembleReport['controls']['averaged_logits'][number] | null {
  const pool = chosenPool(report);
  const wanted = [pool?.served?.members, pool?.members].flatMap((members) =>
    members ? [nameOf(members)] : [],
  );
  const measured = report.controls.averaged_logits;
  return wanted.flatMap((name) => measured.filter(({ members }) => nameOf(members) === name))[0] ?? null;
}

/** Of a set: pools are searched in no order. */
const nameOf = (members: readonly string[]): string => [...members].sort().join('\n');

/** Merging against ensembling, on both axes; none where the file names no merge. */
export function servingSentences({ serving }: EnsembleReport): readonly string[] {
  if (!serving) return [];
  return [
    `Merges are held against the best pools of what was merged (${names(serving.of)}): their oracles on samples that they were not chosen on, their mixtures on all.`,
    ...serving.sentences,
  ];
}

/** What a plan scores: `4`, or `4, and averaged logits of 2 pools`. */
export function plannedScores(models: number, total: number): string {
  const averages = total - models;
  return averages > 0
    ? `${count(models)}, and averaged logits of ${counted(averages, 'pool')}`
    : count(models);
}

export function names(members: readonly string[], most = 12): string {
  return nameList(
    members.map((name) => plain(name, 40)),
    most,
  );
}
