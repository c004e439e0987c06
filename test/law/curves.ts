/** Curves for the tests of this folder. */
import type { CurveData, FitOptions } from '../../core/law/input.ts';

export const NINE = [1, 2, 3, 4, 5, 6, 7, 8, 9];

export function curveOf(
  k: readonly number[],
  losses: readonly number[],
  more: Partial<CurveData> = {},
): CurveData {
  return {
    domain: null,
    N: null,
    pool: Math.max(1, ...k),
    k,
    mean: Float64Array.from(losses),
    covariance: null,
    weights: null,
    replicates: null,
    base: null,
    baseReplicates: null,
    chosenBeatsBase: null,
    exhaustive: true,
    ...more,
  };
}

export function asked(more: Partial<FitOptions> = {}): FitOptions {
  return {
    goal: { rule: 'within', value: 0.01 },
    form: null,
    forecast: [],
    epsilon: null,
    returns: [],
    interval: 'pool',
    stage: 'complete',
    seed: 1,
    leaveOneOut: null,
    ...more,
  };
}

/** Covariance of a level shared by all k (sd `shared`) and errors of each k's own (sd `own`). */
export function covarianceOf(size: number, shared: number, own: number): Float64Array {
  const C = new Float64Array(size * size).fill(shared ** 2);
  for (let i = 0; i < size; i++) C[i * size + i] = shared ** 2 + own ** 2;
  return C;
}
