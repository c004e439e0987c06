/** Bands behind everything, and whiskers behind the marks that they belong to. */
import type { Chart, Plugin } from 'chart.js';
import type { Series } from '../../figures/figure.ts';
import type { Drawn } from '../drawn.ts';
import { faded } from '../palette.ts';

const CAP = 3;

export function intervalsPlugin(drawn: () => Drawn): Plugin {
  return {
    id: 'intervals',
    beforeDatasetsDraw(chart) {
      const { figure, shown } = drawn();
      if (figure.kind !== 'xy') return;
      clipped(chart, () => {
        const behind = [...figure.series].reverse();
        for (const series of behind) if (series.band && shown(series.id)) drawBand(chart, series, drawn());
        for (const series of behind)
          if (series.whiskers && shown(series.id)) drawWhiskers(chart, series, drawn());
      });
    },
    afterDatasetsDraw(chart) {
      const { figure, palette } = drawn();
      if (figure.kind !== 'bars') return;
      clipped(chart, () => {
        chart.ctx.strokeStyle = palette.text;
        chart.ctx.lineWidth = 1.5;
        for (const [i, { low, high }] of figure.bars.entries()) {
          const bar = chart.getDatasetMeta(figure.groups.findIndex(({ id }) => id === figure.bars[i]?.group))
            .data[i];
          if (!bar || low === null || high === null) continue;
          horizontal(chart, low, high, bar.y);
        }
      });
    },
  };
}

function drawBand(chart: Chart, { band, ink }: Series, { palette }: Drawn): void {
  const { ctx } = chart;
  const [x, y] = scales(chart);
  if (!band || band.points.length === 0 || !x || !y) return;
  const clear = band.strength === 'clear';
  ctx.fillStyle = faded(palette.ink[ink], (clear ? 0.22 : 0.13) * (palette.highContrast ? 1.6 : 1));
  ctx.beginPath();
  for (const [i, { x: at, high }] of band.points.entries()) {
    if (i === 0) ctx.moveTo(x.getPixelForValue(at), y.getPixelForValue(high));
    else ctx.lineTo(x.getPixelForValue(at), y.getPixelForValue(high));
  }
  for (const { x: at, low } of [...band.points].reverse())
    ctx.lineTo(x.getPixelForValue(at), y.getPixelForValue(low));
  ctx.closePath();
  ctx.fill();
  if (!palette.highContrast) return;
  ctx.strokeStyle = faded(palette.ink[ink], 0.8);
  ctx.lineWidth = 1;
  ctx.stroke();
}

function drawWhiskers(chart: Chart, series: Series, { palette }: Drawn): void {
  const { ctx } = chart;
  const [x, y] = scales(chart);
  if (!x || !y) return;
  ctx.strokeStyle = faded(palette.ink[series.ink], palette.highContrast ? 1 : 0.75);
  ctx.lineWidth = 1.25;
  for (const { x: at, low, high } of series.points) {
    if (low === null || high === null) continue;
    const [across, top, bottom] = [x.getPixelForValue(at), y.getPixelForValue(high), y.getPixelForValue(low)];
    ctx.beginPath();
    ctx.moveTo(across, top);
    ctx.lineTo(across, bottom);
    for (const end of [top, bottom]) {
      ctx.moveTo(across - CAP, end);
      ctx.lineTo(across + CAP, end);
    }
    ctx.stroke();
  }
}

function horizontal(chart: Chart, low: number, high: number, at: number): void {
  const { ctx } = chart;
  const [x] = scales(chart);
  if (!x) return;
  const [left, right] = [x.getPixelForValue(low), x.getPixelForValue(high)];
  ctx.beginPath();
  ctx.moveTo(left, at);
  ctx.lineTo(right, at);
  for (const end of [left, right]) {
    ctx.moveTo(end, at - CAP);
    ctx.lineTo(end, at + CAP);
  }
  ctx.stroke();
}

export function scales(chart: Chart) {
  return [chart.scales['x'], chart.scales['y']] as const;
}

/** Draws inside the axes only, and leaves the canvas as it was. */
export function clipped(chart: Chart, draw: () => void): void {
  const { ctx, chartArea } = chart;
  const { left, top, right, bottom } = chartArea;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, bottom - top);
  ctx.clip();
  draw();
  ctx.restore();
}
