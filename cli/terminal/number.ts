import type { Interval } from '../../core/law/curve.ts';
import type { Estimated } from '../../core/report/report.ts';

/** A proper minus sign, so that columns of signed numbers align. */
const minus = (text: string): string => text.replace('-', '−');

/** Nats, to the digits that its uncertainty allows: one past the first significant digit of the half-width, 2 to 5. */
export function lossDigits(low: number | null, high: number | null): number {
  if (low === null || high === null) return 3;
  const halfWidth = (high - low) / 2;
  if (!(halfWidth > 0)) return 4;
  return Math.min(5, Math.max(2, Math.ceil(-Math.log10(halfWidth)) + 1));
}

export function loss(value: number, digits = 3): string {
  return minus(value.toFixed(digits));
}

export function signed(value: number, digits = 3): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : value > 0 ? `+${text}` : minus(text);
}

/** `low to high`; an end without limit is said, never left out. */
export function interval([low, high]: Interval, digits = 3): string {
  if (low === null && high === null) return 'no interval';
  if (low === null) return `at most ${loss(high as number, digits)}`;
  if (high === null) return `at least ${loss(low, digits)}`;
  return `${loss(low, digits)} to ${loss(high, digits)}`;
}

/** One number of digits for a whole column, so that its points align: what its surest entry deserves, 3 or 4. */
export function columnDigits(estimates: readonly Pick<Estimated, 'low' | 'high'>[]): number {
  return Math.min(4, Math.max(3, ...estimates.map(({ low, high }) => lossDigits(low, high))));
}

/** `0.728 (0.724 to 0.732)`, or the value alone while its interval is still to come. */
export function estimated(
  estimate: Estimated,
  format: (value: number, digits: number) => string = loss,
  digits: number = lossDigits(estimate.low, estimate.high),
): string {
  const { value, low, high } = estimate;
  return low === null || high === null
    ? format(value, digits)
    : `${format(value, digits)} (${format(low, digits)} to ${format(high, digits)})`;
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 merge`, `511 merges`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

export function seconds(value: number): string {
  if (!Number.isFinite(value)) return 'an unknown time';
  if (value < 1) return 'under 1 s';
  if (value < 90) return `${Math.round(value)} s`;
  if (value < 90 * 60) return `${Math.round(value / 60)} min`;
  if (value < 48 * 3600) return `${(value / 3600).toFixed(1)} h`;
  return `${(value / 86_400).toFixed(1)} days`;
}

export function bytes(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 1000 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${unit === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`;
}

export function parameters(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(value >= 1e10 ? 0 : 1)}B`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 1)}M`;
  if (value >= 1e3) return `${Math.round(value / 1e3)}k`;
  return `${value}`;
}
