/** What a tuned method's best step length is, at each subset and for the typical merge of each k. */
import { isNear, unitScale } from '../../design/step-design.ts';
import { samplesShowSpread } from '../../selection/curve-error.ts';
import { estimatedFrom, type Variance } from '../../selection/estimated.ts';
import { foldsIn } from '../../selection/folds.ts';
import { type Losses, meanLosses, objectiveOf } from '../../selection/measured.ts';
import { subsetsOfSize } from '../../selection/subset-count.ts';
import { subsetError } from '../../selection/subset-error.ts';
import { fallOfCurve, type MeanGain, meanGains, sampleError } from '../../selection/tuned-curve.ts';
import { type AtScale, type TunedSubset, tuneSubset } from '../../selection/tuned-subset.ts';
import { type TypicalPoint, typicalPoints } from '../../selection/typical.ts';
import type { MadeCell } from '../against-best.ts';
import { withAssistance } from '../assisted-typical.ts';
import type { Context, Unscored } from '../context.ts';
import type { ScaledSubset } from '../step-merges.ts';
import type { StepCurve, StepStudy, TunedPoint } from './step-study.ts';

interface Tuned {
  readonly subset: ScaledSubset;
  readonly merges: readonly AtScale[];
  readonly found: TunedSubset;
  readonly gain: Losses;
}

const LEAST_SCALES = 3;

/** Null for a method that is not tuned, and before the first subset is. */
export function makeStepStudy(
  context: Context,
  made: MadeCell,
  { base }: Unscored,
  permutations: readonly (readonly number[])[] | null,
): StepStudy | null {
  const { samples, weights, foldings } = context;
  const folds = foldsIn(foldings, 0);
  const known = knowsErrors(context);
  const tuned = made.scaled.flatMap((subset): Tuned[] => {
    const merges = [...(base ? [{ scale: 0, losses: base }] : []), ...subset.merges];
    if (merges.length < LEAST_SCALES) return [];
    const found = tuneSubset(merges, samples, weights, folds, known);
    const gain = meanLosses([subset.own, found.losses], [1, -1], samples);
    return [{ subset, merges, found, gain }];
  });
  if (tuned.length === 0) return null;
  const curves = tuned.map((each) => stepCurve(context, made, each));
  return {
    subsets: curves,
    unverified: curves.filter(({ verified }) => !verified).length,
    proposed: tuned.filter(({ subset }, i) => !curves[i]?.verified && !subset.followed).length,
    ...typicalOf(context, made, tuned, permutations),
  };
}

function knowsErrors({ resamples, samples, weights }: Context): boolean {
  return resamples !== null && samplesShowSpread(samples, weights);
}

function stepCurve(context: Context, { cell }: MadeCell, { subset, merges, found, gain }: Tuned): StepCurve {
  const { samples, weights } = context;
  const unit = unitScale(cell.spec, subset.members.length);
  const estimate = (losses: Losses) =>
    estimatedFrom(objectiveOf(losses, weights), [
      sampleError(losses, samples, weights, knowsErrors(context)),
    ]);
  return {
    members: subset.members,
    merges: merges.map(({ scale, losses }) => ({ scale, loss: objectiveOf(losses, weights) })),
    scale: found.scale,
    on_edge: found.on_edge,
    loss: estimate(found.losses),
    gain: estimate(gain),
    verified: merges.some(({ scale }) => isNear(scale, found.scale.value, unit)),
  };
}

function typicalOf(
  context: Context,
  { allowed, assisted }: MadeCell,
  tuned: readonly Tuned[],
  permutations: readonly (readonly number[])[] | null,
): Pick<StepStudy, 'by_k' | 'fall'> {
  const { samples, weights, resamples, input, seed, required } = context;
  const i = required.length;
  const pool = input.plan.header.pool.length;
  const gains = meanGains(
    tuned.map(({ subset, gain }) => ({ k: subset.members.length, losses: gain })),
    (k) => subsetsOfSize(pool - i, k - i),
    samples,
    weights,
  );
  // Every plan measures the ends in full, whether the sweep has them or not.
  const isEnd = (k: number) => k === 1 || k === pool;
  const rows = allowed.map((row) =>
    isEnd(row.members.length) ? { ...row, draws: Math.max(1, row.draws) } : row,
  );
  const points = withAssistance(typicalPoints(rows, pool, samples, i), assisted);
  const errors = subsetError(points, rows, pool, samples, weights, permutations, i);
  const by_k = gains.flatMap((gain): TunedPoint[] => {
    const at = points.findIndex(({ k }) => k === gain.k);
    const point = points[at];
    if (!point) return [];
    const scales = tuned
      .filter(({ subset }) => subset.members.length === gain.k)
      .map(({ found }) => found.scale.value);
    const fromSubsets = errors && {
      variance: errors.clusters.reduce((sum, cluster) => sum + (cluster[at] as number) ** 2, 0),
      freedom: errors.freedom[at] as number,
    };
    const scale = scales.reduce((sum, each) => sum + each, 0) / scales.length;
    return [{ scale, ...tunedPoint(context, gain, point, fromSubsets) }];
  });
  const ends = [1, pool].map((k) => {
    const gain = gains.find((each) => each.k === k);
    const typical = points.find((each) => each.k === k && each.exhaustive)?.losses;
    return gain && typical ? { gain, typical } : null;
  });
  const [first, last] = ends;
  const shown = resamples && knowsErrors(context) ? resamples : null;
  const fall = pool > 1 && first && last ? fallOfCurve(first, last, samples, weights, shown, seed) : null;
  return { by_k, fall };
}

function tunedPoint(
  context: Context,
  { k, losses, subsets, of, subsetError: ofGains }: MeanGain,
  point: TypicalPoint,
  ofTypical: Variance | null,
): Omit<TunedPoint, 'scale'> {
  const { samples, weights } = context;
  const known = knowsErrors(context);
  const estimate = (row: Losses, more: readonly (Variance | null)[]) =>
    estimatedFrom(objectiveOf(row, weights), [sampleError(row, samples, weights, known), ...more]);
  const tuned = meanLosses([point.losses, losses], [1, -1], samples);
  return {
    k,
    fixed: estimate(point.losses, [ofTypical]),
    // Summed, since a subset of high loss gains more: that errs on the safe side.
    tuned: estimate(tuned, [ofTypical, ofGains]),
    gain: estimate(losses, [ofGains]),
    subsets,
    of,
  };
}
