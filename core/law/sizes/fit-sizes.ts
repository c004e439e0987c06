import { throwIfCancelled } from '../cancelled.ts';
import type { CurveData } from '../input.ts';
import { bySize } from './by-size.ts';
import { drawJoint, drawMethod, drawSharedOffset } from './draws.ts';
import { sizeForecasts } from './forecast.ts';
import { heldOutSizes } from './held-out.ts';
import { isoLines, isoLosses } from './iso-loss.ts';
import { FEWEST_SIZES, fitJoint, type JointFit, predictJoint } from './joint-fit.ts';
import type { OffsetForm } from './joint-model.ts';
import { boundsOf, jointIntervals, standingOf } from './parameters.ts';
import { type SizePoints, sizePoints } from './points.ts';
import { fitSharedOffset, testSharedOffset } from './shared-offset.ts';
import type { SizesLaw } from './sizes-law.ts';
import { sizeWarnings } from './warnings.ts';

export interface SizesOptions {
  /** `paper` holds b ≥ 0; default `signed`, b ≥ −0.8. */
  readonly form?: OffsetForm;
  /** Further sizes (billions) and k's to forecast. */
  readonly forecast?: { readonly N: readonly number[]; readonly k: readonly number[] };
  /** Losses of the iso-loss lines, nats; default: a few round ones. */
  readonly losses?: readonly number[];
  /** `points`: no intervals, in a few milliseconds. */
  readonly stage: 'points' | 'complete';
  /** Seeds the draws: derived from content by the caller. */
  readonly seed: number;
  /** Asked between slow steps; true ends the work early by throwing `Cancelled`. */
  readonly cancelled?: () => boolean;
}

/**
 * The law over sizes and experts together (arXiv 2509.24244 eq. 1), from one domain's curves at several sizes; each
 * with its `N`, replicates of all paired. What cannot be known is null, with its reason. Throws `Cancelled` only.
 */
export function fitSizes(data: readonly CurveData[], options: SizesOptions): SizesLaw {
  const complete = options.stage === 'complete';
  const form = options.form ?? 'signed';
  const points = sizePoints(data, complete);
  const reasons: Record<string, string> = {};
  const fit = fitJoint(points, form);
  if (!fit) reasons['parameters'] = noFit(points);
  const shared = fitSharedOffset(points, form);
  if (!shared) reasons['by_size'] = 'no size has three k, or there are fewer points than parameters';
  throwIfCancelled(options.cancelled);

  const draws = complete && fit ? drawJoint(fit, options) : null;
  const offsets = complete && shared ? drawSharedOffset(shared, options) : null;
  const intervals = fit && draws ? jointIntervals(fit, draws) : null;
  if (!intervals) reasons['intervals'] = noIntervals(points, fit, complete);
  const standing = fit && standingOf(fit, intervals);
  const heldOut = fit ? heldOutSizes(points, form) : [];
  const test = shared && testSharedOffset(shared);
  if (shared && !test)
    reasons['shared_b'] = 'fewer than two sizes have three k, or nothing is left to judge them by';
  const asked = options.forecast ?? { N: [], k: [] };
  return {
    domain: data[0]?.domain ?? null,
    sizes: points.N,
    pool: points.pool,
    form,
    parameters: fit ? fit.model.parameters(fit.x, fit.linear) : null,
    intervals,
    interval_method: fit && draws ? drawMethod(points, fit.misfit) : null,
    bounds: fit && boundsOf(fit.model),
    standing,
    r2: fit && goodness(fit).r2,
    rmse: fit && goodness(fit).rmse,
    misfit: fit && points.known ? Math.sqrt(fit.misfit) : null,
    paper: fit && paperFit(fit),
    by_size: shared && bySize(shared, offsets, test),
    held_out: heldOut,
    forecast: fit ? sizeForecasts(points, fit, draws, heldOut, asked) : [],
    iso_loss: fit ? isoLines(fit, options.losses ?? isoLosses(points.y), points.pool) : [],
    reasons,
    warnings: sizeWarnings(points, fit, standing, test, asked.N),
  };
}

function noFit(points: SizePoints): string {
  const count = points.N.length;
  if (count < FEWEST_SIZES)
    return `a law over sizes needs three of them, and there ${count === 1 ? 'is' : 'are'} ${count}`;
  return 'six parameters need six points, at more than one k';
}

function noIntervals({ hidden }: SizePoints, fit: JointFit | null, complete: boolean): string {
  if (!complete) return 'point estimates only so far';
  if (!fit) return 'there is no law to give intervals for';
  if (hidden) return 'the errors of the losses are not known at every size';
  return 'as many parameters as points, and the errors of the losses are unknown';
}

function paperFit(fit: JointFit): SizesLaw['paper'] {
  // With b ≥ 0 anyway, both are the same.
  const paper = fit.form === 'paper' || fit.model.b(fit.x) >= 0 ? fit : fitJoint(fit.points, 'paper');
  return paper && { parameters: paper.model.parameters(paper.x, paper.linear), ...goodness(paper) };
}

/** Root mean square residual (nats) and R² over all points, both unweighted; R² null for a constant. */
function goodness(fit: JointFit): { rmse: number; r2: number | null } {
  const { N, curves, y } = fit.points;
  const mean = y.reduce((sum, value) => sum + value, 0) / y.length;
  let [residual, total] = [0, 0];
  curves.forEach((curve, s) => {
    curve.k.forEach((k, i) => {
      residual += ((curve.y[i] ?? 0) - predictJoint(fit, N[s] ?? 1, k)) ** 2;
      total += ((curve.y[i] ?? 0) - mean) ** 2;
    });
  });
  return { rmse: Math.sqrt(residual / y.length), r2: total > 0 ? 1 - residual / total : null };
}
