import { lossAxis } from '../curve/curve-figure.ts';
import { type Axis, type Level, padded, type Series } from '../figure.ts';
import { logAxis } from '../log-axis.ts';

export function modelsAxis(last: number): Axis {
  const [least, most] = [0.5, last + 0.5];
  return { title: 'models in the pool, k', ticks: 'whole', min: least, max: most, least, most };
}

export function bitsAxis(series: readonly Series[], levels: readonly Level[] = []): Axis {
  return { ...lossAxis(series, levels), title: 'bits per byte' };
}

/** A curve from k = 2 on that takes less of the axis than this is hard to read. */
const READABLE = 0.5;

/** Over k: where models alone would take most of the height, it is the pools', and k = 1 a zoom away. */
export function curveAxis(series: readonly Series[], levels: readonly Level[]): Axis {
  const whole = bitsAxis(series, levels);
  const pools = series.map((one) => ({ ...one, points: one.points.filter(({ x }) => x >= 2) }));
  if (pools.every(({ points }) => points.length === 0)) return whole;
  const near = bitsAxis(pools, levels);
  if (near.max - near.min > READABLE * (whole.max - whole.min)) return whole;
  return { ...near, least: Math.min(near.least, whole.least), most: Math.max(near.most, whole.most) };
}

/** From zero: what is drawn is gains. */
export function gainAxis(ends: readonly number[]): Axis {
  const [min, max] = padded(Math.min(0, ...ends), Math.max(0, ...ends));
  return { title: 'gain, bits per byte', min, max, least: min, most: max };
}

/** Logarithmic, with the unit at each tick: three a decade where there are few. */
export function costAxis(title: string, values: readonly number[], text: (value: number) => string): Axis {
  const axis = logAxis(title, values);
  const factors = axis.max - axis.min < 2 ? [1, 2, 5] : [1, 3];
  const powers = Array.from(
    { length: Math.ceil(axis.max - axis.min) + 2 },
    (_, i) => Math.floor(axis.min) + i,
  );
  const ticks = powers
    .flatMap((power) => factors.map((factor) => factor * 10 ** power))
    .map((value) => ({ at: Math.log10(value), label: text(value) }))
    .filter(({ at }) => at >= axis.min && at <= axis.max);
  return { ...axis, ticks };
}
