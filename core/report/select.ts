import { throwIfCancelled } from '../law/cancelled.ts';
import type { RecommendedK } from '../law/curve.ts';
import { attribution, type ExpertEffect } from '../selection/attribution.ts';
import { chooseBest } from '../selection/chosen.ts';
import { halfWidth, samplesShowSpread } from '../selection/curve-error.ts';
import { summedVariance } from '../selection/estimated.ts';
import { pooledFreedom } from '../selection/freedom.ts';
import { influence, type Measured, meanLosses, objectiveOf } from '../selection/measured.ts';
import { pairedVariance, sampleVariance } from '../selection/sample-variance.ts';
import { subsetsOfSize } from '../selection/subset-count.ts';
import { subsetError } from '../selection/subset-error.ts';
import { tiedWithBest } from '../selection/tied.ts';
import { isRestricted } from './allowed.ts';
import type { Context } from './context.ts';
import type { CurveSource } from './curves.ts';
import type { Attribution, Chosen, Estimated, Selection } from './report.ts';

/** Indices of subsets by k, ascending. */
export function candidatesByK(allowed: readonly Measured[]): Map<number, number[]> {
  const byK = new Map<number, number[]>();
  const order = allowed.map((_, index) => index).sort((a, b) => sizeOf(allowed, a) - sizeOf(allowed, b));
  for (const index of order) {
    const k = sizeOf(allowed, index);
    const same = byK.get(k);
    if (same) same.push(index);
    else byK.set(k, [index]);
  }
  return byK;
}

function sizeOf(measured: readonly Measured[], index: number): number {
  return (measured[index] as Measured).members.length;
}

/** Who helps, the best measured subset of each size, and the one to take. */
export function makeSelection(
  context: Context,
  source: CurveSource,
  recommendedK: RecommendedK | null,
): Selection | null {
  if (source.measured.length === 0) return null;
  const judged = compared(
    context,
    [...source.candidates].map(([k, candidates]) => chosenAt(context, source, k, candidates)),
  );
  const chosen = judged.map((each) => each.chosen);
  const { recommended, reason } = recommend(context, source, chosen, recommendedK);
  return {
    attribution: makeAttribution(context, source),
    chosen,
    recommended,
    reason,
    better: betterThan(context, judged, recommended),
    fewest: fewestChosen(context, source, chosen, recommended),
  };
}

interface Judged {
  readonly chosen: Chosen;
  /** Influence of its cross-fitted loss, shape (S). */
  readonly values: Float64Array;
}

/** Each beside the one of lowest cross-fitted loss. */
function compared(context: Context, judged: readonly Judged[]): readonly Judged[] {
  const best = judged.reduce<Judged | null>(
    (a, b) => (a === null || b.chosen.cross_fitted.value < a.chosen.cross_fitted.value ? b : a),
    null,
  );
  if (best === null) return [];
  return judged.map((each) => {
    if (each === best) return each;
    const value = each.chosen.cross_fitted.value - best.chosen.cross_fitted.value;
    const { variance, freedom } = pairedVariance(each.values, best.values, context.samples);
    const behind = estimated(context, value, variance, freedom);
    return { ...each, chosen: { ...each.chosen, behind } };
  });
}

/** Choosing does with fewer experts than the typical merge that the recommended k is read off: how few. */
function fewestChosen(
  context: Context,
  source: CurveSource,
  chosen: readonly Chosen[],
  recommended: Chosen | null,
): Chosen | null {
  const { goal } = context.input.experiment.goals;
  if (goal.rule !== 'within' || !recommended) return null;
  const lowest = chosen.reduce((a, { cross_fitted }) => Math.min(a, cross_fitted.value), Infinity);
  const beats = beatsBase(context, source);
  const enough = chosen
    .filter((each) => each.k >= 1 && beats(each) && each.cross_fitted.value <= lowest + goal.value)
    .reduce<Chosen | null>((a, b) => (a === null || b.k < a.k ? b : a), null);
  return enough && enough.k < recommended.k ? enough : null;
}

/** Where the base is not scored, everything passes. */
function beatsBase({ weights }: Context, source: CurveSource): (candidate: Chosen) => boolean {
  const base = source.base && objectiveOf(source.base, weights);
  return ({ cross_fitted }) => base === null || cross_fitted.value < base;
}

/** The chosen subset of lowest cross-fitted loss, where it is surely better than the recommended one. */
function betterThan(
  context: Context,
  judged: readonly Judged[],
  recommended: Chosen | null,
): Selection['better'] {
  const own = judged.find(({ chosen }) => chosen === recommended);
  // Whatever is sure has an interval, and early in a run one size may have a single subset to choose.
  if (!own || context.options.stage === 'points') return null;
  if (!samplesShowSpread(context.samples, context.weights)) return null;
  const best = judged.reduce((a, b) => (b.chosen.cross_fitted.value < a.chosen.cross_fitted.value ? b : a));
  const difference = best.chosen.cross_fitted.value - own.chosen.cross_fitted.value;
  const { variance, freedom } = pairedVariance(best.values, own.values, context.samples);
  if (difference + halfWidth(variance, freedom) >= 0) return null;
  return { chosen: best.chosen, difference: estimated(context, difference, variance, freedom) };
}

function chosenAt(context: Context, source: CurveSource, k: number, candidates: readonly number[]): Judged {
  const { samples, weights, folds, resamples, required } = context;
  const { measured } = source;
  throwIfCancelled(context.options.cancelled);
  const pool = context.input.plan.header.pool.length;
  const choice = chooseBest(candidates, measured, samples, weights, folds);
  if (!choice) throw new RangeError(`No candidates at k = ${k}: a size without any is not listed.`);
  const best = measured[choice.best] as Measured;
  const values = influence(choice.crossFitted, samples, weights);
  const loss = objectiveOf(choice.crossFitted, weights);
  const { variance, freedom } = sampleVariance([values], samples);
  const at = source.points.findIndex((point) => point.k === k);
  const typical = source.points[at];
  let difference: Estimated | null = null;
  if (typical) {
    const { permutations } = source;
    const i = required.length;
    const subsets = subsetError(source.points, measured, pool, samples, weights, permutations, i);
    const fromSubsets = subsets?.clusters.reduce((sum, u) => sum + (u[at] as number) ** 2, 0) ?? null;
    const fromSamples = pairedVariance(values, influence(typical.losses, samples, weights), samples);
    difference = estimated(
      context,
      loss - objectiveOf(typical.losses, weights),
      fromSubsets === null ? null : fromSamples.variance + fromSubsets,
      pooledFreedom([fromSamples, { variance: fromSubsets ?? 0, freedom: subsets?.freedom[at] ?? 1 }]),
    );
  }
  const chosen: Chosen = {
    k,
    members: best.members,
    loss: objectiveOf(best, weights),
    cross_fitted: estimated(context, loss, variance, freedom),
    difference,
    behind: { value: 0, low: null, high: null },
    tied:
      resamples && samplesShowSpread(samples, weights)
        ? tiedWithBest(choice.best, candidates, measured, samples, weights, resamples).length
        : null,
    measured: candidates.length,
    of: subsetsOfSize(pool - required.length, k - required.length),
  };
  return { chosen, values };
}

/** A value with its 95% interval, which is left out at the points stage and where the variance is not known. */
export function estimated(
  { options, samples, weights }: Context,
  value: number,
  variance: number | null,
  freedom: number,
): Estimated {
  if (options.stage === 'points' || variance === null || !samplesShowSpread(samples, weights))
    return { value, low: null, high: null };
  const half = halfWidth(variance, freedom);
  return { value, low: value - half, high: value + half };
}

function makeAttribution(context: Context, { measured, permutations }: CurveSource): (Attribution | null)[] {
  const { pool } = context.input.plan.header;
  const losses = Float64Array.from(measured, (row) => objectiveOf(row, context.weights));
  return attribution(measured, losses, pool.length, permutations, context.required).map((effect, d) => {
    if (effect === null) return null;
    throwIfCancelled(context.options.cancelled);
    const expert = pool[d] as string;
    return { expert, effect: effectInterval(context, effect, measured), comparisons: effect.comparisons };
  });
}

function effectInterval(context: Context, effect: ExpertEffect, measured: readonly Measured[]): Estimated {
  const { options, samples, weights } = context;
  if (options.stage === 'points') return { value: effect.value, low: null, high: null };
  // A weighted sum of losses is a loss of weighted sums: its error follows as a single model's does.
  const values = influence(meanLosses(measured, [...effect.coefficients], samples), samples, weights);
  const fromSamples = sampleVariance([values], samples);
  const { subsetVariance: variance, subsetFreedom: freedom } = effect;
  const total = summedVariance([fromSamples, variance === null ? null : { variance, freedom }]);
  return estimated(context, effect.value, total?.variance ?? null, total?.freedom ?? 0);
}

/** The chosen subset of the asked size; where only other sizes beat the base, the best of those. */
function recommend(
  context: Context,
  source: CurveSource,
  chosen: readonly Chosen[],
  recommendedK: RecommendedK | null,
): { recommended: Chosen | null; reason: string | null } {
  const { pick } = context.input.experiment.goals;
  const none = (reason: string) => ({ recommended: null, reason });
  const beats = beatsBase(context, source);
  if (chosen.length > 0 && !chosen.some(beats))
    return none('No measured subset beats the base on samples that it was not chosen on.');
  const k = pick ?? recommendedK?.k ?? null;
  if (k === null) return none('There is no recommended k; `pick` under `goals` names a size.');
  const own = chosen.find((candidate) => candidate.k === k);
  if (own && (pick !== null || beats(own))) return { recommended: own, reason: null };
  if (own || k === 0) {
    const best = chosen
      .filter(beats)
      .reduce<Chosen | null>(
        (a, b) => (a === null || b.cross_fitted.value < a.cross_fitted.value ? b : a),
        null,
      );
    if (best) return { recommended: best, reason: null };
  }
  if (k === 0) return none('No merge beats the base.');
  const allowed = isRestricted(context.whole.experiment) ? ' that the goals allow' : '';
  const swept = context.input.experiment.sweep.k.includes(k)
    ? 'has been measured yet'
    : 'is measured: `sweep.k` leaves that size out';
  return none(`No subset of ${k} experts${allowed} ${swept}.`);
}
