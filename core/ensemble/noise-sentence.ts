import { estimated, interval } from '../../words/estimates.ts';
import { loss } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';
import type { Estimated } from '../selection/estimated.ts';
import { FEWEST_DOMAINS } from './null-groups.ts';
import type { Controls, NullGroup, OraclePoint, Verdict } from './types.ts';

/** From this share on, what is left beside noise is not worth the name. */
const MOSTLY_NOISE = 0.9;

/** From this share on, it is said as a multiple. */
const MORE = 1.5;

/** Fewer reseeds do not tell how reseeds differ. */
const FEWEST_RESEEDS = 3;

/**
 * Only reseeds can show that there is more than noise. The benchmark of independent noise cannot: it depends on its bins,
 * and real models err together. What it can show is that such noise would be enough.
 */
export function beyondNoise({ nulls, independence, routed }: Controls): Verdict {
  const judges = nulls.filter(isJudge);
  if (judges.length > 0) {
    if (judges.every((group) => group.weaker === null && exceeds(group))) return 'confirmed';
    return judges.some(isEnough) ? 'not confirmed' : 'cannot tell';
  }
  const isRouted = routed.gain.low !== null && routed.gain.low > 0;
  const low = independence?.share.low ?? null;
  return !isRouted && low !== null && low >= MOSTLY_NOISE ? 'not confirmed' : 'cannot tell';
}

function isJudge({ kind, members, pool }: NullGroup): boolean {
  return kind === 'reseed' && members.length > FEWEST_RESEEDS && pool !== null;
}

/** By domain, or inside domains; a gain that luck with domains could give is none of these. */
function exceeds({ excess, inside_excess, routed_excess }: NullGroup): boolean {
  return (isAbove(excess) && isAbove(inside_excess)) || isAbove(routed_excess);
}

function isAbove(found: Estimated | null): boolean {
  return found !== null && found.low !== null && found.low > 0;
}

function isEnough(group: NullGroup): boolean {
  const high = group.excess?.high ?? null;
  return high !== null && high < 0 && !exceeds(group);
}

/** Draws no conclusion before intervals are there. @param whole the gain of all models together */
export function noiseSentence(
  whole: Pick<OraclePoint, 'k' | 'gain'>,
  { independence, nulls, routed }: Controls,
  verdict: Verdict,
  complete: boolean,
): string {
  if (!independence) return 'The oracle gains nothing over the best single model.';
  const parts = [
    `Choosing the best of ${whole.k} models for each sample gains ${loss(whole.gain.value, 4)} bits per byte over the ` +
      `best single one; independent noise of the same size would give ${loss(independence.gain, 4)}, ` +
      `${shareOf(independence.share)}.`,
    ...nulls.map(groupSentence),
  ];
  if (complete) parts.push(CONCLUSIONS[verdict], ...(verdict === 'cannot tell' ? wanting(nulls) : []));
  if (routed.gain.low !== null && routed.gain.low > 0)
    parts.push(`Choosing among all by domain keeps ${estimated(routed.gain)} on new samples.`);
  return parts.join(' ');
}

function groupSentence({ model, kind, members, k, gain, pool, routed }: NullGroup): string {
  const versions =
    kind === 'reseed'
      ? `noise as between ${members.length} runs of ${plain(model)} would give ${estimated(gain)}`
      : `versions of ${plain(model)} in fewer bits, which differ by less than reseeds, give ${estimated(gain)}`;
  if (!pool) return `To a pool of ${k}, ${versions}.`;
  const byDomain =
    routed && pool.routed.value > 0
      ? ` Chosen by domain it keeps ${estimated(pool.routed)} on new samples, and luck as between these runs would give ${estimated(routed)}.`
      : '';
  return (
    `Of the ${estimated(pool.gain)} that the best pool of ${pool.members.length} gains on samples that it was not ` +
    `chosen on, ${versions}.${byDomain}`
  );
}

const CONCLUSIONS: Readonly<Record<Verdict, string>> = {
  confirmed: 'So part of the gain is more than noise.',
  'not confirmed': 'So nothing here shows that the models know different things.',
  'cannot tell': 'This does not tell whether any of the gain is more than noise.',
};

/** What would tell. */
function wanting(nulls: readonly NullGroup[]): readonly string[] {
  if (nulls.some(({ pool }) => pool === null)) return ['No two models are a better pool than one.'];
  if (!nulls.some(isJudge))
    return [`${FEWEST_RESEEDS} reseeds of the pool's weakest model, declared with \`null_of\`, would.`];
  const lucky = nulls.filter((group) => isJudge(group) && isAbove(group.excess) && !exceeds(group));
  if (lucky.length > 0)
    return [
      lucky.every(({ routed_excess }) => routed_excess === null)
        ? `The pool gains more than ${ofThese(lucky)}, but with fewer than ${FEWEST_DOMAINS} domains that may be luck with domains.`
        : `The pool gains more than ${ofThese(lucky)}, but neither inside domains nor by choosing among them: that may be luck.`,
    ];
  return nulls
    .filter((group) => isJudge(group) && group.weaker !== null && exceeds(group))
    .map(
      ({ model, weaker }) =>
        `Its member ${plain(weaker ?? '')} is weaker than ${plain(model)}, and so may be noisier: reseeds of it would.`,
    );
}

function ofThese(groups: readonly NullGroup[]): string {
  return `runs of ${groups.map(({ model }) => plain(model)).join(', ')} do`;
}

/** `40% (95% interval 30% to 50%) of it`, or `4.0 times (95% interval 3.4 to 4.7) as much`. */
function shareOf({ value, low, high }: Estimated): string {
  const isMore = value >= MORE;
  const text = (share: number) => (isMore ? share.toFixed(1) : `${Math.round(100 * share)}%`);
  const whole = `${text(value)}${isMore ? ' times' : ''}`;
  const limits = low === null || high === null ? '' : ` (95% interval ${interval([low, high], 1, text)})`;
  return `${whole}${limits} ${isMore ? 'as much' : 'of it'}`;
}
