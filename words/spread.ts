/** How well laws of the spread describe variances. */
import { NONE } from './numbers.ts';

/** `a factor of 1.39`, of the root mean square of ln(fitted/measured). */
export function offBy(log_rms: number | null): string {
  return log_rms === null ? NONE : `a factor of ${Math.exp(log_rms).toFixed(2)}`;
}
