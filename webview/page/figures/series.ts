/** Parts that several figures are made of. */
import type { CurvePoint, Estimated } from '../../../core/report/report.ts';
import { interval, lossDigits } from '../../../words/estimates.ts';
import { count, counted, loss } from '../../../words/numbers.ts';
import type { BandPoint, FigurePoint, Series, Tip } from './figure.ts';

/** What a series is where nothing else is said. */
export const plainSeries = {
  shape: 'circle',
  hollow: false,
  emphasis: 'normal',
  line: null,
  whiskers: false,
  band: null,
  tip: null,
  merge: null,
  startsHidden: false,
} as const satisfies Partial<Series>;

/** Dashes that tell series apart where colours do not. */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [6, 3],
  [2, 2],
  [8, 3, 2, 3],
  [10, 4],
  [4, 2, 1, 2],
];

/** Points with both ends: where an end has no limit, there is no area to draw. */
export function bandOf(
  points: readonly { readonly k: number; readonly low: number | null; readonly high: number | null }[],
): BandPoint[] {
  return points.flatMap(({ k, low, high }) => (low === null || high === null ? [] : [{ x: k, low, high }]));
}

/** A number where nobody says how sure it is. */
export function plainPoint(x: number, y: number): FigurePoint {
  return { x, y, low: null, high: null };
}

export function estimatedPoint(x: number, { value, low, high }: Estimated): FigurePoint {
  return { x, y: value, low, high };
}

export function meanPoints(points: readonly CurvePoint[]): FigurePoint[] {
  return points.map(({ k, mean, low, high }) => ({ x: k, y: mean, low, high }));
}

/** Rows of a tip: the value on a line of its own, its interval on the next. */
export function valueRows(
  label: string,
  { value, low, high }: Estimated,
  format: (value: number, digits: number) => string = loss,
): (readonly [string, string])[] {
  const digits = lossDigits(low, high);
  const rows: (readonly [string, string])[] = [[label, format(value, Math.max(4, digits))]];
  if (low !== null || high !== null) rows.push(['95% interval', interval([low, high], digits, format)]);
  return rows;
}

export function meanTip(title: string, point: CurvePoint): Tip {
  const { k, mean, low, high, subsets, of, sd, min, max } = point;
  return {
    title: `${title}, k = ${k}`,
    rows: [
      ...valueRows('mean loss', { value: mean, low, high }),
      ['measured', `${counted(subsets, 'subset')} of ${count(of)}`],
      ...(sd === null
        ? []
        : ([
            ['spread (sd)', loss(sd, 4)],
            ['lowest to highest', `${loss(min, 4)} to ${loss(max, 4)}`],
          ] as const)),
    ],
  };
}

/** The extent of values, ends of intervals included where `intervals`. Null without any value. */
export function extent(
  points: Iterable<{ readonly y: number; readonly low: number | null; readonly high: number | null }>,
  intervals: boolean,
): readonly [number, number] | null {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const { y, low, high } of points) {
    least = Math.min(least, y, intervals && low !== null ? low : y);
    most = Math.max(most, y, intervals && high !== null ? high : y);
  }
  return Number.isFinite(least) && Number.isFinite(most) ? [least, most] : null;
}

/** What an axis must reach to show a number with its interval. */
export function barEnds({ value, low, high }: Estimated): number[] {
  return [value, low ?? value, high ?? value];
}

export function shownInterval(low: number | null, high: number | null): string {
  return low === null && high === null ? '' : interval([low, high], lossDigits(low, high));
}
