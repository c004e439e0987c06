/** Numbers of a Report as they stand beside the text. Inline ones have a fixed number of decimals, so that they stay in place. */
import type { Interval } from '../../core/law/curve.ts';
import type { Estimated } from '../../core/report/report.ts';

export { bytes, count, counted } from '../words.ts';

/** A proper minus sign, as wide as a plus. */
function minus(text: string): string {
  return text.replace('-', '−');
}

/** Nats with three decimals, or what is asked. */
export function fixed(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '?';
  if (Math.abs(value) >= 1e6) return minus(value.toExponential(2));
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : minus(text);
}

/** With its sign, also a plus. */
export function signed(value: number, digits = 3): string {
  const text = fixed(value, digits);
  return value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text;
}

/** `2.207 ± 0.08`: three decimals, more only where the interval is narrower than they show; without interval the value alone. */
export function plusMinus({ value, low, high }: Estimated): string {
  if (low === null || high === null) return fixed(value);
  const half = (high - low) / 2;
  if (!(half > 0)) return fixed(value);
  const exponent = Math.floor(Math.log10(half));
  const digits = Math.min(6, Math.max(3, -exponent));
  const width = Math.min(6, Math.max(0, leadingDigit(half, exponent) >= 3 ? -exponent : 1 - exponent));
  return `${fixed(value, digits)} ± ${fixed(half, Math.min(width, digits))}`;
}

function leadingDigit(value: number, exponent: number): number {
  return Math.floor(value / 10 ** exponent);
}

/** Decimals that the interval's width deserves, its first two significant ones; the same as in the headline's sentence. */
export function digitsOf({ low, high }: Pick<Estimated, 'low' | 'high'>): number {
  if (low === null || high === null) return 3;
  return Math.min(6, Math.max(2, 1 - Math.floor(Math.log10(Math.max(high - low, 1e-12)))));
}

/** `0.7280 (0.7240 to 0.7320)`, in the digits that the interval deserves. */
export function withInterval(
  estimate: Estimated,
  format: (value: number, digits: number) => string = fixed,
): string {
  const digits = digitsOf(estimate);
  const { value, low, high } = estimate;
  if (low === null || high === null) return format(value, digits);
  return `${format(value, digits)} (${format(low, digits)} to ${format(high, digits)})`;
}

/** `0.71 to 0.72`; an end without limit is said. */
export function intervalText([low, high]: Interval, digits: number): string {
  if (low === null && high === null) return 'no limits';
  if (low === null) return `at most ${fixed(high as number, digits)}`;
  if (high === null) return `at least ${fixed(low, digits)}`;
  return `${fixed(low, digits)} to ${fixed(high, digits)}`;
}

/** `2nd` */
export function ordinal(n: number): string {
  const tens = n % 100;
  const suffix = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${suffix}`;
}

/** Rounded as an estimate deserves: `20 s`, `3 min`, `1.5 h`. */
export function roughly(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return 'an unknown time';
  if (seconds < 1) return 'under 1 s';
  if (seconds < 10) return `${Math.round(seconds)} s`;
  if (seconds < 50) return `${5 * Math.round(seconds / 5)} s`;
  if (seconds < 57.5 * 60) return `${Math.max(1, Math.round(seconds / 60))} min`;
  if (seconds < 47.5 * 3600) return `${oneDecimal(seconds / 3600)} h`;
  return `${oneDecimal(seconds / 86_400)} days`;
}

/** Of a model: `494M`. */
export function parameters(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(value >= 1e10 ? 0 : 1)}B`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 1)}M`;
  if (value >= 1e3) return `${Math.round(value / 1e3)}k`;
  return `${value}`;
}

function oneDecimal(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
