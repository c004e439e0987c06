import { fitCurve } from '../law/fit-curve.ts';
import type { CurveData, FitOptions } from '../law/input.ts';
import { crossFittedLoss } from '../selection/chosen.ts';
import { type CurveError, curveError, curveReplicates, halfWidth } from '../selection/curve-error.ts';
import { jackknifeVariance, leaveOneOut } from '../selection/leave-one-out.ts';
import { type Losses, type Measured, objectiveOf, objectivesOf } from '../selection/measured.ts';
import { replicatesOf } from '../selection/resample.ts';
import type { DomainWeights } from '../selection/samples.ts';
import { type SubsetError, subsetError } from '../selection/subset-error.ts';
import type { TypicalPoint } from '../selection/typical.ts';
import type { Context } from './context.ts';
import type { Curve, CurvePoint } from './report.ts';

/** The measured side of one cell. */
export interface CurveSource {
  readonly place: { readonly size: string; readonly method: number };
  readonly points: readonly TypicalPoint[];
  readonly measured: readonly Measured[];
  /** Indices of `measured` that may be chosen, by k. */
  readonly candidates: ReadonlyMap<number, readonly number[]>;
  readonly base: Losses | null;
  readonly permutations: readonly (readonly number[])[] | null;
  /** Billions of parameters. */
  readonly N: number;
}

/** A curve with what it was fitted to. */
export interface MadeCurve {
  readonly curve: Curve;
  readonly data: CurveData;
}

/** The typical curve under one weighting of the domains, its law, and its points. */
export function makeCurve(
  context: Context,
  source: CurveSource,
  domain: string | null,
  weights: DomainWeights,
): MadeCurve {
  const { input, options, samples, resamples, required } = context;
  const { points, measured, base } = source;
  const pool = input.plan.header.pool.length;
  const goals = input.experiment.goals;
  const subsets = curveSubsetError(context, source, weights);
  const error = curveError(points, samples, weights, subsets);
  const left =
    goals.interval === 'population' ? leaveOneOut(points, measured, pool, weights, required) : null;
  const known = resamples !== null && subsets !== null && error.covariance !== null;
  const baseLoss = base && objectiveOf(base, weights);
  const data: CurveData = {
    domain,
    N: source.N,
    pool,
    from: Math.max(1, required.length),
    k: points.map(({ k }) => k),
    mean: error.mean,
    covariance: error.covariance ?? 'hidden',
    weights: null,
    replicates: known ? curveReplicates(points, samples, weights, subsets, resamples, context.seed) : null,
    base: baseLoss,
    baseReplicates: known && base ? (replicatesOf([base], samples, weights, resamples)[0] ?? null) : null,
    chosenBeatsBase: chosenBeats(context, source, weights, baseLoss),
    exhaustive: points.every(({ exhaustive }) => exhaustive),
    degreesOfFreedom: error.jointFreedom,
  };
  const law = fitCurve(data, lawOptions(context, left));
  const curve = {
    ...law,
    points: curvePoints(source, weights, error, options.stage, left, pool - required.length),
  };
  return { curve, data };
}

/** Of the curve's points under these weights, by merges that were not measured. */
export function curveSubsetError(
  { input, samples, required }: Context,
  { points, measured, permutations }: CurveSource,
  weights: DomainWeights,
): SubsetError | null {
  const pool = input.plan.header.pool.length;
  return subsetError(points, measured, pool, samples, weights, permutations, required.length);
}

/** @param left typical curves of the pools without one expert, for intervals of a population; else null */
export function lawOptions({ input, options, seed }: Context, left: FitOptions['leaveOneOut']): FitOptions {
  const { goal, interval } = input.experiment.goals;
  return {
    goal,
    form: null,
    forecast: options.forecast ?? [],
    epsilon: goal.rule === 'epsilon' ? goal.value : null,
    returns: goal.rule === 'return' ? [goal.value] : [],
    interval,
    stage: options.stage,
    seed,
    leaveOneOut: left,
    ...(options.cancelled ? { cancelled: options.cancelled } : {}),
  };
}

/** Does the cross-fitted chosen subset beat the base at any k? Null while the base or all merges are missing. */
function chosenBeats(
  context: Context,
  source: CurveSource,
  weights: DomainWeights,
  base: number | null,
): boolean | null {
  if (base === null || source.candidates.size === 0) return null;
  for (const candidates of source.candidates.values()) {
    const loss = crossFittedLoss(candidates, source.measured, context.samples, weights, context.foldings);
    if (loss !== null && loss < base) return true;
  }
  return false;
}

function curvePoints(
  { points, measured }: CurveSource,
  weights: DomainWeights,
  error: CurveError,
  stage: 'points' | 'complete',
  left: Float64Array | null,
  pool: number,
): CurvePoint[] {
  const K = points.length;
  const jackknife = left && jackknifeVariance(left, pool, K);
  const losses = objectivesOf(measured, weights);
  return points.map((point, at) => {
    const mean = error.mean[at] as number;
    const own = error.covariance?.[at * K + at];
    const overExperts = jackknife ? (jackknife[at] as number) : 0;
    let half: number | null = null;
    if (stage === 'complete' && own !== undefined && Number.isFinite(overExperts)) {
      // Experts like these: M − 1 degrees of freedom bound whatever the samples allow.
      const freedom = Math.min(error.freedom[at] as number, jackknife ? pool - 1 : Number.POSITIVE_INFINITY);
      half = halfWidth(own + overExperts, freedom);
    }
    return {
      k: point.k,
      mean,
      low: half === null ? null : mean - half,
      high: half === null ? null : mean + half,
      subsets: point.entries.length,
      of: point.of,
      draws: point.draws,
      ...spread(point, losses),
    };
  });
}

/** @param losses of all that are measured */
function spread({ entries }: TypicalPoint, losses: Float64Array): Pick<CurvePoint, 'sd' | 'min' | 'max'> {
  let [sum, min, max] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { index } of entries) {
    const value = losses[index] as number;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const mean = sum / entries.length;
  let squares = 0;
  for (const { index } of entries) squares += ((losses[index] as number) - mean) ** 2;
  return { sd: entries.length < 2 ? null : Math.sqrt(squares / (entries.length - 1)), min, max };
}
