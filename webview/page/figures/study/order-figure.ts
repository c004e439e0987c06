/** How much the order matters in which experts are added: the spread over permutations, by k. */
import type { OrderSpread } from '../../../../core/law/spread/order-spread.ts';
import { cellName } from '../../../../words/cell-name.ts';
import { loss, percent, significant } from '../../../../words/numbers.ts';
import { type Scope, studyOf } from '../../state/view.ts';
import { kAxis, padded, type Series, type XyFigure } from '../figure.ts';
import { plainSeries } from '../series.ts';

/** Of the objective; null where the design has no permutations. */
export function orderFigure(scope: Scope): XyFigure | null {
  const orders = studyOf(scope)?.orders ?? [];
  const [first, last] = [orders[0], orders.at(-1)];
  if (!first || !last) return null;
  const { report, cell } = scope;
  const [least, most] = padded(0, Math.max(...orders.map(({ range }) => range)), 0.08);
  const tip = (i: number) => tipOf(orders[i]);
  const line = (of: (row: OrderSpread) => number) =>
    orders.map((row) => ({ x: row.k, y: of(row), low: null, high: null }));
  const series: Series[] = [
    {
      ...plainSeries,
      id: 'sd',
      label: 'Standard deviation',
      ink: 'blue',
      line: [],
      points: line(({ sd }) => sd),
      tip,
    },
    {
      ...plainSeries,
      id: 'range',
      label: 'Largest minus smallest',
      ink: 'orange',
      shape: 'triangle',
      line: [6, 3],
      points: line(({ range }) => range),
      tip,
    },
  ];
  return {
    kind: 'xy',
    title: `Order sensitivity · ${cellName(report, cell)}`,
    summary: `Spread of the loss over orders of adding experts: the standard deviation is ${percent(first.cv)} of the mean at k = ${first.k} and ${percent(last.cv)} at k = ${last.k}.`,
    x: kAxis(Math.max(report.pool.length, last.k)),
    y: { title: 'loss over orders, nats', min: least, max: most, least, most },
    series,
    levels: [],
    marks: [],
    ringed: null,
    table: {
      columns: ['k', 'Orders', 'Mean', 'Sd', 'Range', 'Sd/mean'].map((title) => ({ title })),
      rows: orders.map(({ k, orders: n, mean, sd, range, cv }) => [
        ...[`${k}`, `${n}`, loss(mean, 4), loss(sd, 5), loss(range, 4), percent(cv)],
      ]),
      csv: {
        columns: ['k', 'orders', 'mean', 'sd', 'range', 'cv'],
        rows: orders.map(({ k, orders: n, mean, sd, range, cv }) => [k, n, mean, sd, range, cv]),
      },
    },
  };
}

function tipOf(row: OrderSpread | undefined) {
  if (!row) return { title: '', rows: [] };
  return {
    title: `k = ${row.k}, ${row.orders} orders`,
    rows: [
      ['standard deviation', loss(row.sd, 5)],
      ['as a share of the mean', percent(row.cv)],
      ['largest minus smallest', loss(row.range, 4)],
      ['mean', significant(row.mean, 5)],
    ] as const,
  };
}
