/** Whether the recommended subset is also the best one on a task, or that the data cannot tell. */
import { interval, lossDigits } from '../../words/estimates.ts';
import { counted, signed, significant } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
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
  const first = ranked[0];
  const at = `${own.metric.name} ${significant(own.metric.value, 3)}`;
  if (better) {
    const sentence = `The recommended merge is not the best on ${task}: ${nameOf(better, pool)} has ${scoreOf(better)}, ${apart(better)} against ${at}.`;
    return { verdict: 'not_best', sentence };
  }
  if (first && lead(first) > 0) {
    const sentence = `The data cannot tell whether the recommended merge is the best on ${task}: ${nameOf(first, pool)} has ${scoreOf(first)}, ${apart(first)} against ${at}, and that may be chance.`;
    return { verdict: 'cannot_tell', sentence };
  }
  const level = rivals.filter(({ ahead }) => !isSure(ahead, -sign)).length;
  const most = own.metric.higher_is_better ? 'highest' : 'lowest';
  const sure =
    level === 0
      ? 'beyond chance against each of the others'
      : `though ${counted(level, 'other')} cannot be told from it`;
  return {
    verdict: 'best',
    sentence: `The recommended merge is also the best on ${task}: ${at}, the ${most} of ${counted(rivals.length + 1, 'model')}, ${sure}.`,
  };
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
