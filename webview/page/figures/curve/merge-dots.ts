/** Every measured merge: as dots, or where they are too many as ribbons with the extremes as dots. */
import type { Report } from '../../../../core/report/report.ts';
import { counted, loss } from '../../../../words/numbers.ts';
import { nameList } from '../../../../words/plain.ts';
import { lossAt, membersOf, seedAt, subsetSizes } from '../../merges/columns.ts';
import { spreadByK } from '../../merges/spread-by-k.ts';
import type { Scope } from '../../state/view.ts';
import type { FigurePoint, Series, Tip } from '../figure.ts';
import { plainSeries } from '../series.ts';

/** Above this many merges, single dots say less than ribbons. */
export const MOST_DOTS = 2000;

export function mergeSeries(scope: Scope): Series[] {
  const { merges } = scope.cell;
  if (merges.count === 0) return [];
  return merges.count <= MOST_DOTS ? [dots(scope)] : ribbons(scope);
}

/** Where a merge is drawn: a little beside its k, always at the same place. */
export function mergePoint({ cell, domain }: Scope, row: number): FigurePoint {
  const { merges } = cell;
  const k = subsetSizes(merges)[row] ?? 0;
  const side =
    merges.count <= MOST_DOTS ? 0.34 * (placeOf(merges.members, row, merges.seed[row] ?? -1) - 0.5) : 0;
  return { x: k + side, y: lossAt(merges, row, domain), low: null, high: null };
}

/** Evenly spread over [0, 1), fixed by the subset and its seed. */
function placeOf(members: Uint32Array, row: number, seed: number): number {
  let h = Math.imul((members[2 * row] ?? 0) ^ 0x9e3779b9, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13) ^ (members[2 * row + 1] ?? 0), 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 16) ^ (seed + 1), 0x27d4eb2f);
  return ((h ^ (h >>> 15)) >>> 0) / 2 ** 32;
}

function dots(scope: Scope): Series {
  const { merges } = scope.cell;
  const rows: number[] = [];
  for (let i = 0; i < merges.count; i++) if (Number.isFinite(lossAt(merges, i, scope.domain))) rows.push(i);
  const placed = rows
    .map((row) => ({ row, point: mergePoint(scope, row) }))
    .sort((a, b) => a.point.x - b.point.x);
  return {
    ...plainSeries,
    id: 'merges',
    label: 'Every merge',
    ink: 'foreground',
    emphasis: 'dots',
    points: placed.map(({ point }) => point),
    tip: (i) => mergeTip(scope, placed[i]?.row ?? 0),
    merge: (i) => placed[i]?.row ?? 0,
  };
}

export function mergeTip({ report, cell, domain }: Scope, row: number): Tip {
  const { merges } = cell;
  const members = membersOf(merges, row);
  const seed = seedAt(merges, row);
  return {
    title: subsetTitle(report, members),
    rows: [
      ['loss', loss(lossAt(merges, row, domain), 4)],
      ['experts', `${members.length} of ${report.pool.length}`],
      ...(seed === null ? [] : ([['seed', `${seed}`]] as const)),
      ...(merges.design[row] === 1 ? [] : ([['design', 'measured besides']] as const)),
    ],
  };
}

export function subsetTitle(report: Report, members: readonly number[]): string {
  if (members.length === report.pool.length && members.length > 1) return `all ${members.length} experts`;
  return nameList(
    members.map((d) => report.pool[d] ?? ''),
    8,
  );
}

function ribbons(scope: Scope): Series[] {
  const spread = spreadByK(scope.cell.merges, scope.domain);
  const ribbon = (
    id: string,
    label: string,
    strength: 'faint' | 'clear',
    low: 'p5' | 'p25',
    high: 'p95' | 'p75',
  ): Series => ({
    ...plainSeries,
    id,
    label,
    ink: 'foreground',
    shape: 'none',
    band: { strength, points: spread.map((at) => ({ x: at.k, low: at[low], high: at[high] })) },
    points: [],
  });
  const extremes = spread.flatMap((at) =>
    at.lowestRow === at.highestRow ? [at.lowestRow] : [at.lowestRow, at.highestRow],
  );
  return [
    {
      ...plainSeries,
      id: 'median',
      label: 'Median merge',
      ink: 'foreground',
      shape: 'dash',
      points: spread.map(({ k, p50 }) => ({ x: k, y: p50, low: null, high: null })),
      tip: (i) => medianTip(spread[i]),
    },
    {
      ...plainSeries,
      id: 'extremes',
      label: 'Lowest and highest merge',
      ink: 'foreground',
      emphasis: 'dots',
      points: extremes.map((row) => mergePoint(scope, row)),
      tip: (i) => mergeTip(scope, extremes[i] ?? 0),
      merge: (i) => extremes[i] ?? 0,
    },
    ribbon('ribbon-50', 'Middle half', 'clear', 'p25', 'p75'),
    ribbon('ribbon-90', '90% of merges', 'faint', 'p5', 'p95'),
  ];
}

function medianTip(at: ReturnType<typeof spreadByK>[number] | undefined): Tip {
  if (!at) return { title: '', rows: [] };
  return {
    title: `k = ${at.k}, ${counted(at.merges, 'merge')}`,
    rows: [
      ['median', loss(at.p50, 4)],
      ['middle half', `${loss(at.p25, 4)} to ${loss(at.p75, 4)}`],
      ['90% of merges', `${loss(at.p5, 4)} to ${loss(at.p95, 4)}`],
      ['lowest to highest', `${loss(at.lowest, 4)} to ${loss(at.highest, 4)}`],
    ],
  };
}
