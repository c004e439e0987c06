import { studentTail } from '../law/student.ts';
import { halfWidth } from './curve-error.ts';
import { pooledFreedom } from './freedom.ts';

/** A number with its 95% interval; ends are null until intervals are made, and where the error is not known. */
export interface Estimated {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** With its ends changed over. */
export function negated({ value, low, high }: Estimated): Estimated {
  return { value: -value, low: high === null ? null : -high, high: low === null ? null : -low };
}

/** A variance, nats², and its degrees of freedom. */
export interface Variance {
  readonly variance: number;
  readonly freedom: number;
}

/** From independent sources of error: evaluation samples, subsets that are not measured. Null where one is not known. */
export function estimatedFrom(value: number, sources: readonly (Variance | null)[] | null): Estimated {
  const total = sources && summedVariance(sources);
  if (!total) return { value, low: null, high: null };
  const half = halfWidth(total.variance, total.freedom);
  return { value, low: value - half, high: value + half };
}

/** Probability of a value at least as far from zero where the truth is zero. Null where the error is not known. */
export function twoSidedP(value: number, sources: readonly (Variance | null)[] | null): number | null {
  const total = sources && summedVariance(sources);
  if (!total) return null;
  if (total.variance === 0) return value === 0 ? 1 : 0;
  return studentTail(Math.abs(value) / Math.sqrt(total.variance), Math.min(total.freedom, 1e6));
}

/** A share of the losses: what is smaller came from adding them up. */
const ROUNDING = 1e-10;

/** A weighted sum of losses of about `level`, and its error, that only rounding keeps from zero. */
export function isRounding(value: number, variance: number, level: number): boolean {
  const least = ROUNDING * Math.abs(level);
  return Math.abs(value) <= least && Math.sqrt(variance) <= least;
}

/** Of a sum of independent parts. Null where one is not known, or rests on no degree of freedom. */
export function summedVariance(parts: readonly (Variance | null)[]): Variance | null {
  const known = parts.filter((part) => part !== null);
  if (known.length < parts.length || known.some(({ freedom }) => !(freedom > 0))) return null;
  return { variance: known.reduce((sum, { variance }) => sum + variance, 0), freedom: pooledFreedom(known) };
}
