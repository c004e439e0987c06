import { objectiveOf } from '../../selection/measured.ts';
import type { PlanMethod } from '../../store/format.ts';
import { bestWeights } from '../../surrogate/best-weights.ts';
import { predictedCurve } from '../../surrogate/curve.ts';
import { fitSurrogate } from '../../surrogate/fit.ts';
import type { Predicted } from '../../surrogate/jackknife.ts';
import type { SurrogateMerge } from '../../surrogate/merge.ts';
import { proposeSubsets } from '../../surrogate/propose.ts';
import type { MadeCell } from '../against-best.ts';
import type { Context, Unscored } from '../context.ts';
import type { Estimated } from '../report.ts';
import type { CellStudy } from './study.ts';

/** Null for methods that are not linear in the task vectors, and for those that keep out of claims. */
export function makePredicted(
  context: Context,
  { cell, measured }: MadeCell,
  { base }: Unscored,
): CellStudy['predicted'] {
  const step = stepOf(cell.spec);
  if (!step || !cell.claims_law) return null;
  const { weights, seed, input } = context;
  const { pool } = input.plan.header;
  const merges = measured.map((row): SurrogateMerge => {
    const { members } = row;
    return { members, step: step(members.length), loss: objectiveOf(row, weights) };
  });
  const surrogate = fitSurrogate(merges, pool.length, base && objectiveOf(base, weights), seed);
  if (surrogate.kind === 'refused') return surrogate;
  const ks = Array.from({ length: pool.length }, (_, i) => i + 1);
  const { must_include, must_exclude } = input.experiment.goals;
  const indices = (names: readonly string[]) => names.map((name) => pool.indexOf(name)).filter((i) => i >= 0);
  const constraints = {
    mustInclude: indices(must_include),
    mustExclude: indices(must_exclude),
    atMost: null,
  };
  const best = bestWeights(surrogate, merges, constraints.mustExclude);
  return {
    kind: 'predicted',
    agreement: surrogate.agreement,
    curve: predictedCurve(surrogate, merges, ks, step).map(({ k, measured: own, of, ...loss }) => ({
      k,
      loss: estimate(loss),
      measured: own,
      of,
    })),
    proposal: proposeSubsets(surrogate, merges, ks, step, constraints, seed).subsets.map(
      ({ members, predicted }) => ({ members, loss: estimate(predicted) }),
    ),
    weights: best && {
      weights: [...best.weights],
      length: best.length,
      loss: estimate(best.predicted),
      gain: estimate(best.gain),
    },
  };
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
