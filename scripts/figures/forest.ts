import { BLUE, dot, GREY, path, svg, text, ticks, tickText } from './svg.ts';

export interface Row {
  readonly name: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

const WIDTH = 640;
const LEFT = 130;
const RIGHT = 16;
const ROW = 22;

/** A value with its interval on each row, against a line at zero. */
export function forest(alt: string, x: string, rows: readonly Row[]): string {
  const values = [0, ...rows.flatMap(({ value, low, high }) => [value, low ?? value, high ?? value])];
  const span = Math.max(...values) - Math.min(...values) || 1;
  const [from, to] = [Math.min(...values) - 0.04 * span, Math.max(...values) + 0.04 * span];
  const px = (value: number) => LEFT + ((value - from) / (to - from)) * (WIDTH - LEFT - RIGHT);
  const bottom = 10 + ROW * rows.length;
  const marked = ticks(from, to);
  const step = (marked[1] ?? 1) - (marked[0] ?? 0);
  return svg(WIDTH, bottom + 42, alt, [
    path(
      [
        [px(0), 4],
        [px(0), bottom],
      ],
      GREY,
      '3 3',
    ),
    ...rows.flatMap(({ name, value, low, high }, i) => {
      const y = 10 + ROW * (i + 0.5);
      const whisker =
        low === null || high === null
          ? []
          : [
              path(
                [
                  [px(low), y],
                  [px(high), y],
                ],
                BLUE,
              ),
            ];
      return [text(LEFT - 8, y + 4, name, 'end'), ...whisker, dot(px(value), y, BLUE)];
    }),
    ...marked.map((value) => text(px(value), bottom + 16, tickText(value, step), 'middle')),
    text((LEFT + WIDTH - RIGHT) / 2, bottom + 36, x, 'middle'),
  ]);
}
