/** Numbers as people read them, the same on every surface. Losses are nats per token. */

/** What stands where a number does not exist. */
export const NONE = '–';

/** A loss or a parameter of a law, with a proper minus sign, so that columns of signed numbers align. */
export function loss(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return NONE;
  if (Math.abs(value) >= 1e6) return minus(value.toExponential(2));
  const text = value.toFixed(digits);
  return Number(text) === 0 ? (0).toFixed(digits) : minus(text);
}

/** With its sign, also a plus. */
export function signed(value: number, digits = 3): string {
  const text = loss(value, digits);
  return value > 0 && text !== NONE && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text;
}

/** Significant digits of a number of any scale, for parameters and errors of a fit. */
export function significant(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return NONE;
  if (value === 0) return '0';
  const text = value.toPrecision(digits);
  return minus(text.includes('e') ? Number(text).toExponential(digits - 1) : text);
}

/** `90%`, `97.5%` */
export function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))}%`;
}

export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** `1 merge`, `511 merges`. */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `2nd` */
export function ordinal(n: number): string {
  const tens = n % 100;
  const suffix = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${suffix}`;
}

function minus(text: string): string {
  return text.replace('-', '−');
}
