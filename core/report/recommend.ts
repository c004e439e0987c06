/** Which of the chosen subsets to take. */
import type { RecommendedK } from '../law/curve.ts';
import { studentPoint } from '../law/student.ts';
import { samplesShowSpread } from '../selection/curve-error.ts';
import { objectiveOf } from '../selection/measured.ts';
import { pairedVariance } from '../selection/sample-variance.ts';
import { isRestricted } from './allowed.ts';
import { type Judged, lossOf } from './beside-best.ts';
import type { Context } from './context.ts';
import type { CurveSource } from './curves.ts';
import type { Better, Chosen, Selection } from './report.ts';

type Recommendation = Pick<Selection, 'recommended' | 'reason' | 'passed_over' | 'better' | 'fewest'>;

/**
 * That of the asked size, else of the recommended k. Unasked, another size is taken where that one is surely worse than
 * the best, and further from it than the goal allows (then the smallest that is not), and where it loses to the base
 * (then the best).
 */
export function recommend(
  context: Context,
  source: CurveSource,
  judged: readonly Judged[],
  recommendedK: RecommendedK | null,
): Recommendation {
  const { pick } = context.input.experiment.goals;
  const winning = judged.filter(beatsBase(context, source));
  const k = pick ?? recommendedK?.k ?? null;
  const own = judged.find(({ chosen }) => chosen.k === k) ?? null;
  const rivals = judged.length - 1;
  if (judged.length > 0 && winning.length === 0)
    return none('No measured subset beats the base on samples that it was not chosen on.');
  if (k === null) return none('There is no recommended k; `pick` under `goals` names a size.');
  const lowest = winning.reduce<Judged | null>((a, b) => (a && lossOf(a) <= lossOf(b) ? a : b), null);
  const limit = lowest ? lossOf(lowest) + tolerance(context, source) : Number.NEGATIVE_INFINITY;
  const near = winning.filter((each) => lossOf(each) <= limit);
  const enough = smallest(near);
  const taken = (each: Judged, more: Partial<Recommendation> = {}): Recommendation => ({
    ...none(null),
    recommended: each.chosen,
    fewest: fewerThan(context, each, enough),
    ...more,
  });
  if (own && lowest && pick !== null)
    return taken(own, {
      better: surelyBetter(context, lowest, own, rivals) ? aheadOf(own.chosen, lowest.chosen) : null,
    });
  if (own && lowest && enough && winning.includes(own)) {
    if (near.includes(own) || !surelyBetter(context, lowest, own, rivals)) return taken(own);
    return taken(enough, { passed_over: { chosen: own.chosen, difference: own.chosen.behind } });
  }
  if (lowest && (own || k === 0)) return taken(lowest);
  return none(k === 0 ? 'No merge beats the base.' : unmeasured(context, source, k));
}

function none(reason: string | null): Recommendation {
  return { recommended: null, reason, passed_over: null, better: null, fewest: null };
}

function unmeasured({ whole, input }: Context, { place }: CurveSource, k: number): string {
  const allowed = isRestricted(whole.experiment) ? ' that the goals allow' : '';
  const planned = input.plan.lines.filter(
    ({ size, method, subset }) => size === place.size && method === place.method && subset.length === k,
  );
  if (planned.length > 0 && planned.every(({ key }) => input.results.failure(key) !== undefined))
    return `No subset of ${k} experts${allowed} could be merged and scored: ${planned.length === 1 ? 'its merge' : `all ${planned.length} merges`} failed.`;
  const swept = input.experiment.sweep.k.includes(k)
    ? 'has been measured yet'
    : 'is measured: `sweep.k` leaves that size out';
  return `No subset of ${k} experts${allowed} ${swept}.`;
}

/** Where the base is not scored, everything passes. */
function beatsBase({ weights }: Context, { base }: CurveSource): (candidate: Judged) => boolean {
  const loss = base && objectiveOf(base, weights);
  return (candidate) => loss === null || lossOf(candidate) < loss;
}

/** How much more than the best the goal lets a merge lose, nats: what a share leaves of the typical improvement. */
function tolerance({ input, weights }: Context, { base, points }: CurveSource): number {
  const { goal } = input.experiment.goals;
  if (goal.rule !== 'return') return goal.value;
  const losses = points.map((point) => objectiveOf(point.losses, weights));
  const start = Math.min(base ? objectiveOf(base, weights) : Infinity, losses[0] ?? Infinity);
  const improvement = start - Math.min(...losses);
  return improvement > 0 && Number.isFinite(improvement) ? (1 - goal.value) * improvement : 0;
}

function smallest(judged: readonly Judged[]): Judged | null {
  return judged.reduce<Judged | null>((a, b) => (a && a.chosen.k <= b.chosen.k ? a : b), null);
}

/** Choosing does with fewer experts than the typical merge that the recommended k is read off: how few. */
function fewerThan(
  { input, samples, weights }: Context,
  { chosen }: Judged,
  enough: Judged | null,
): Chosen | null {
  const isAsked = input.experiment.goals.goal.rule === 'within' && samplesShowSpread(samples, weights);
  return isAsked && enough && enough.chosen.k < chosen.k ? enough.chosen : null;
}

/** `other`, where it is better than `own` beyond what the samples leave open, and the luck of the best of its rivals. */
function surelyBetter(context: Context, other: Judged, own: Judged, rivals: number): boolean {
  if (other === own || !samplesShowSpread(context.samples, context.weights)) return false;
  const { variance, freedom } = pairedVariance(other.values, own.values, context.samples);
  const half = studentPoint(freedom, 0.05 / rivals) * Math.sqrt(variance);
  return lossOf(other) - lossOf(own) + half < 0;
}

function aheadOf({ behind: { value, low, high } }: Chosen, best: Chosen): Better {
  const negated = (end: number | null) => end && -end;
  return { chosen: best, difference: { value: -value, low: negated(high), high: negated(low) } };
}
