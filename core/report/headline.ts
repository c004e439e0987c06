import { interval, lossDigits } from '../../words/estimates.ts';
import { FEWEST_TO_JUDGE } from '../../words/law.ts';
import { counted, loss, percent } from '../../words/numbers.ts';
import { nameList } from '../../words/plain.ts';
import type { Experiment } from '../experiment/experiment.ts';
import type { Cell, Chosen, Curve, Estimated, Headline, Progress, ReportSize } from './report.ts';

/** What the headline is made from. */
export interface HeadlineInput {
  readonly experiment: Experiment;
  readonly pool: readonly string[];
  readonly cells: readonly Cell[];
  readonly sizes: readonly ReportSize[];
}

/** The cell that the headline answers for: the asked or largest size, the asked method or the best ranked one. */
export function headlineCell({ experiment, cells, sizes }: HeadlineInput): number | null {
  const largest = sizes.reduce<ReportSize | null>(
    (a, b) => (a === null || b.parameters > a.parameters ? b : a),
    null,
  );
  const wanted = experiment.goals.size ?? largest?.name;
  const { method } = experiment.goals;
  const eligible = cells
    .map((cell, index) => ({ cell, index }))
    .filter(({ cell }) => cell.size === wanted && (method === null || cell.spec.method === method));
  const claiming = eligible.filter(({ cell }) => cell.claims_law);
  const order = (claiming.length > 0 ? claiming : eligible).sort(
    (a, b) => (a.cell.rank ?? Infinity) - (b.cell.rank ?? Infinity) || a.index - b.index,
  );
  return order[0]?.index ?? null;
}

/** Does any typical, and does any cross-fitted chosen subset beat the base? Null while that is not known. */
export interface AgainstBase {
  readonly typical: boolean;
  readonly chosen: boolean;
}

export function againstBase(cell: Cell, base: number | null): AgainstBase | null {
  const points = cell.curves[0]?.points ?? [];
  const chosen = cell.selection?.chosen ?? [];
  if (base === null || (points.length === 0 && chosen.length === 0)) return null;
  const chosenBeats = chosen.some(({ cross_fitted }) => cross_fitted.value < base);
  // Where a k is not measured, the rule asks the law; above 0 it found some curve below the base.
  const lawBeats = !chosenBeats && (cell.curves[0]?.recommended_k?.k ?? 0) > 0;
  return { typical: lawBeats || points.some(({ mean }) => mean < base), chosen: chosenBeats };
}

export function makeHeadline(input: HeadlineInput): Headline {
  const index = headlineCell(input);
  const cell = index === null ? undefined : input.cells[index];
  const curve = cell?.curves[0];
  const base = input.sizes.find(({ name }) => name === cell?.size)?.base?.objective ?? null;
  const beats = cell ? againstBase(cell, base?.value ?? null) : null;
  const recommended = cell?.selection?.recommended ?? null;
  const recommendedK = curve?.recommended_k ?? null;
  const progress = cell?.progress ?? { done: 0, failed: 0, total: 0 };
  const complete = progress.total > 0 && progress.done + progress.failed >= progress.total;
  const nothing = recommendedK === null && recommended === null;
  return {
    state: complete ? 'complete' : nothing ? 'waiting' : 'partial',
    cell: index,
    recommended_k: recommendedK,
    rests_on: curve && recommendedK ? restsOn(curve, input.pool.length) : null,
    subset: recommended ? recommended.members.map((d) => input.pool[d] as string) : null,
    loss: recommended?.cross_fitted ?? null,
    beats_base: beats && (beats.typical || beats.chosen),
    next_expert: curve && recommendedK ? nextExpert(curve, recommendedK.k) : null,
    sentence:
      cell && curve && recommendedK
        ? [
            complete ? null : `So far, with ${progress.done} of ${progress.total} merges measured:`,
            beats && !beats.typical && !beats.chosen
              ? losesSentence(curve, base)
              : answerSentence(input, cell, curve, recommended, base, beats),
          ]
            .filter((part) => part !== null)
            .join(' ')
        : [
            noKSentence(progress, complete, curve),
            cell && recommended && mergingSentence(input, cell, recommended, base),
          ]
            .filter(Boolean)
            .join('\n'),
  };
}

/** Why there is no recommended k: too little is measured, or all that there is and no k meets the goal. */
function noKSentence({ done, total }: Progress, complete: boolean, curve: Curve | undefined): string {
  if (done === 0) return complete ? 'No merge succeeded.' : 'Nothing is measured yet.';
  const measured = `${done} of ${total} merges are measured`;
  // Without a typical curve, further merges may still give one.
  if (!complete && !curve?.k_return) return `${measured}: too few for a recommendation yet.`;
  const reason = curve?.reasons['recommended_k'];
  return `${measured}, and there is no recommended k${reason === undefined ? '' : `: ${reason}`}.`;
}

function restsOn({ points }: Curve, pool: number): readonly number[] | null {
  return points.length < pool ? points.map(({ k }) => k) : null;
}

/** What one more expert than recommended would buy on the typical curve. */
function nextExpert(curve: Curve, k: number): Estimated | null {
  const next = curve.marginal_gain?.find((gain) => gain.k === k);
  return next ? { value: next.gain, low: next.low, high: next.high } : null;
}

function losesSentence(curve: Curve, base: Estimated | null): string {
  const best = curve.points.reduce((a, b) => (b.mean < a.mean ? b : a));
  return (
    `No merge beats the base: keep the base, with a loss of ${loss(base?.value ?? Number.NaN)} nats per token. ` +
    `The best typical merge, of ${experts(best.k)}, has ${loss(best.mean)}.`
  );
}

function answerSentence(
  input: HeadlineInput,
  cell: Cell,
  curve: Curve,
  recommended: Chosen | null,
  base: Estimated | null,
  beats: { typical: boolean; chosen: boolean } | null,
): string {
  const first =
    beats && !beats.typical
      ? `Typical merges lose to the base at every k${restsOn(curve, input.pool.length) ? ' measured' : ''}; only chosen subsets beat it.`
      : enoughSentence(input.experiment, curve, input.pool.length);
  if (!recommended) return [first, cell.selection?.reason ?? null].filter((part) => part !== null).join(' ');
  // Of another size than recommended (`pick`), the typical curve's next gain is another's.
  const next = recommended.k === curve.recommended_k?.k ? nextSentence(curve) : '';
  return `${first}\n${mergingSentence(input, cell, recommended, base)}${next}`;
}

/** What the recommended subset is, and what it gives. */
function mergingSentence(
  { experiment, pool }: HeadlineInput,
  cell: Cell,
  { k, cross_fitted, members, tied }: Chosen,
  base: Estimated | null,
): string {
  const names =
    members.length === pool.length && pool.length > 1
      ? `all ${pool.length} experts`
      : nameList(members.map((d) => pool[d] as string));
  const against = base ? `; the base has ${loss(base.value)}` : '';
  const others = (tied ?? 1) - 1;
  const ties =
    others > 0
      ? ` ${others} other ${others === 1 ? 'subset' : 'subsets'} of ${k} ${others === 1 ? 'does' : 'do'} as well.`
      : '';
  const better = cell.selection?.better?.chosen;
  const instead = better
    ? ` Another size does better: ${nameList(better.members.map((d) => pool[d] as string))} ${better.k === 1 ? 'has' : 'have'} ${loss(better.cross_fitted.value)}.`
    : '';
  return `Merging ${names} by ${cell.label} gives a loss of ${withInterval(cross_fitted)} nats per token${against}.${ties}${instead}${fewestSentence(experiment, pool, cell)}`;
}

/** That choosing needs fewer experts than a typical merge does, unless that subset has been named as the better one. */
function fewestSentence({ goals }: Experiment, pool: readonly string[], { selection }: Cell): string {
  const fewest = selection?.fewest;
  if (!fewest || goals.goal.rule !== 'within' || fewest.k === selection.better?.chosen.k) return '';
  const { k, members, cross_fitted } = fewest;
  const names = nameList(members.map((d) => pool[d] as string));
  return (
    ` Choosing them with care, ${k} ${k === 1 ? 'does' : 'do'} as much: ${names} ${k === 1 ? 'has' : 'have'} ` +
    `${withInterval(cross_fitted)}, within ${goals.goal.value} nats of the best chosen merge.`
  );
}

/** What the next expert would buy a typical merge, or that there is none left to add. */
function nextSentence(curve: Curve): string {
  const k = curve.recommended_k?.k ?? 0;
  const next = k === 0 ? null : nextExpert(curve, k);
  if (next === null) return '';
  const gain = withInterval({ value: Math.abs(next.value), ...ordered(next) });
  return ` One more expert, taken blindly, would ${next.value >= 0 ? 'buy' : 'cost'} ${gain}.`;
}

/** The interval of a gain's size, where the gain may be a cost. */
function ordered({ value, low, high }: Estimated): Pick<Estimated, 'low' | 'high'> {
  if (low === null || high === null) return { low: null, high: null };
  return value >= 0 ? { low, high } : { low: -high, high: -low };
}

function enoughSentence(experiment: Experiment, curve: Curve, pool: number): string {
  const recommended = curve.recommended_k;
  if (!recommended) return '';
  const { k, low, high } = recommended;
  const range =
    low === null || high === null
      ? ''
      : ` (95% interval: ${low === high ? `${k} alone` : `${low} to ${high}`})`;
  const { goal } = experiment.goals;
  const verb = k === 1 ? 'is' : 'are';
  const caveat = lawCaveat(k, restsOn(curve, pool));
  const enough =
    pool === 1
      ? 'The only expert is needed'
      : k === pool
        ? `${caveat ? 'all' : 'All'} ${experts(pool)} are needed`
        : `${experts(k)} of ${pool} ${verb} enough`;
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
