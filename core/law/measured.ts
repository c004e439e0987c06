import type { Interval } from './curve.ts';
import type { Estimate } from './estimate.ts';
import type { Jackknife } from './jackknife.ts';
import { student95 } from './student.ts';
import type { UsablePoints } from './usable-points.ts';
import { at } from './whitening.ts';

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
  const { k, C, known, df, shared } = points;
  const scale = known ? 1 : (estimate?.scale ?? null);
  if (scale === null) return [null, null];
  let variance = 0;
  let uncertainty = 0;
  for (const a of terms) {
    const i = k.indexOf(a.k);
    uncertainty += (a.weight ** 2 * at(C, i * k.length + i)) ** 2 / at(df, i);
    for (const b of terms) variance += a.weight * b.weight * at(C, i * k.length + k.indexOf(b.k)) * scale;
  }
  variance = Math.max(0, variance);
  const free = known
    ? shared || uncertainty === 0
      ? Math.min(...df)
      : variance ** 2 / uncertainty
    : k.length - (estimate?.fit.p ?? k.length);
  if (knife)
    return knife.interval(terms, value, { interval: [null, null], df: free, se: Math.sqrt(variance) });
  const half = student95(free) * Math.sqrt(variance);
  return [value - half, value + half];
}
