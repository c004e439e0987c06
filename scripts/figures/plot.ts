import { dot, GREY, path, svg, text, ticks, tickText } from './svg.ts';

export interface Point {
  readonly x: number;
  readonly y: number;
  readonly low?: number | null;
  readonly high?: number | null;
}

export interface Series {
  readonly name: string;
  readonly colour: string;
  readonly draw: 'dots' | 'line' | 'dashes';
  readonly points: readonly Point[];
  /** Of dots. */
  readonly radius?: number;
}

export interface Plot {
  readonly alt: string;
  readonly x: string;
  readonly y: string;
  readonly series: readonly Series[];
  /** A horizontal line, e.g. at zero. */
  readonly rule?: number;
  readonly log?: boolean;
  readonly height?: number;
}

const WIDTH = 640;
const MARGIN = { left: 64, right: 16, top: 14, bottom: 40 };
const LEGEND = 20;

/** Points over x with their intervals, and a legend. */
export function plot({ alt, x, y, series, rule, log = false, height = 320 }: Plot): string {
  const scale = (value: number) => (log ? Math.log10(value) : value);
  const points = series.flatMap((each) => each.points);
  const ys = [
    ...points.flatMap(({ y: value, low, high }) => [value, low ?? value, high ?? value]),
    ...(rule === undefined ? [] : [rule]),
  ].map(scale);
  const xs = points.map((point) => point.x);
  const [left, right] = padded(xs, 0.04);
  const [bottom, top] = padded(ys, 0.06);
  const inner = { right: WIDTH - MARGIN.right, bottom: height - MARGIN.bottom, top: MARGIN.top + LEGEND };
  const px = (value: number) => MARGIN.left + ((value - left) / (right - left)) * (inner.right - MARGIN.left);
  const py = (value: number) =>
    inner.bottom - ((scale(value) - bottom) / (top - bottom)) * (inner.bottom - inner.top);
  return svg(WIDTH, height, alt, [
    path(
      [
        [MARGIN.left, inner.top],
        [MARGIN.left, inner.bottom],
        [inner.right, inner.bottom],
      ],
      GREY,
    ),
    ...xTicks(left, right).map((value) =>
      text(px(value), inner.bottom + 16, tickText(value, step(xTicks(left, right))), 'middle'),
    ),
    ...yTicks(bottom, top, log).map(({ value, label }) => text(MARGIN.left - 6, py(value) + 4, label, 'end')),
    text((MARGIN.left + inner.right) / 2, height - 6, x, 'middle'),
    text(4, MARGIN.top, y),
    ...(rule === undefined
      ? []
      : [
          path(
            [
              [MARGIN.left, py(rule)],
              [inner.right, py(rule)],
            ],
            GREY,
            '3 3',
          ),
        ]),
    ...series.flatMap((each) => marks(each, px, py)),
    ...legend(series),
  ]);
}

function marks(
  { draw, colour, points, radius }: Series,
  px: (x: number) => number,
  py: (y: number) => number,
): string[] {
  const line = points.map(({ x, y }) => [px(x), py(y)] as const);
  if (draw !== 'dots') return [path(line, colour, draw === 'dashes' ? '6 4' : '')];
  return points.flatMap(({ x, y, low, high }) => [
    ...(low == null || high == null
      ? []
      : [
          path(
            [
              [px(x), py(low)],
              [px(x), py(high)],
            ],
            colour,
          ),
        ]),
    dot(px(x), py(y), colour, radius),
  ]);
}

function legend(series: readonly Series[]): string[] {
  let x = 180;
  return series.flatMap(({ name, colour, draw }) => {
    const start = x;
    x += 34 + 6.6 * name.length;
    const mark =
      draw === 'dots'
        ? dot(start + 9, MARGIN.top - 4, colour)
        : path(
            [
              [start, MARGIN.top - 4],
              [start + 18, MARGIN.top - 4],
            ],
            colour,
            draw === 'dashes' ? '6 4' : '',
          );
    return [mark, text(start + 22, MARGIN.top, name)];
  });
}

function padded(values: readonly number[], share: number): readonly [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const pad = (most - least || Math.abs(most) || 1) * share;
  return [least - pad, most + pad];
}

function xTicks(left: number, right: number): number[] {
  const found = ticks(left, right);
  return step(found) < 1 && right - left > 3 ? found.filter((value) => Number.isInteger(value)) : found;
}

function yTicks(bottom: number, top: number, log: boolean): { value: number; label: string }[] {
  const found = ticks(bottom, top);
  if (!log) return found.map((value) => ({ value, label: tickText(value, step(found)) }));
  return found.map((exponent) => ({
    value: 10 ** exponent,
    label: (10 ** exponent).toExponential(1).replace('-', '−'),
  }));
}

function step(values: readonly number[]): number {
  return (values[1] ?? 1) - (values[0] ?? 0) || 1;
}
