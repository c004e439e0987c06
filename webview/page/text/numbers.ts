/** Numbers as people read them. Losses are nats per token. */
import type { Interval } from '../../../core/law/curve.ts';
import type { Estimated } from '../../../core/report/report.ts';

/** What stands where a number does not exist. */
export const NONE = '–';

/** A proper minus sign, so that columns of signed numbers align. */
const minus = (text: string): string => text.replace('-', '−');

/** To the digits that its uncertainty allows: one past the first significant digit of the half-width, 2 to 5. */
export function lossDigits(low: number | null, high: number | null): number {
  if (low === null || high === null) return 3;
  const halfWidth = (high - low) / 2;
  if (!(halfWidth > 0)) return 4;
  return Math.min(5, Math.max(2, Math.ceil(-Math.log10(halfWidth)) + 1));
}

export function loss(value: number, digits = 3): string {
  return Number.isFinite(value) ? minus(value.toFixed(digits)) : NONE;
}

export function signed(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return NONE;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : value > 0 ? `+${text}` : minus(text);
}

/** `low to high`; an end without limit is said, never left out. */
export function interval([low, high]: Interval, digits = 3, format = loss): string {
  if (low === null && high === null) return 'no interval';
  if (low === null) return `at most ${format(high as number, digits)}`;
  if (high === null) return `at least ${format(low, digits)}`;
  return `${format(low, digits)} to ${format(high, digits)}`;
}

/** `0.728 (0.724 to 0.732)`, or the value alone while its interval is still to come. */
export function estimated(
  { value, low, high }: Estimated,
  format: (value: number, digits: number) => string = loss,
  digits: number = lossDigits(low, high),
): string {
  return low === null || high === null
    ? format(value, digits)
    : `${format(value, digits)} (${format(low, digits)} to ${format(high, digits)})`;
}

/** Four significant digits of a number of any scale, for parameters and errors of a fit. */
export function significant(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return NONE;
  if (value === 0) return '0';
  const text = value.toPrecision(digits);
  return minus(/e/.test(text) ? Number(text).toExponential(digits - 1) : text);
}

/** Thousandths of a nat, the scale at which fits differ. */
export function millinats(value: number): string {
  const scaled = value * 1000;
  return `${loss(scaled, scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2)} mnat`;
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 merge`, `511 merges`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** Rounded as an estimate deserves: `20 s`, `3 min`, `1.5 h`. The same rule as `roughly` beside the text: both are seen at once. */
export function roughly(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return 'an unknown time';
  if (seconds < 1) return 'under 1 s';
  if (seconds < 10) return `${Math.round(seconds)} s`;
  if (seconds < 50) return `${5 * Math.round(seconds / 5)} s`;
  if (seconds < 57.5 * 60) return `${Math.max(1, Math.round(seconds / 60))} min`;
  if (seconds < 47.5 * 3600) return `${oneDecimal(seconds / 3600)} h`;
  return `${oneDecimal(seconds / 86_400)} days`;
}

function oneDecimal(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
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

/** `8.3 models per second`, in the unit that keeps the number above one. */
export function pace(perSecond: number, noun = 'model'): string {
  const units = [
    ['second', 1],
    ['minute', 60],
    ['hour', 3600],
  ] as const;
  const [unit, scale] = units.find(([, factor]) => perSecond * factor >= 1) ?? units[2];
  const value = perSecond * scale;
  const text = value >= 100 ? count(Math.round(value)) : value.toFixed(value >= 10 ? 0 : 1);
  return `${text} ${noun}${text === '1' || text === '1.0' ? '' : 's'} per ${unit}`;
}
