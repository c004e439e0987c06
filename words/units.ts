/** Quantities with a unit that fits. */
import { count, loss } from './numbers.ts';

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

/** Decimal units, as disks are sold. */
export function bytes(value: number): string {
  return scaledTo(value, ['B', 'kB', 'MB', 'GB', 'TB']);
}

/** `78.4 kFLOPs` */
export function flops(value: number): string {
  return scaledTo(value, ['FLOPs', 'kFLOPs', 'MFLOPs', 'GFLOPs', 'TFLOPs', 'PFLOPs']);
}

/** Of a model that is written, `37% of 988 MB, 20 s left`; not 100% before it is there. */
export function writingText(writing: {
  readonly done: number;
  readonly total: number;
  readonly seconds_left: number | null;
}): string {
  const { done, total, seconds_left } = writing;
  const percent = Math.min(99, Math.floor((100 * done) / Math.max(1, total)));
  const left = seconds_left === null || seconds_left < 1 ? '' : `, ${roughly(seconds_left)} left`;
  return `${percent}% of ${bytes(total)}${left}`;
}

function scaledTo(value: number, units: readonly string[]): string {
  let scaled = value;
  let unit = 0;
  // What would round to a thousand is one of the next unit.
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000;
    unit += 1;
  }
  return `${unit === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${units[unit]}`;
}

/** Of a model: `494M`. */
export function parameters(value: number): string {
  if (value >= 999.5e6) return `${(value / 1e9).toFixed(value >= 1e10 ? 0 : 1)}B`;
  if (value >= 999.5e3) return `${(value / 1e6).toFixed(value >= 1e7 ? 0 : 1)}M`;
  if (value >= 1e3) return `${Math.round(value / 1e3)}k`;
  return `${value}`;
}

/** With the noun: `494M parameters`, `1 parameter`. */
export function countedParameters(value: number): string {
  return `${parameters(value)} ${value === 1 ? 'parameter' : 'parameters'}`;
}

/** `64k to 512k parameters`; of sizes that read the same, one. */
export function parameterRange(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return parameters(least) === parameters(most)
    ? countedParameters(most)
    : `${parameters(least)} to ${countedParameters(most)}`;
}

/** Thousandths of a nat, the scale at which fits differ. */
export function millinats(value: number): string {
  const scaled = value * 1000;
  return `${loss(scaled, scaled >= 100 ? 0 : scaled >= 10 ? 1 : 2)} mnat`;
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

function oneDecimal(value: number): string {
  return value.toFixed(1).replace(/\.0$/, '');
}
