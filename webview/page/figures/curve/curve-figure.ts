/** Loss against k of one cell and domain: everything that is known of it. */

import { cellName } from '../../../../words/cell-name.ts';
import { counted, loss } from '../../../../words/numbers.ts';
import { subsetSizes } from '../../merges/columns.ts';
import type { Scope } from '../../state/view.ts';
import { domainName } from '../../text/words.ts';
import { type Axis, kAxis, type Level, padded, type Series, type XyFigure } from '../figure.ts';
import { extent } from '../series.ts';
import { curveLevels, recommendedMark } from './curve-levels.ts';
import {
  chosenSeries,
  lawSeries,
  predictedSeries,
  threePointSeries,
  typicalBand,
  typicalSeries,
} from './curve-lines.ts';
import { curveTable } from './curve-table.ts';
import { mergePoint, mergeSeries } from './merge-dots.ts';
import { tunedSeries } from './tuned-line.ts';

/** A level farther away than this share of the curve's height is named at the edge instead of squeezing the curve. */
const NEAR = 0.3;

/** @param picked row of the merge to ring, or null */
export function curveFigure(scope: Scope, picked: number | null): XyFigure {
  const last = lastK(scope);
  const series = [
    typicalSeries(scope),
    chosenSeries(scope),
    tunedSeries(scope),
    predictedSeries(scope),
    typicalBand(scope),
    lawSeries(scope, last),
    threePointSeries(scope, last),
    ...mergeSeries(scope),
  ].filter((one) => one !== null);
  const levels = curveLevels(scope);
  const mark = recommendedMark(scope);
  return {
    kind: 'xy',
    title: `${cellName(scope.report, scope.cell)} · ${domainName(scope.report, scope.domain)}`,
    summary: summary(scope, levels),
    x: kAxis(last),
    y: lossAxis(series, levels),
    series,
    levels,
    marks: mark ? [mark] : [],
    ringed: picked === null ? null : mergePoint(scope, picked),
    table: curveTable(scope),
  };
}

function lastK({ cell, curve, report }: Scope): number {
  let last = Math.max(1, report.pool.length);
  for (const { k } of [...(curve?.points ?? []), ...(curve?.forecast ?? [])]) last = Math.max(last, k);
  for (const k of subsetSizes(cell.merges)) last = Math.max(last, k);
  return last;
}

export function lossAxis(series: readonly Series[], levels: readonly Level[]): Axis {
  const title = 'loss, nats per token';
  const measured = series.filter(({ id }) => id !== 'law' && id !== 'three-point');
  const points = measured.flatMap((one) => [
    ...one.points,
    ...(one.band?.points ?? []).map(({ low, high }) => ({ y: (low + high) / 2, low, high })),
  ]);
  const seen = extent(points, true);
  if (!seen) {
    const at = levels[0]?.value ?? 1;
    const [min, max] = padded(at, at);
    return { title, min, max, least: min, most: max };
  }
  const [lowest, highest] = seen;
  const reach = NEAR * (highest - lowest);
  const near = levels.filter(({ value }) => value >= lowest - reach && value <= highest + reach);
  const values = [lowest, highest, ...near.map(({ value }) => value)];
  const [min, max] = padded(Math.min(...values), Math.max(...values));
  const all = [min, max, ...levels.map(({ value }) => value)];
  const [least, most] = padded(Math.min(...all), Math.max(...all));
  return { title, min, max, least, most };
}

function summary(scope: Scope, levels: readonly Level[]): string {
  const points = scope.curve?.points ?? [];
  const [first, last] = [points[0], points.at(-1)];
  const parts = [
    `Loss against the number of merged experts, ${domainName(scope.report, scope.domain)}, ${cellName(scope.report, scope.cell)}.`,
    first && last && last !== first
      ? `A typical subset goes from ${loss(first.mean)} at k = ${first.k} to ${loss(last.mean)} at k = ${last.k}.`
      : '',
    scope.curve?.recommended_k ? `Recommended k: ${scope.curve.recommended_k.k}.` : '',
    levels.length > 0 ? `${levels.map(({ label }) => label).join(', ')}.` : '',
    `${counted(scope.cell.merges.count, 'merge')} measured.`,
  ];
  return parts.filter(Boolean).join(' ');
}
