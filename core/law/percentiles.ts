import type { Interval } from './curve.ts';

/** 2.5 and 97.5 percentiles, widened to hold the estimate; an end that is not finite has no limit. */
export function percentiles(values: readonly number[], estimate: number): Interval {
  const sorted = Float64Array.from(values).sort();
  const low = sorted[Math.floor(0.025 * sorted.length)] ?? Number.NEGATIVE_INFINITY;
  const high = sorted[Math.ceil(0.975 * sorted.length) - 1] ?? Number.POSITIVE_INFINITY;
  return [finite(Math.min(low, estimate)), finite(Math.max(high, estimate))];
}

function finite(end: number): number | null {
  return Number.isFinite(end) ? end : null;
}
