import { halfWidth, samplesShowSpread } from '../selection/curve-error.ts';
import type { Context } from './context.ts';
import type { Estimated } from './report.ts';

/** A value with its 95% interval, which is left out at the points stage and where the variance is not known. */
export function estimated(
  { options, samples, weights }: Context,
  value: number,
  variance: number | null,
  freedom: number,
): Estimated {
  if (options.stage === 'points' || variance === null || !samplesShowSpread(samples, weights))
    return { value, low: null, high: null };
  const half = halfWidth(variance, freedom);
  return { value, low: value - half, high: value + half };
}
