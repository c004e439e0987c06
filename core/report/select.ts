import { throwIfCancelled } from '../law/cancelled.ts';
import type { RecommendedK } from '../law/curve.ts';
import { attribution, type ExpertEffect } from '../selection/attribution.ts';
import { choiceVariance } from '../selection/choice-variance.ts';
import { chooseBest } from '../selection/chosen.ts';
import { samplesShowSpread } from '../selection/curve-error.ts';
import { isRounding, summedVariance, type Variance } from '../selection/estimated.ts';
import {
  influence,
  type Losses,
  type Measured,
  meanLosses,
  objectiveOf,
  objectivesOf,
} from '../selection/measured.ts';
import { pairedVariance, sampleVariance } from '../selection/sample-variance.ts';
import type { Samples } from '../selection/samples.ts';
import { subsetsOfSize } from '../selection/subset-count.ts';
import type { SubsetError } from '../selection/subset-error.ts';
import { tiedWithBest } from '../selection/tied.ts';
import { besideBest, type Judged } from './beside-best.ts';
import type { Context } from './context.ts';
import { type CurveSource, curveSubsetError } from './curves.ts';
import { estimated, estimatedBy } from './estimated.ts';
import { recommend } from './recommend.ts';
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
  const subsets = curveSubsetError(context, source, context.weights);
  const judged = besideBest(
    context,
    [...source.candidates].map(([k, candidates]) => chosenAt(context, source, subsets, k, candidates)),
  );
  return {
    attribution: makeAttribution(context, source),
    chosen: judged.map(({ chosen }) => chosen),
    ...recommend(context, source, judged, recommendedK),
  };
}

function chosenAt(
  context: Context,
  source: CurveSource,
  subsets: SubsetError | null,
  k: number,
  candidates: readonly number[],
): Judged {
  const { samples, weights, foldings, resamples, required } = context;
  const { measured } = source;
  throwIfCancelled(context.options.cancelled);
  const pool = context.input.plan.header.pool.length;
  const choice = chooseBest(candidates, measured, samples, weights, foldings);
  if (!choice) throw new RangeError(`No candidates at k = ${k}: a size without any is not listed.`);
  const best = measured[choice.best] as Measured;
  const values = influence(choice.crossFitted, samples, weights);
  const loss = objectiveOf(choice.crossFitted, weights);
  const at = source.points.findIndex((point) => point.k === k);
  const typical = source.points[at];
  const tied =
    resamples && samplesShowSpread(samples, weights)
      ? tiedWithBest(choice.best, candidates, measured, samples, weights, resamples).length
      : null;
  const againstTypical = () => {
    const around = typical?.losses ?? meanOf(candidates, measured, samples);
    return pairedVariance(values, influence(around, samples, weights), samples);
  };
  const added = tied === null || tied === 1 ? 0 : choiceVariance(tied, againstTypical());
  const withChoice = ({ variance, freedom }: Variance) => ({ variance: variance + added, freedom });
  const chosen: Chosen = {
    k,
    members: best.members,
    loss: objectiveOf(best, weights),
    cross_fitted: estimatedBy(context, loss, () => withChoice(sampleVariance([values], samples))),
    difference:
      typical === undefined
        ? null
        : estimatedBy(context, loss - objectiveOf(typical.losses, weights), () =>
            summedVariance([withChoice(againstTypical()), subsets && subsetVariance(subsets, at)]),
          ),
    behind: { value: 0, low: null, high: null },
    tied,
    measured: candidates.length,
    of: subsetsOfSize(pool - required.length, k - required.length),
  };
  return { chosen, values, choice: added };
}

function meanOf(indices: readonly number[], measured: readonly Measured[], samples: Samples): Losses {
  const rows = indices.map((index) => measured[index] as Measured);
  return meanLosses(
    rows,
    rows.map(() => 1 / rows.length),
    samples,
  );
}

/** Of the typical merge at the point `at`, from subsets that were not merged. */
function subsetVariance({ clusters, freedom }: SubsetError, at: number): Variance {
  const variance = clusters.reduce((sum, u) => sum + (u[at] as number) ** 2, 0);
  return { variance, freedom: freedom[at] as number };
}

function makeAttribution(context: Context, { measured, permutations }: CurveSource): (Attribution | null)[] {
  const { pool } = context.input.plan.header;
  const losses = objectivesOf(measured, context.weights);
  return attribution(measured, losses, pool.length, permutations, context.required).map((effect, d) => {
    if (effect === null) return null;
    throwIfCancelled(context.options.cancelled);
    const expert = pool[d] as string;
    return { expert, effect: effectInterval(context, effect, measured), comparisons: effect.comparisons };
  });
}

function effectInterval(context: Context, effect: ExpertEffect, measured: readonly Measured[]): Estimated {
  const { options, samples, weights } = context;
  const level = measured[0] ? objectiveOf(measured[0], weights) : 0;
  if (options.stage === 'points')
    return { value: isRounding(effect.value, 0, level) ? 0 : effect.value, low: null, high: null };
  // A weighted sum of losses is a loss of weighted sums: its error follows as a single model's does.
  const values = influence(meanLosses(measured, [...effect.coefficients], samples), samples, weights);
  const fromSamples = sampleVariance([values], samples);
  const { subsetVariance: variance, subsetFreedom: freedom } = effect;
  const total = summedVariance([fromSamples, variance === null ? null : { variance, freedom }]);
  if (total && isRounding(effect.value, total.variance, level))
    return estimated(context, 0, 0, total.freedom);
  return estimated(context, effect.value, total?.variance ?? null, total?.freedom ?? 0);
}
