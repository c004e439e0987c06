/** Mean curves of several cells in one chart: methods of a size, or sizes of a method. */
import type { Cell, Report } from '../../../core/report/report.ts';
import { cellName } from '../../../words/cell-name.ts';
import type { CsvCell } from '../../../words/csv.ts';
import { estimated } from '../../../words/estimates.ts';
import { loss, NONE } from '../../../words/numbers.ts';
import { plain } from '../../../words/plain.ts';
import { curveOf } from '../state/view.ts';
import { domainName } from '../text/words.ts';
import { lossAxis } from './curve/curve-figure.ts';
import { type Ink, kAxis, type Series, type Shape, type XyFigure } from './figure.ts';
import { DASHES, meanPoints, meanTip, plainSeries } from './series.ts';

const INKS: readonly Ink[] = ['blue', 'orange', 'green', 'purple', 'red', 'yellow'];
const SHAPES: readonly Shape[] = ['circle', 'rect', 'triangle', 'rectRot', 'star', 'crossRot', 'cross'];

export interface Overlay {
  /** Of the chart: its zoom and hidden series are kept by it. */
  readonly id: 'methods' | 'sizes';
  readonly title: string;
  readonly cells: readonly Cell[];
}

/** The comparisons that the report holds around one cell: none where it has a single method and size. */
export function overlaysOf(report: Report, cell: Cell): Overlay[] {
  const ofSize = report.cells.filter(({ size }) => size === cell.size);
  const ofMethod = report.cells.filter(({ method }) => method === cell.method);
  const size = report.sizes.find(({ name }) => name === cell.size);
  return [
    ...(ofSize.length > 1
      ? [
          {
            id: 'methods' as const,
            title: size?.declared ? `Methods at size ${plain(size.name, 24)}` : 'Methods',
            cells: ofSize,
          },
        ]
      : []),
    ...(ofMethod.length > 1
      ? [{ id: 'sizes' as const, title: `Sizes, merged by ${plain(cell.label)}`, cells: ofMethod }]
      : []),
  ];
}

/** How the i-th of several is drawn, in every chart that shows them. */
export function inkAndShape(i: number): Pick<Series, 'ink' | 'shape' | 'line'> {
  return {
    ink: INKS[i % INKS.length] ?? 'foreground',
    shape: SHAPES[i % SHAPES.length] ?? 'circle',
    line: DASHES[i % DASHES.length] ?? [],
  };
}

export function overlayFigure(report: Report, overlay: Overlay, domain: number | null): XyFigure {
  const shown = overlay.cells.map((cell) => ({ cell, points: curveOf(cell, domain)?.points ?? [] }));
  const label = (cell: Cell): string => plain(overlay.id === 'sizes' ? cell.size : cell.label);
  // Side by side within a k, so that intervals do not cover each other.
  const step = Math.min(0.09, 0.5 / Math.max(1, shown.length));
  const series: Series[] = shown.map(({ cell, points }, i) => ({
    ...plainSeries,
    id: `${cell.size} ${cell.label}`,
    label: label(cell),
    ...inkAndShape(i),
    emphasis: 'strong',
    whiskers: true,
    points: meanPoints(points).map((point) => ({
      ...point,
      x: point.x + step * (i - (shown.length - 1) / 2),
    })),
    tip: (j) => {
      const point = points[j];
      return point ? meanTip(cellName(report, cell), point) : { title: '', rows: [] };
    },
  }));
  const ks = [...new Set(shown.flatMap(({ points }) => points.map(({ k }) => k)))].sort((a, b) => a - b);
  const last = Math.max(report.pool.length, ...ks);
  return {
    kind: 'xy',
    title: `${overlay.title} · ${domainName(report, domain)}`,
    summary: `Mean loss of subsets of k experts, ${domainName(report, domain)}: ${shown
      .map(
        ({ cell, points }) =>
          `${label(cell)} ends at ${points.length === 0 ? 'nothing yet' : loss(points.at(-1)?.mean ?? Number.NaN)}`,
      )
      .join(', ')}.`,
    x: kAxis(last),
    y: lossAxis(series, []),
    series,
    levels: [],
    marks: [],
    ringed: null,
    table: {
      columns: [{ title: 'k' }, ...shown.map(({ cell }) => ({ title: label(cell) }))],
      rows: ks.map((k) => [
        `${k}`,
        ...shown.map(({ points }) => {
          const at = points.find((point) => point.k === k);
          return at ? estimated({ value: at.mean, low: at.low, high: at.high }) : NONE;
        }),
      ]),
      csv: {
        columns: ['size', 'method', 'k', 'mean', 'low', 'high', 'subsets', 'of'],
        rows: shown.flatMap(({ cell, points }) =>
          points.map((at): CsvCell[] => [
            cell.size,
            cell.label,
            at.k,
            at.mean,
            at.low,
            at.high,
            at.subsets,
            at.of,
          ]),
        ),
      },
    },
  };
}
