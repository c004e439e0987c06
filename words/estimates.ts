/** Estimates with their intervals, in the digits that these allow. */
import { loss } from './numbers.ts';

/** A null end is one that is still to come, or that the data do not limit. */
export interface Limits {
  readonly low: number | null;
  readonly high: number | null;
}

export interface Estimate extends Limits {
  readonly value: number;
}

type Format = (value: number, digits: number) => string;

/** One digit past the first significant one of the half-width, 2 to 6. */
export function lossDigits(low: number | null, high: number | null): number {
  if (low === null || high === null) return 3;
  const halfWidth = (high - low) / 2;
  if (!(halfWidth > 0)) return 4;
  return Math.min(6, Math.max(2, Math.ceil(-Math.log10(halfWidth)) + 1));
}

/** One number of digits for a whole column, so that its points align: what its surest entry deserves, 3 or 4. */
export function columnDigits(estimates: readonly Limits[]): number {
  return Math.min(4, Math.max(3, ...estimates.map(({ low, high }) => lossDigits(low, high))));
}

/** `0.71 to 0.72`; an end without limit is said, never left out. */
export function interval(
  [low, high]: readonly [number | null, number | null],
  digits = 3,
  format: Format = loss,
): string {
  if (low === null) return high === null ? 'no interval' : `at most ${format(high, digits)}`;
  if (high === null) return `at least ${format(low, digits)}`;
  return `${format(low, digits)} to ${format(high, digits)}`;
}

/** `0.728 (0.724 to 0.732)`, or the value alone while its interval is still to come. */
export function estimated(
  { value, low, high }: Estimate,
  format: Format = loss,
  digits: number = lossDigits(low, high),
): string {
  return low === null || high === null
    ? format(value, digits)
    : `${format(value, digits)} (${interval([low, high], digits, format)})`;
}

/** `0.0037 (0.0010 to 0.0064) below`, of a fall; `above` where it is none. */
export function below({ value, low, high }: Estimate): string {
  if (value >= 0) return `${estimated({ value, low, high })} below`;
  const rise = { value: -value, low: high === null ? null : -high, high: low === null ? null : -low };
  return `${estimated(rise)} above`;
}

/** `2.207 ± 0.08`, in short: three decimals, so that it stays in place, and more only where the interval is narrower than they show. */
export function plusMinus({ value, low, high }: Estimate): string {
  if (low === null || high === null) return loss(value);
  const half = (high - low) / 2;
  if (!(half > 0)) return loss(value);
  const exponent = Math.floor(Math.log10(half));
  const leading = Math.floor(half / 10 ** exponent);
  const digits = Math.min(6, Math.max(3, -exponent));
  const width = Math.min(6, Math.max(0, leading >= 3 ? -exponent : 1 - exponent));
  return `${loss(value, digits)} ± ${loss(half, Math.min(width, digits))}`;
}

/** `0.0112 (0.0086 to 0.0139) less` */
export function moreOrLess({ value, low, high }: Estimate): string {
  if (value >= 0) return `${estimated({ value, low, high })} more`;
  const less = { value: -value, low: high === null ? null : -high, high: low === null ? null : -low };
  return `${estimated(less)} less`;
}
