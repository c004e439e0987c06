/** How far subsets of the same size lie apart: lowest, mean and highest, and the standard deviation, by k. */
import type { CurvePoint } from '../../../core/report/report.ts';
import { cellName } from '../../../words/cell-name.ts';
import { count, loss, NONE } from '../../../words/numbers.ts';
import type { Scope } from '../state/view.ts';
import { domainName } from '../text/words.ts';
import { kAxis, padded, type Series, type XyFigure, zeroLevel } from './figure.ts';
import { plainSeries } from './series.ts';

/** Null before any k has two subsets. */
export function spreadFigure(scope: Scope): XyFigure | null {
  const points = (scope.curve?.points ?? []).filter(({ sd }) => sd !== null);
  if (points.length === 0) return null;
  const { report, cell, domain } = scope;
  const reach = (of: (point: CurvePoint) => number) =>
    points.map((point) => ({ x: point.k, y: of(point) - point.mean, low: null, high: null }));
  const tip = (i: number) => spreadTip(points[i]);
  const sd = points.map(({ k, sd: value }) => ({ x: k, low: -(value ?? 0), high: value ?? 0 }));
  const series: Series[] = [
    {
      ...plainSeries,
      id: 'sd',
      label: 'One standard deviation',
      ink: 'blue',
      shape: 'rect',
      line: [],
      band: { strength: 'clear', points: sd },
      points: sd.map(({ x, high }) => ({ x, y: high, low: null, high: null })),
      tip,
    },
    {
      ...plainSeries,
      id: 'highest',
      label: 'Highest subset',
      ink: 'orange',
      shape: 'triangle',
      line: [6, 3],
      points: reach(({ max }) => max),
      tip,
    },
    {
      ...plainSeries,
      id: 'lowest',
      label: 'Lowest subset',
      ink: 'green',
      shape: 'rectRot',
      line: [2, 2],
      points: reach(({ min }) => min),
      tip,
    },
  ];
  const values = points.flatMap(({ min, max, mean, sd: around }) => [
    min - mean,
    max - mean,
    around ?? 0,
    -(around ?? 0),
  ]);
  const [min, max] = padded(Math.min(...values), Math.max(...values), 0.1);
  const last = Math.max(report.pool.length, ...points.map(({ k }) => k));
  const [first, end] = [points[0], points.at(-1)];
  return {
    kind: 'xy',
    title: `Spread over subsets · ${cellName(report, cell)} · ${domainName(report, domain)}`,
    summary: `How far subsets of k experts lie from their mean: the standard deviation is ${loss(first?.sd ?? Number.NaN, 4)} at k = ${first?.k} and ${loss(end?.sd ?? Number.NaN, 4)} at k = ${end?.k}.`,
    x: kAxis(last),
    y: { title: 'loss − mean, nats per token', min, max, least: min, most: max },
    series,
    levels: [zeroLevel('mean', 'mean')],
    marks: [],
    ringed: null,
    table: {
      columns: [
        { title: 'k' },
        { title: 'Subsets' },
        { title: 'Sd' },
        { title: 'Lowest' },
        { title: 'Mean' },
        { title: 'Highest' },
      ],
      rows: (scope.curve?.points ?? []).map((at) => [
        `${at.k}`,
        `${count(at.subsets)} of ${count(at.of)}`,
        at.sd === null ? NONE : loss(at.sd, 4),
        loss(at.min, 4),
        loss(at.mean, 4),
        loss(at.max, 4),
      ]),
      csv: {
        columns: ['k', 'subsets', 'of', 'sd', 'min', 'mean', 'max'],
        rows: (scope.curve?.points ?? []).map((at) => [
          at.k,
          at.subsets,
          at.of,
          at.sd,
          at.min,
          at.mean,
          at.max,
        ]),
      },
    },
  };
}

function spreadTip(at: CurvePoint | undefined) {
  if (!at) return { title: '', rows: [] };
  return {
    title: `k = ${at.k}, ${count(at.subsets)} of ${count(at.of)} subsets`,
    rows: [
      ['standard deviation', loss(at.sd ?? Number.NaN, 4)],
      ['lowest', loss(at.min, 4)],
      ['mean', loss(at.mean, 4)],
      ['highest', loss(at.max, 4)],
    ] as const,
  };
}
