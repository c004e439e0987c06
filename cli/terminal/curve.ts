import type { Style } from './style.ts';
import { flowing } from './table.ts';

/** What the small chart draws over k. Losses in nats per token. */
export interface CurveDrawing {
  /** The typical subset: measured means. */
  readonly points: readonly { readonly k: number; readonly loss: number }[];
  /** The chosen subset, cross-fitted. */
  readonly chosen: readonly { readonly k: number; readonly loss: number }[];
  /** The law where nothing is measured. */
  readonly law: readonly { readonly k: number; readonly loss: number }[];
  readonly base: number | null;
  readonly recommended: number | null;
  /** Last k of the axis: the pool's size. */
  readonly pool: number;
}

const MARK = { point: '●', chosen: '◆', law: '○', base: '┄' } as const;

/**
 * The curve as text, `rows` high and at most `columns` wide. Points outside the range drawn are impossible: the range
 * is that of everything drawn, except that a base far above the curve is said in the legend instead of squeezing it.
 */
export function drawCurve(drawing: CurveDrawing, style: Style, columns = 72, rows = 9): string {
  const measured = [...drawing.points, ...drawing.chosen, ...drawing.law].filter((point) =>
    Number.isFinite(point.loss),
  );
  if (measured.length === 0) return '';
  const lowest = Math.min(...measured.map((point) => point.loss));
  const highest = Math.max(...measured.map((point) => point.loss));
  const base = drawing.base;
  const baseInRange =
    base !== null && base <= highest + (highest - lowest) && base >= lowest - (highest - lowest);
  const low = Math.min(lowest, baseInRange ? base : lowest);
  const high = Math.max(highest, baseInRange ? base : highest, low + 1e-6);

  const labels = [0, rows - 1].map((row) => (high - ((high - low) * row) / (rows - 1)).toFixed(3));
  const gutter = Math.max(...labels.map((label) => label.length));
  const step = Math.max(1, Math.min(6, Math.floor((columns - gutter - 4) / Math.max(1, drawing.pool))));
  const width = drawing.pool * step + 1;
  const grid: string[][] = Array.from({ length: rows }, () => Array.from({ length: width }, () => ' '));
  const put = (k: number, value: number, mark: string): void => {
    const row = Math.round(((high - value) / (high - low)) * (rows - 1));
    const line = grid[Math.min(rows - 1, Math.max(0, row))];
    const column = (k - 1) * step + Math.floor(step / 2);
    if (line && column >= 0 && column < width) line[column] = mark;
  };
  if (baseInRange) {
    const line = grid[Math.round(((high - base) / (high - low)) * (rows - 1))];
    if (line) line.fill(style.dim(MARK.base));
  }
  for (const point of drawing.law) put(point.k, point.loss, style.dim(MARK.law));
  for (const point of drawing.points) put(point.k, point.loss, style.cyan(MARK.point));
  for (const point of drawing.chosen) put(point.k, point.loss, style.yellow(MARK.chosen));

  const body = grid.map((cells, row) => {
    const label = row === 0 ? labels[0] : row === rows - 1 ? labels[1] : '';
    return `${(label ?? '').padStart(gutter)} ${label ? '┤' : '│'}${cells.join('')}`.trimEnd();
  });
  return [...body, axis(drawing, style, gutter, step, width), legend(drawing, baseInRange, columns)].join(
    '\n',
  );
}

function axis(drawing: CurveDrawing, style: Style, gutter: number, step: number, width: number): string {
  const ruler = `${' '.repeat(gutter)} └${'─'.repeat(width)}`;
  const every = Math.max(1, Math.ceil(3 / step));
  let labels = '';
  let written = 0;
  for (let k = 1; k <= drawing.pool; k++) {
    const column = (k - 1) * step + Math.floor(step / 2);
    const isRecommended = k === drawing.recommended;
    if ((k % every !== 0 && k !== 1 && !isRecommended) || column < written) continue;
    const text = isRecommended ? `[${k}]` : `${k}`;
    const at = Math.max(written, isRecommended ? column - 1 : column);
    labels += ' '.repeat(at - written) + (isRecommended ? style.bold(text) : text);
    written = at + text.length;
  }
  return `${ruler}\n${' '.repeat(gutter + 2)}${labels}  k`;
}

function legend(drawing: CurveDrawing, baseInRange: boolean, columns: number): string {
  const parts = [`${MARK.point} typical subset`];
  if (drawing.chosen.length > 0) parts.push(`${MARK.chosen} chosen subset`);
  if (drawing.law.length > 0) parts.push(`${MARK.law} law, not measured`);
  if (drawing.base !== null)
    parts.push(baseInRange ? `${MARK.base} base` : `base ${drawing.base.toFixed(3)} (off the scale)`);
  if (drawing.recommended) parts.push('[k] recommended');
  return flowing(parts, '   ', columns, '  ');
}
