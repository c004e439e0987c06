import { halfWidth, samplesShowSpread } from '../selection/curve-error.ts';
import type { Variance } from '../selection/estimated.ts';
import type { Context } from './context.ts';
import type { Estimated } from './report.ts';

/**
 * A value with its 95% interval, which is left out at the points stage and where the variance is not known.
 * @param error asked only where there is an interval
 */
export function estimatedBy(
  { options, samples, weights }: Context,
  value: number,
  error: () => Variance | null,
): Estimated {
  const isShown = options.stage === 'complete' && samplesShowSpread(samples, weights);
  const known = isShown ? error() : null;
  if (known === null) return { value, low: null, high: null };
  const half = halfWidth(known.variance, known.freedom);
  return { value, low: value - half, high: value + half };
}

export function estimated(
  context: Context,
  value: number,
  variance: number | null,
  freedom: number,
): Estimated {
  return estimatedBy(context, value, () => (variance === null ? null : { variance, freedom }));
}
