/** Logarithmic axes: what is drawn at log₁₀ of a value is named by the value. */
import { significant } from '../../../words/numbers.ts';
import { type Axis, padded, type Tick } from './figure.ts';

/** Of positive values, with a tick at each power of ten, and at 2 and 5 times it where there are few of these. */
export function logAxis(title: string, values: readonly number[]): Axis {
  const [low, high] = reach(values.map(Math.log10));
  return { title, ticks: decades(low, high), min: low, max: high, least: low, most: high };
}

/** With a tick at each value that is named. */
export function namedLogAxis(title: string, named: readonly { value: number; label: string }[]): Axis {
  const ticks = named.map(({ value, label }) => ({ at: Math.log10(value), label }));
  const [low, high] = reach(ticks.map(({ at }) => at));
  return { title, ticks, min: low, max: high, least: low, most: high };
}

export function decades(low: number, high: number): Tick[] {
  const factors = high - low < 2.2 ? [1, 2, 5] : [1];
  const first = Math.floor(low);
  return Array.from({ length: Math.ceil(high) - first + 1 }, (_, i) => first + i).flatMap((power) =>
    factors
      .map((factor) => factor * 10 ** power)
      .map((value) => ({ at: Math.log10(value), label: short(value) }))
      .filter(({ at }) => at >= low && at <= high),
  );
}

function short(value: number): string {
  const text = value >= 1e-4 && value < 1e6 ? `${Number(value.toPrecision(1))}` : value.toExponential(0);
  return text.includes('e') ? significant(value, 1) : text;
}

function reach(logs: readonly number[]): readonly [number, number] {
  return padded(Math.min(...logs), Math.max(...logs), 0.08);
}
