/** A figure's series as Chart.js's datasets. */
import type { BarControllerDatasetOptions, ChartDataset, PointStyle } from 'chart.js';
import type { BarFigure, FigurePoint, Series, Shape, XyFigure } from '../figures/figure.ts';
import type { Drawn } from './drawn.ts';
import { faded } from './palette.ts';

export type XyDataset = ChartDataset<'scatter', FigurePoint[]>;
export type BarDataset = ChartDataset<'bar', (number | null)[]> & Partial<BarControllerDatasetOptions>;

const STYLES: Readonly<Record<Shape, PointStyle>> = {
  circle: 'circle',
  rect: 'rect',
  triangle: 'triangle',
  rectRot: 'rectRot',
  cross: 'cross',
  crossRot: 'crossRot',
  star: 'star',
  dash: 'dash',
  none: false,
};

export function xyDatasets(figure: XyFigure, drawn: Drawn): XyDataset[] {
  return figure.series.map((series, i) => ({
    ...xyDataset(series, drawn),
    // The first is drawn on top.
    order: i,
  }));
}

function xyDataset(series: Series, { palette, shown }: Drawn): XyDataset {
  const { ink, shape, hollow, emphasis, line, points, tip } = series;
  const colour = palette.ink[ink];
  const dots = emphasis === 'dots' && shape !== 'dash';
  const radius = dots ? 2.2 : emphasis === 'strong' ? 4.5 : 4;
  const fill = dots ? faded(colour, palette.highContrast ? 0.6 : 0.34) : colour;
  const open = hollow || shape === 'cross' || shape === 'crossRot' || shape === 'star' || shape === 'dash';
  return {
    label: series.label,
    data: [...points],
    parsing: false,
    normalized: true,
    hidden: !shown(series.id),
    showLine: line !== null,
    borderColor: colour,
    borderWidth: 1.75,
    borderDash: [...(line ?? [])],
    backgroundColor: fill,
    pointStyle: STYLES[shape],
    pointRadius: shape === 'none' ? 0 : shape === 'dash' ? 6 : radius,
    pointHoverRadius: shape === 'none' ? 0 : radius + 1.5,
    pointHitRadius: tip === null ? 0 : dots ? 4 : 7,
    pointBackgroundColor: hollow ? palette.background : fill,
    pointBorderColor: dots ? 'transparent' : open ? colour : palette.background,
    pointBorderWidth: dots ? 0 : open ? 1.75 : 1,
  };
}

export function barDatasets({ groups, bars }: BarFigure, { palette, shown }: Drawn): BarDataset[] {
  return groups.map(({ id, label, ink, filled }) => ({
    label,
    data: bars.map(({ group, value }) => (group === id ? value : null)),
    hidden: !shown(id),
    grouped: false,
    backgroundColor: filled ? faded(palette.ink[ink], 0.75) : faded(palette.ink[ink], 0.12),
    borderColor: palette.ink[ink],
    borderWidth: 1.5,
    borderSkipped: false,
    borderRadius: 2,
    barPercentage: 0.72,
    categoryPercentage: 0.9,
    maxBarThickness: 22,
  }));
}
