/** What models do on tasks, in words: the same on every surface. */
import type {
  Downstream,
  DownstreamModel,
  DownstreamTaskReport,
  DownstreamVerdict,
} from '../core/downstream/downstream.ts';
import { interval, lossDigits } from './estimates.ts';
import { count, counted, loss, NONE, signed, significant } from './numbers.ts';
import { plain, plainLines } from './plain.ts';

/** `endings · acc of 54 items · lm-eval 0.4.13` */
export function taskTitle({ task, metric, items, limit, shots, harness }: DownstreamTaskReport): string {
  const isAll = limit === null || items < limit;
  const of = isAll ? counted(items, 'item') : `the first ${counted(items, 'item')}`;
  return [
    plain(task, 60),
    metric ? `${plain(metric.name, 40)} of ${of}${metric.higher_is_better ? '' : ', lower is better'}` : '',
    shots === null ? '' : counted(shots, 'shot'),
    harness === null ? '' : `lm-eval ${plain(harness, 20)}`,
  ]
    .filter(Boolean)
    .join(' · ');
}

/** `base`, the expert's name, or the size of a merge. */
export function modelName(
  { kind, members }: Pick<DownstreamModel, 'kind' | 'members'>,
  pool: readonly string[],
): string {
  if (kind === 'base') return 'base';
  const [only = -1] = members;
  return kind === 'expert' ? plain(pool[only] ?? '?', 40) : `merge of ${members.length}`;
}

/** `0.611 ± 0.067`: its standard error, not an interval. */
export function scoreText(score: DownstreamTaskReport['scores'][number]): string {
  if (!score) return NONE;
  const { value } = score.score;
  if (score.standard_error === null) return scoreNumber(value);
  return `${scoreNumber(value)} ± ${scoreNumber(score.standard_error)}`;
}

/** Shares have three decimals, so that they align; perplexities may have any size. */
function scoreNumber(value: number): string {
  return Math.abs(value) < 10 ? loss(value) : significant(value);
}

/** `Against the base it has −0.04 (−0.15 to +0.08): the data cannot tell whether merging helped.` */
export function baseSentence({
  against_base: difference,
  metric,
}: Pick<DownstreamTaskReport, 'against_base' | 'metric'>): string {
  if (!difference || !metric) return '';
  const { value, low, high } = difference;
  if (low === null || high === null)
    return `Against the base it has ${signed(value)}, with an error that is not known.`;
  const digits = lossDigits(low, high);
  const sign = metric.higher_is_better ? 1 : -1;
  const found =
    low <= 0 && high >= 0
      ? 'the data cannot tell whether merging helped'
      : sign * value > 0
        ? 'merging helped'
        : 'merging made it worse';
  return `Against the base it has ${signed(value, digits)} (${interval([low, high], digits, signed)}): ${found}.`;
}

/** `Models with a lower loss score better: Spearman's rank correlation is 0.62 (0.20 to 0.85), Kendall's …` */
export function agreementSentence({
  agreement,
  scores,
  tied,
}: Pick<DownstreamTaskReport, 'agreement' | 'scores' | 'tied'>): string {
  if (!agreement) return tiedSentence(tied, scores.filter((score) => score !== null).length);
  const { spearman, kendall, models } = agreement;
  const text = ({ value, low, high }: typeof spearman) =>
    low === null || high === null ? loss(value, 2) : `${loss(value, 2)} (${interval([low, high], 2)})`;
  return `${whatRanksShow(spearman)}: the rank correlation of low loss with good score is ${text(spearman)} by Spearman, ${text(kendall)} by Kendall, over ${counted(models, 'model')}.`;
}

/** `4 of 6 models have the same score: ties leave nothing to rank.` */
function tiedSentence(tied: number, models: number): string {
  if (models < 3 || 2 * tied <= models) return '';
  const who = tied === models ? `All ${counted(models, 'model')}` : `${tied} of ${counted(models, 'model')}`;
  return `${who} have the same score: ties leave nothing to rank.`;
}

function whatRanksShow({ low, high }: NonNullable<DownstreamTaskReport['agreement']>['spearman']): string {
  if (low === null || high === null) return 'Too few models to tell whether a lower loss is a better score';
  if (low > 0) return 'Models with a lower loss score better';
  if (high < 0) return 'Models with a lower loss score worse';
  return 'Nothing shows that a lower loss is a better score here';
}

/** What is still to be scored; empty where nothing is. */
export function missingText({ missing, total, tasks }: Downstream): string {
  const problem = tasks.find((task) => task.problem)?.problem;
  if (problem) return plainLines(`${problem.message} ${problem.fix}`);
  if (missing === 0) return '';
  return missing === total
    ? `Nothing is scored on ${tasks.length === 1 ? 'the task' : 'the tasks'} yet: run with --downstream.`
    : `${count(missing)} of ${counted(total, 'score')} are still to come: run with --downstream.`;
}

const VERDICTS: Readonly<Record<DownstreamVerdict, string>> = {
  best: 'also the best',
  not_best: 'another is better',
  cannot_tell: 'cannot tell whether the best',
  not_scored: 'not scored yet',
  nothing_recommended: 'nothing to judge',
};

/** `acc 0.537 ± 0.068 · cannot tell whether the best`: what the recommended merge does on a task. */
export function taskInShort({ models }: Pick<Downstream, 'models'>, task: DownstreamTaskReport): string {
  if (task.problem) return 'cannot be scored';
  const score = task.scores[models.findIndex(({ recommended }) => recommended)] ?? null;
  return [
    score && task.metric ? `${plain(task.metric.name, 40)} ${scoreText(score)}` : '',
    VERDICTS[task.verdict],
  ]
    .filter(Boolean)
    .join(' · ');
}

/** All that is said of a task, a sentence each. */
export function taskSentences(task: DownstreamTaskReport): readonly string[] {
  if (task.problem) return [`${task.problem.message} ${task.problem.fix}`];
  return [task.sentence, baseSentence(task), agreementSentence(task), ...task.notes].filter(
    (sentence) => sentence !== '',
  );
}
