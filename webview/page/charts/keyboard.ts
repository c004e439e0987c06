/** A chart by keyboard: arrows go from mark to mark and from series to series; + and − zoom, 0 shows everything. */
import type { Chart } from 'chart.js';
import type { Figure } from '../figures/figure.ts';
import type { Pointed } from './plugins/pointer.ts';

export const KEYS_HELP =
  'Arrow keys go through the marks, + and − zoom, 0 resets the zoom. Drag or Ctrl + wheel to zoom, Shift + drag to move.';

export interface ChartKeys {
  readonly at: () => Pointed | null;
  readonly go: (at: Pointed | null) => void;
  readonly pick: (at: Pointed) => void;
  readonly reset: () => void;
}

/** @returns true where the key meant something to the chart */
export function chartKey(key: string, chart: Chart, figure: Figure, keys: ChartKeys): boolean {
  const at = keys.at();
  switch (key) {
    case '+':
    case '=':
      chart.zoom(1.25);
      return true;
    case '-':
      chart.zoom(0.8);
      return true;
    case '0':
      keys.reset();
      return true;
    case 'Escape':
      if (!at) return false;
      keys.go(null);
      return true;
    case 'Enter':
      if (at) keys.pick(at);
      return at !== null;
    case 'ArrowLeft':
    case 'ArrowRight':
    case 'ArrowUp':
    case 'ArrowDown':
    case 'Home':
    case 'End':
      keys.go(step(key, chart, figure, at));
      return true;
    default:
      return false;
  }
}

type Move = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown' | 'Home' | 'End';

function step(key: Move, chart: Chart, figure: Figure, at: Pointed | null): Pointed | null {
  const stops = figure.kind === 'bars' ? barStops(chart) : xyStops(chart, figure);
  if (stops.length === 0) return null;
  const row = Math.max(
    0,
    stops.findIndex((line) => line.some((stop) => stop.series === at?.series && stop.index === at.index)),
  );
  const line = stops[row] ?? [];
  const column = line.findIndex((stop) => stop.series === at?.series && stop.index === at.index);
  // Bars lie one below another: up and down go through them.
  const along =
    figure.kind === 'bars' ? { back: 'ArrowUp', on: 'ArrowDown' } : { back: 'ArrowLeft', on: 'ArrowRight' };
  if (column < 0 || key === 'Home') return line[0] ?? null;
  if (key === 'End') return line.at(-1) ?? null;
  if (key === along.back) return line[Math.max(0, column - 1)] ?? null;
  if (key === along.on) return line[Math.min(line.length - 1, column + 1)] ?? null;
  const next =
    stops[(row + (key === 'ArrowUp' || key === 'ArrowLeft' ? -1 : 1) + stops.length) % stops.length] ?? line;
  // The mark of the other series that is nearest in x.
  return next.reduce((best, stop) =>
    Math.abs(stop.x - (at?.x ?? 0)) < Math.abs(best.x - (at?.x ?? 0)) ? stop : best,
  );
}

/** A line for each shown series that says something, the one on top first. */
function xyStops(chart: Chart, figure: Figure): Pointed[][] {
  if (figure.kind !== 'xy') return [];
  return figure.series
    .flatMap(({ tip }, series) => (tip && chart.isDatasetVisible(series) ? [stopsOf(chart, series)] : []))
    .filter((line) => line.length > 0);
}

function barStops(chart: Chart): Pointed[][] {
  const all = chart.data.datasets.flatMap((_, series) =>
    chart.isDatasetVisible(series) ? stopsOf(chart, series) : [],
  );
  return all.length === 0 ? [] : [all.sort((a, b) => a.y - b.y)];
}

function stopsOf(chart: Chart, series: number): Pointed[] {
  return chart
    .getDatasetMeta(series)
    .data.map((element, index) => ({ series, index, x: element.x, y: element.y }))
    .filter(({ index, x, y }) => chart.data.datasets[series]?.data[index] !== null && Number.isFinite(x + y))
    .sort((a, b) => a.x - b.x);
}
