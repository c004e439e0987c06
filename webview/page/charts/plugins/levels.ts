/**
 * Horizontal lines over the whole width, named beside the drawing where there is room, else in the legend alone; those
 * beyond the axis are named at its edge.
 */
import type { Chart, Plugin } from 'chart.js';
import type { Level } from '../../figures/figure.ts';
import type { Drawn } from '../drawn.ts';
import { clipped, scales } from './intervals.ts';

const GAP = 8;

export function levelsPlugin(drawn: () => Drawn): Plugin {
  return {
    id: 'levels',
    beforeDatasetsDraw(chart) {
      const [, y] = scales(chart);
      const levels = shownLevels(drawn());
      if (!y || levels.length === 0) return;
      const { ctx, chartArea } = chart;
      const { palette } = drawn();
      clipped(chart, () => {
        for (const { value, ink, dash } of levels) {
          ctx.strokeStyle = palette.ink[ink];
          ctx.lineWidth = 1.25;
          ctx.setLineDash([...dash]);
          ctx.beginPath();
          ctx.moveTo(chartArea.left, y.getPixelForValue(value));
          ctx.lineTo(chartArea.right, y.getPixelForValue(value));
          ctx.stroke();
          ctx.setLineDash([]);
        }
      });
    },
    afterDraw(chart) {
      const levels = shownLevels(drawn()).filter(({ named }) => named);
      if (levels.length > 0) nameThem(chart, levels, drawn());
    },
  };
}

/** Room at the right for their names; none where the chart is too narrow for it. */
export function roomForNames(chart: Pick<Chart, 'ctx' | 'width'>, drawn: Drawn): number {
  if (chart.width < 620) return 8;
  const { ctx } = chart;
  ctx.save();
  ctx.font = fontOf(drawn);
  const widest = Math.max(
    0,
    ...shownLevels(drawn)
      .filter(({ named }) => named)
      .map(({ label }) => ctx.measureText(`↑ ${label}`).width),
  );
  ctx.restore();
  return widest === 0 ? 8 : Math.min(Math.ceil(widest) + GAP, 0.3 * chart.width);
}

function shownLevels({ figure, shown }: Drawn): Level[] {
  return figure.kind === 'xy' ? figure.levels.filter(({ id }) => shown(id)) : [];
}

function fontOf({ palette }: Drawn): string {
  return `${palette.fontSize - 2}px ${palette.font}`;
}

function nameThem(chart: Chart, levels: readonly Level[], drawn: Drawn): void {
  const [, y] = scales(chart);
  if (!y) return;
  const { ctx, chartArea } = chart;
  const { palette } = drawn;
  const line = palette.fontSize + 2;
  const beside = chart.width - chartArea.right > 40;
  const placed = levels
    .map(({ label, value, ink }) => {
      const at = y.getPixelForValue(value);
      const beyond = at < chartArea.top ? '↑ ' : at > chartArea.bottom ? '↓ ' : '';
      const inside = Math.min(chartArea.bottom - line / 2, Math.max(chartArea.top + line / 2, at));
      return { text: `${beyond}${label}`, ink, at: inside, seen: beside || beyond !== '' };
    })
    // On the drawing a name would lie over what is drawn.
    .filter(({ seen }) => seen)
    .sort((a, b) => a.at - b.at);
  spreadOut(placed, line, chartArea.top + line / 2, chartArea.bottom - line / 2);
  ctx.save();
  ctx.font = fontOf(drawn);
  ctx.textBaseline = 'middle';
  ctx.textAlign = beside ? 'left' : 'right';
  const x = beside ? chartArea.right + GAP : chartArea.right - 4;
  for (const { text, at } of placed) {
    ctx.lineWidth = 4;
    ctx.lineJoin = 'round';
    ctx.strokeStyle = palette.background;
    ctx.strokeText(text, x, at, beside ? chart.width - x : chartArea.right - chartArea.left);
    ctx.fillStyle = palette.text;
    ctx.fillText(text, x, at, beside ? chart.width - x : chartArea.right - chartArea.left);
  }
  ctx.restore();
}

/** Pushes labels apart, downwards, then up again where they leave the chart. */
function spreadOut(labels: { at: number }[], gap: number, top: number, bottom: number): void {
  let least = top;
  for (const label of labels) {
    label.at = Math.max(label.at, least);
    least = label.at + gap;
  }
  let most = bottom;
  for (const label of [...labels].reverse()) {
    label.at = Math.min(label.at, most);
    most = label.at - gap;
  }
}
