/** The headline in plain sentences. */
import { estimated, interval, lossDigits } from '../../words/estimates.ts';
import { FEWEST_TO_JUDGE } from '../../words/law.ts';
import { counted, loss, percent, signed } from '../../words/numbers.ts';
import { nameList } from '../../words/plain.ts';
import type { Experiment } from '../experiment/experiment.ts';
import { allowedSentence } from './allowed.ts';
import type { AgainstBase } from './headline.ts';
import type { Cell, Chosen, Curve, Estimated, Headline, Progress } from './report.ts';

/** What the sentences are made from: the headline, and the cell that it answers for. */
export interface Told {
  readonly experiment: Experiment;
  readonly pool: readonly string[];
  readonly cell: Cell | undefined;
  readonly base: Estimated | null;
  readonly against: AgainstBase | null;
  readonly headline: Omit<Headline, 'sentence'>;
}

/** How many on the first line, which and what it gives on the second. */
export function headlineSentence(told: Told): string {
  const { cell, against, headline } = told;
  const curve = cell?.curves[0];
  const { done, total } = cell?.progress ?? NO_PROGRESS;
  if (!cell || !curve || !headline.recommended_k) return withoutK(told);
  const soFar = headline.state === 'complete' ? '' : `So far, with ${done} of ${total} merges measured: `;
  const keepsBase = against !== null && !against.typical && !against.chosen;
  const answer = keepsBase ? losesSentence(told, curve) : answerSentence(told, cell);
  return soFar + [answer, allowedSentence(told.experiment)].filter(Boolean).join(' ');
}

const NO_PROGRESS: Progress = { done: 0, failed: 0, total: 0 };

function withoutK(told: Told): string {
  const { cell, headline } = told;
  const recommended = cell?.selection?.recommended;
  const first = noKSentence(cell?.progress ?? NO_PROGRESS, headline.state === 'complete', cell?.curves[0]);
  return cell && recommended ? `${first}\n${mergingSentence(told, cell, recommended)}` : first;
}

/** Why there is no recommended k: too little is measured, or all that there is and no k meets the goal. */
function noKSentence({ done, total }: Progress, complete: boolean, curve: Curve | undefined): string {
  if (done === 0) return complete ? 'No merge succeeded.' : 'No merge is measured yet.';
  const measured = `${done} of ${total} merges ${done === 1 ? 'is' : 'are'} measured`;
  // Without a typical curve, further merges may still give one.
  if (!complete && !curve?.k_return) return `${measured}: too few for a recommendation yet.`;
  const reason = curve?.reasons['recommended_k'];
  return `${measured}, and there is no recommended k${reason === undefined ? '' : `: ${reason}`}.`;
}

function losesSentence({ base, headline }: Told, curve: Curve): string {
  const best = curve.points.reduce((a, b) => (b.mean < a.mean ? b : a));
  return (
    `No merge${headline.rests_on ? ' measured' : ''} beats the base: keep the base, with a loss of ${loss(base?.value ?? Number.NaN)} nats per token. ` +
    `The best typical merge, of ${experts(best.k)}, has ${loss(best.mean)}.`
  );
}

function answerSentence(told: Told, cell: Cell): string {
  const { against, headline } = told;
  const first =
    against && !against.typical
      ? `Typical merges lose to the base at every k${headline.rests_on ? ' measured' : ''}; only chosen subsets beat it.`
      : enoughSentence(told, headline.recommended_k);
  const recommended = cell.selection?.recommended;
  if (!recommended) return [first, cell.selection?.reason].filter(Boolean).join(' ');
  // Of another size than recommended (`pick`), the typical curve's next gain is another's.
  const next = recommended.k === headline.recommended_k?.k ? nextSentence(headline) : '';
  return `${first}\n${mergingSentence(told, cell, recommended)}${next}`;
}

/** What the recommended subset is, and what it gives. */
function mergingSentence(told: Told, cell: Cell, chosen: Chosen): string {
  const { pool, base, experiment } = told;
  const { cross_fitted, members, tied, k } = chosen;
  const isAll = members.length === pool.length && pool.length > 1;
  const names = isAll ? `all ${pool.length} experts` : namesOf(chosen, pool);
  const against = base ? `; the base has ${loss(base.value)}` : '';
  const others = (tied ?? 1) - 1;
  const ties =
    others > 0
      ? ` ${others} other ${others === 1 ? 'subset' : 'subsets'} of ${k} cannot be told from ${k === 1 ? 'it' : 'these'}.`
      : '';
  return (
    `${leadOf(told, cell, chosen)} ${names} by ${cell.label} gives a loss of ${withInterval(cross_fitted)} nats per ` +
    `token${against}.${ties}${passedOverSentence(cell)}${betterSentence(cell, pool)}${fewestSentence(experiment, pool, cell)}`
  );
}

/** How the subset was come by: nothing is chosen of a whole pool, or where its size was asked for. */
function leadOf({ pool, experiment, headline }: Told, { selection }: Cell, { k }: Chosen): string {
  const typical = headline.recommended_k?.k ?? 0;
  if (experiment.goals.pick !== null || (k === pool.length && !selection?.passed_over) || typical === 0)
    return 'Merging';
  const does = k === 1 ? 'this one does' : `these ${k} do`;
  return selection?.passed_over
    ? `Chosen with care, ${does} better: merging`
    : `Chosen with care, ${k === 1 ? 'this one' : `these ${k}`}: merging`;
}

/** Why the subset is not of the recommended k. */
function passedOverSentence({ selection }: Cell): string {
  const left = selection?.passed_over;
  if (!left) return '';
  const { k, cross_fitted } = left.chosen;
  return (
    ` The best ${k === 1 ? 'single expert has' : `${k} have`} ${loss(cross_fitted.value)}: ${estimated(left.difference, signed)} ` +
    'against the best chosen merge, surely worse and by more than the goal allows.'
  );
}

function betterSentence({ selection }: Cell, pool: readonly string[]): string {
  const better = selection?.better?.chosen;
  if (!better) return '';
  return ` Another size is surely better: ${namesOf(better, pool)} ${better.k === 1 ? 'has' : 'have'} ${loss(better.cross_fitted.value)}.`;
}

/** That choosing needs fewer experts than a typical merge does, unless that subset has been named as the better one. */
function fewestSentence({ goals }: Experiment, pool: readonly string[], { selection }: Cell): string {
  const fewest = selection?.fewest;
  if (!fewest || goals.goal.rule !== 'within' || fewest.k === selection.better?.chosen.k) return '';
  const { k, cross_fitted } = fewest;
  return (
    ` With fewer, ${k === 1 ? 'one' : k} chosen with care ${k === 1 ? 'stays' : 'stay'} within ${goals.goal.value} nats of the ` +
    `best chosen merge: ${namesOf(fewest, pool)} ${k === 1 ? 'has' : 'have'} ${withInterval(cross_fitted)}.`
  );
}

function namesOf({ members }: Chosen, pool: readonly string[]): string {
  return nameList(members.map((d) => pool[d] as string));
}

/** What the next expert would buy a typical merge, or that there is none left to add. */
function nextSentence({ recommended_k: typical, next_expert }: Told['headline']): string {
  const next = typical?.k === 0 ? null : next_expert;
  if (next === null) return '';
  const gain = withInterval({ value: Math.abs(next.value), ...ordered(next) });
  return ` One more expert, taken blindly, would ${next.value >= 0 ? 'buy' : 'cost'} ${gain}.`;
}

/** The interval of a gain's size, where the gain may be a cost. */
function ordered({ value, low, high }: Estimated): Pick<Estimated, 'low' | 'high'> {
  if (low === null || high === null) return { low: null, high: null };
  return value >= 0 ? { low, high } : { low: -high, high: -low };
}

function enoughSentence(
  { experiment, pool: { length: pool }, headline }: Told,
  recommended: Headline['recommended_k'],
): string {
  if (!recommended) return '';
  const { k, low, high } = recommended;
  const range =
    low === null || high === null
      ? ''
      : ` (95% interval: ${low === high ? `${k} alone` : `${low} to ${high}`})`;
  const { goal } = experiment.goals;
  const verb = k === 1 ? 'is' : 'are';
  const caveat = lawCaveat(k, headline.rests_on);
  const enough =
    pool === 1
      ? 'The only expert is needed'
      : k === pool
        ? `${caveat ? 'all' : 'All'} ${experts(pool)} are needed, taken blindly`
        : `${experts(k)} of ${pool} ${verb} enough, taken blindly`;
  const subject = `${caveat}${enough}`;
  switch (goal.rule) {
    case 'within':
      return `${subject}${range}: a typical merge of ${k} is within ${goal.value} nats of the best one.`;
    case 'return':
      return `${subject}${range} for ${percent(goal.value)} of the improvement that a typical merge can bring.`;
    case 'epsilon':
      return `${subject}${range}: a typical merge of ${k} is within ${goal.value} nats of the floor.`;
    default:
      return goal satisfies never;
  }
}

/** In the same breath as a k that no measurement gives: through so few points a law fits whatever they are. */
function lawCaveat(k: number, measured: readonly number[] | null): string {
  if (!measured) return '';
  const last = Math.max(...measured);
  if (measured.length < FEWEST_TO_JUDGE) {
    const beyond = k > last ? ', extrapolated beyond them' : '';
    return `By a law that rests on only ${measured.length} points (k = ${nameList(measured.map(String))})${beyond}, `;
  }
  return k > last ? `Extrapolating the law beyond k = ${last}, where measuring ends, ` : '';
}

function experts(k: number): string {
  return counted(k, 'expert');
}

function withInterval({ value, low, high }: Estimated): string {
  if (low === null || high === null) return loss(value);
  const digits = lossDigits(low, high);
  return `${loss(value, digits)} (95% interval ${interval([low, high], digits)})`;
}
