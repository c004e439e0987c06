/** Whether the recommended subset is also the best one on a task, or that the data cannot tell. */
import { interval, lossDigits } from '../../words/estimates.ts';
import { count, counted, signed, significant } from '../../words/numbers.ts';
import { nameList, plain } from '../../words/plain.ts';
import type { Estimated } from '../report/report.ts';
import type { StoredMetric } from '../store/task-scores.ts';
import type { DownstreamModel, DownstreamVerdict } from './downstream.ts';
import { difference } from './task-score.ts';

export interface Scored {
  readonly model: DownstreamModel;
  readonly metric: StoredMetric;
}

export interface Verdict {
  readonly verdict: DownstreamVerdict;
  readonly sentence: string;
}

interface Rival extends Scored {
  /** Its score minus that of the recommended one, in the task's own units. */
  readonly ahead: Estimated;
}

/**
 * The recommended model is compared with every other one on the same items; intervals hold for all comparisons
 * together. `models` are those that are to be scored.
 */
export function verdictOf(
  task: string,
  scored: readonly Scored[],
  models: readonly DownstreamModel[],
  pool: readonly string[],
): Verdict {
  const named = plain(task, 60);
  if (!models.some(({ recommended }) => recommended))
    return { verdict: 'nothing_recommended', sentence: `No merge is recommended that ${named} could judge.` };
  const own = scored.find(({ model }) => model.recommended);
  if (!own || scored.length < 2)
    return { verdict: 'not_scored', sentence: `The recommended merge is not scored on ${named} yet.` };
  const rivals = scored
    .filter((other) => other !== own)
    .map((other) => ({ ...other, ahead: difference(other.metric, own.metric, scored.length - 1) }));
  return judged(named, own, rivals, pool);
}

function judged(task: string, own: Scored, rivals: readonly Rival[], pool: readonly string[]): Verdict {
  const sign = own.metric.higher_is_better ? 1 : -1;
  const lead = ({ ahead }: Rival) => sign * ahead.value;
  const ranked = [...rivals].sort((a, b) => lead(b) - lead(a));
  const better = ranked.find((rival) => isSure(rival.ahead, sign));
  const [first] = ranked;
  const at = `${own.metric.name} ${significant(own.metric.value, 3)}`;
  if (better) {
    const sentence = `The recommended merge is not the best on ${task}: ${nameOf(better, pool)} has ${scoreOf(better)}, ${apart(better)} against ${at}.`;
    return { verdict: 'not_best', sentence };
  }
  const level = rivals.filter(({ ahead }) => !isSure(ahead, -sign));
  const most = `the ${own.metric.higher_is_better ? 'highest' : 'lowest'} of ${counted(rivals.length + 1, 'model')}`;
  if (level.length === 0 || !first) {
    const sentence = `The recommended merge is also the best on ${task}: ${at}, ${most}, beyond chance against each of the others.`;
    return { verdict: 'best', sentence };
  }
  const tied = ranked.filter((rival) => lead(rival) === lead(first));
  const names = nameList(
    tied.map((rival) => nameOf(rival, pool)),
    3,
  );
  const why =
    lead(first) > 0
      ? `${names} ${tied.length === 1 ? 'has' : 'have'} ${scoreOf(first)}, ${apart(first)} against ${at}, and that may be chance.`
      : lead(first) === 0
        ? `it has ${at}, and so ${tied.length === 1 ? 'has' : 'have'} ${names}.`
        : `it has ${at}, ${most}, but ${counted(level.length, 'other')} cannot be told from it.`;
  const isOneOfMost = 2 * (rivals.filter((rival) => lead(rival) === 0).length + 1) > rivals.length + 1;
  const sentence = `The data cannot tell whether the recommended merge is the best on ${task}: ${why}${isOneOfMost ? '' : moreItems(own, ranked)}`;
  return { verdict: 'cannot_tell', sentence };
}

/** Differences of a share that users care for. */
const SETTLED = 0.05;

/** How many items would tell shares apart that differ by 0.05; empty where the score is none, or they are enough. */
function moreItems({ metric }: Scored, [first]: readonly Rival[]): string {
  const items = metric.numerators?.length ?? 0;
  const { value, low, high } = first?.ahead ?? { value: 0, low: null, high: null };
  if (!isShare(metric) || items < 2 || low === null || high === null) return '';
  const half = Math.max(value - low, high - value);
  const needed = items * (half / SETTLED) ** 2;
  if (!(needed > items)) return '';
  return ` About ${count(Number(needed.toPrecision(2)))} items would tell models apart that differ by ${SETTLED}; there are ${items}.`;
}

function isShare({ form, numerators }: StoredMetric): boolean {
  return form === 'mean' && (numerators?.every((x) => x >= 0 && x <= 1) ?? false);
}

/** Whether a difference lies on the side of `sign` with its whole interval. */
function isSure({ low, high }: Estimated, sign: number): boolean {
  return low !== null && high !== null && (sign > 0 ? low > 0 : high < 0);
}

function scoreOf({ metric }: Rival): string {
  return `${metric.name} ${significant(metric.value, 3)}`;
}

/** `+0.05 (−0.02 to +0.12)` */
function apart({ ahead: { value, low, high } }: Rival): string {
  const digits = lossDigits(low, high);
  if (low === null || high === null) return signed(value, digits);
  return `${signed(value, digits)} (${interval([low, high], digits, signed)})`;
}

function nameOf({ model: { kind, members } }: Scored, pool: readonly string[]): string {
  if (kind === 'base') return 'the base';
  const [only] = members;
  if (kind === 'expert' && only !== undefined) return `the expert ${plain(pool[only] ?? '')}`;
  return members.length === pool.length ? 'the merge of all' : `the chosen merge of ${members.length}`;
}
