/** Each method of a size minus the best of them, by k: on the same subsets, so that small differences show. */
import type { Cell, MethodDifference, Report } from '../../../core/report/report.ts';
import { estimated } from '../../../words/estimates.ts';
import { counted, NONE, signed } from '../../../words/numbers.ts';
import { plain } from '../../../words/plain.ts';
import { domainName } from '../text/words.ts';
import { kAxis, padded, type Series, type XyFigure, zeroLevel } from './figure.ts';
import { inkAndShape } from './overlay-figure.ts';
import { extent, plainSeries, valueRows } from './series.ts';

interface Compared {
  readonly cell: Cell;
  /** Its place among the methods of its size: its colour in every chart. */
  readonly place: number;
  readonly by_k: readonly MethodDifference[];
}

/** Of the objective; null where nothing is compared. */
export function differenceFigure(report: Report, size: string): XyFigure | null {
  const cells = report.cells.filter((cell) => cell.size === size);
  const best = cells.find(({ rank, against_best }) => rank === 1 && !against_best);
  const compared = cells.flatMap((cell, place): Compared[] =>
    cell.against_best && cell.against_best.by_k.length > 0
      ? [{ cell, place, by_k: cell.against_best.by_k }]
      : [],
  );
  if (!best || compared.length === 0) return null;
  const name = plain(best.label);
  const series = compared.map((one, i) =>
    seriesOf(one, name, i - (compared.length - 1) / 2, compared.length),
  );
  const [lowest, highest] = extent(
    series.flatMap(({ points }) => points),
    true,
  ) ?? [0, 0];
  const [min, max] = padded(Math.min(0, lowest), Math.max(0, highest), 0.1);
  const ks = [...new Set(compared.flatMap(({ by_k }) => by_k.map(({ k }) => k)))].sort((a, b) => a - b);
  return {
    kind: 'xy',
    title: `Each method minus ${name} · ${domainName(report, null)}`,
    summary: `Typical loss of each method minus that of ${name} on the same subsets, by k, ${domainName(report, null)}.`,
    x: kAxis(Math.max(report.pool.length, ...ks)),
    y: { title: `loss − ${name}, nats per token`, min, max, least: min, most: max },
    series,
    levels: [zeroLevel('best', `${name}, the best`)],
    marks: [],
    ringed: null,
    table: {
      columns: [{ title: 'k' }, ...compared.map(({ cell }) => ({ title: plain(cell.label) }))],
      rows: ks.map((k) => [
        `${k}`,
        ...compared.map(({ by_k }) => {
          const at = by_k.find((each) => each.k === k);
          return at ? estimated(at.difference, signed) : NONE;
        }),
      ]),
      csv: {
        columns: ['size', 'method', 'against', 'k', 'difference', 'low', 'high', 'subsets', 'of', 'means'],
        rows: compared.flatMap(({ cell, by_k }) =>
          by_k.map(({ k, difference: { value, low, high }, subsets, of, means }) => [
            ...[size, cell.label, best.label],
            ...[k, value, low, high, subsets, of, means],
          ]),
        ),
      },
    },
  };
}

/** @param aside places from the middle, so that intervals at one k do not cover each other */
function seriesOf({ cell, place, by_k }: Compared, best: string, aside: number, count: number): Series {
  const step = Math.min(0.09, 0.5 / count);
  return {
    ...plainSeries,
    ...inkAndShape(place),
    id: cell.label,
    label: plain(cell.label),
    emphasis: 'strong',
    whiskers: true,
    points: by_k.map(({ k, difference: { value: y, low, high } }) => ({ x: k + step * aside, y, low, high })),
    tip: (i) => {
      const at = by_k[i];
      if (!at) return { title: '', rows: [] };
      return {
        title: `${plain(cell.label)} minus ${best}, k = ${at.k}`,
        rows: [
          ...valueRows('difference', at.difference, signed),
          [
            at.means === 'plain' ? 'on the same' : 'of all, by the same',
            `${counted(at.subsets, 'subset')} of ${at.of.toLocaleString('en-US')}`,
          ],
        ],
      };
    },
  };
}
