import { BLUE, box, ORANGE, svg, text } from './svg.ts';

export interface HeatMap {
  readonly title: string;
  /** Shape (rows, columns). */
  readonly values: readonly (readonly (number | null)[])[];
}

const CELL = 26;
const LEFT = 104;
const TOP = 44;
const GAP = 24;

/** Matrices side by side, each on a scale of its own: blue above zero, orange below. */
export function heat(
  alt: string,
  rows: readonly string[],
  columns: readonly string[],
  maps: readonly HeatMap[],
): string {
  const width = LEFT + maps.length * (columns.length * CELL + GAP);
  const height = TOP + rows.length * CELL + 8;
  return svg(width, height, alt, [
    ...rows.map((name, r) => text(LEFT - 6, TOP + CELL * (r + 0.5) + 4, name, 'end')),
    ...maps.flatMap(({ title, values }, m) => {
      const left = LEFT + m * (columns.length * CELL + GAP);
      const most = Math.max(...values.flat().map((value) => Math.abs(value ?? 0))) || 1;
      return [
        text(left, 14, title),
        ...columns.map((name, c) => text(left + CELL * (c + 0.5), TOP - 6, name.slice(0, 3), 'middle')),
        ...values.flatMap((row, r) =>
          row.map((value, c) =>
            box(
              left + CELL * c + 1,
              TOP + CELL * r + 1,
              CELL - 2,
              CELL - 2,
              (value ?? 0) >= 0 ? BLUE : ORANGE,
              value === null ? 0 : Math.sqrt(Math.abs(value) / most),
            ),
          ),
        ),
      ];
    }),
  ]);
}
