import type { Interval } from './curve.ts';
import type { Estimate } from './estimate.ts';
import type { Jackknife } from './jackknife.ts';
import { student95 } from './student.ts';
import { samplingVariance, type UsablePoints } from './usable-points.ts';

/**
 * The interval of Σ weight·L(k) over measured k's around its `value`: from the covariance, or, where that is unknown,
 * from the residuals of the law (which then take the misfit for error). Ends null where neither is to be had.
 */
export function measuredInterval(
  points: UsablePoints,
  estimate: Estimate | null,
  knife: Jackknife | null,
  terms: readonly { readonly k: number; readonly weight: number }[],
  value: number,
): Interval {
  const { k, known } = points;
  const scale = known ? 1 : (estimate?.scale ?? null);
  if (scale === null) return [null, null];
  const c = new Float64Array(k.length);
  for (const term of terms) c[k.indexOf(term.k)] = term.weight;
  const sampling = samplingVariance(points, c);
  const variance = scale * sampling.variance;
  const free = known ? sampling.df : k.length - (estimate?.fit.p ?? k.length);
  if (knife)
    return knife.interval(terms, value, { interval: [null, null], df: free, se: Math.sqrt(variance) });
  const half = student95(free) * Math.sqrt(variance);
  return [value - half, value + half];
}
