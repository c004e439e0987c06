import { influence, objectiveOf } from '../../selection/measured.ts';
import { pairedVariance, sampleVariance } from '../../selection/sample-variance.ts';
import type { PlanMethod } from '../../store/format.ts';
import { bestWeights } from '../../surrogate/best-weights.ts';
import { predictedCurve } from '../../surrogate/curve.ts';
import { fitSurrogate } from '../../surrogate/fit.ts';
import type { Predicted } from '../../surrogate/jackknife.ts';
import type { SurrogateMerge } from '../../surrogate/merge.ts';
import { type ProposedSubset as Proposed, proposeSubsets } from '../../surrogate/propose.ts';
import type { MadeCell } from '../against-best.ts';
import type { Context, Unscored } from '../context.ts';
import { estimated } from '../estimated.ts';
import type { Estimated } from '../report.ts';
import type { WeightedMerge } from '../weighted.ts';
import { namedWeights } from './merge-weights.ts';
import type { CellStudy, MeasuredWeights, PredictedStudy } from './study.ts';

/** Null for methods that are not linear in the task vectors, and for those that keep out of claims. */
export function makePredicted(
  context: Context,
  made: MadeCell,
  { base }: Unscored,
  weighted: readonly WeightedMerge[],
): CellStudy['predicted'] {
  const { cell, measured } = made;
  const step = stepOf(cell.spec);
  if (!step || !cell.claims_law) return null;
  const { weights, seed, input, required } = context;
  const { pool } = input.plan.header;
  const merges = measured.map((row): SurrogateMerge => {
    const { members } = row;
    return { members, step: step(members.length), loss: objectiveOf(row, weights) };
  });
  const surrogate = fitSurrogate(merges, pool.length, base && objectiveOf(base, weights), seed);
  if (surrogate.kind === 'refused') return surrogate;
  const isFree = required.length === 0;
  const ks = isFree ? Array.from({ length: pool.length }, (_, i) => i + 1) : [];
  const constraints = { mustInclude: required, mustExclude: [], atMost: null };
  const best = isFree ? bestWeights(surrogate, merges, []) : null;
  const measuredWeights = measuredOf(context, made, weighted);
  const failed = failedIn(context, cell);
  const { pick } = input.experiment.goals;
  const asked = [...new Set([...input.experiment.sweep.k, ...(pick === null ? [] : [pick])])].filter(
    (k) => k >= required.length,
  );
  return {
    kind: 'predicted',
    agreement: surrogate.agreement,
    curve: predictedCurve(surrogate, merges, ks, step).map(({ k, measured: own, of, ...loss }) => ({
      k,
      loss: estimate(loss),
      measured: own,
      of,
    })),
    proposal: proposed(
      cell,
      proposeSubsets(surrogate, merges, asked, step, constraints, seed).subsets.filter(
        ({ members }) => !failed.has(members.join()),
      ),
    ),
    weights: best && {
      weights: [...best.weights],
      length: best.length,
      loss: estimate(best.predicted),
      gain: estimate(best.gain),
      verify:
        best.gain.value > 0 &&
        measuredWeights.every(
          (own) =>
            best.predicted.value < own.loss.value && !sameWeights(pool, own.weights, [...best.weights]),
        ),
    },
    measured_weights: measuredWeights,
  };
}

/** Members of merges that were tried, and cannot be made. */
function failedIn({ input }: Context, { size, method }: MadeCell['cell']): ReadonlySet<string> {
  const { header, lines } = input.plan;
  const failed = lines.filter(
    (line) => line.size === size && line.method === method && input.results.failure(line.key) !== undefined,
  );
  return new Set(
    failed.map(({ subset }) =>
      subset
        .map((name) => header.pool.indexOf(name))
        .sort((a, b) => a - b)
        .join(),
    ),
  );
}

function proposed({ selection }: MadeCell['cell'], subsets: readonly Proposed[]): PredictedStudy['proposal'] {
  const measured = new Map(selection?.chosen.map(({ k, loss }) => [k, loss]));
  const promising = new Set(
    subsets.flatMap(({ members: { length: k }, predicted }) =>
      predicted.value < (measured.get(k) ?? Number.POSITIVE_INFINITY) ? [k] : [],
    ),
  );
  return subsets.map(({ members, predicted }) => ({
    members,
    loss: estimate(predicted),
    verify: promising.has(members.length),
  }));
}

function measuredOf(
  context: Context,
  { cell, allowed }: MadeCell,
  weighted: readonly WeightedMerge[],
): MeasuredWeights[] {
  const { samples, weights, required } = context;
  const best = allowed.reduce((a, b) => (objectiveOf(b, weights) < objectiveOf(a, weights) ? b : a));
  const against = influence(best, samples, weights);
  return weighted
    .filter(({ size, weights: own }) => size === cell.size && required.every((d) => (own[d] ?? 0) > 0))
    .map(({ weights: merged, losses }) => {
      const values = influence(losses, samples, weights);
      const [own, paired] = [sampleVariance([values], samples), pairedVariance(values, against, samples)];
      const value = objectiveOf(losses, weights);
      const fall = objectiveOf(best, weights) - value;
      return {
        weights: merged,
        loss: estimated(context, value, own.variance, own.freedom),
        domains: [...losses.domains],
        gain: estimated(context, fall, paired.variance, paired.freedom),
      };
    })
    .sort((a, b) => a.loss.value - b.loss.value);
}

/** In the digits that they are merged with. */
function sameWeights(pool: readonly string[], a: readonly number[], b: readonly number[]): boolean {
  return JSON.stringify(namedWeights({ pool }, a)) === JSON.stringify(namedWeights({ pool }, b));
}

/** α of each member of a subset of size k, where the merge is θ0 + α·Σv; null where it is no such sum. */
export function stepOf(method: PlanMethod): ((k: number) => number) | null {
  if (method.method === 'average') return (k) => 1 / k;
  if (method.method !== 'task_arithmetic') return null;
  const { scale, normalize } = method;
  return typeof scale === 'number' ? (k) => (normalize ? scale / k : scale) : null;
}

function estimate({ value, interval: [low, high] }: Pick<Predicted, 'value' | 'interval'>): Estimated {
  return { value, low, high };
}
