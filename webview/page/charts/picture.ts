/** A chart as a PNG that stands on its own: title, legend and background with it. */
import type { Chart } from 'chart.js';
import type { LegendItem } from './legend.ts';
import type { Palette } from './palette.ts';

const MARGIN = 16;

export function picture(chart: Chart, title: string, items: readonly LegendItem[], palette: Palette): string {
  const scale = chart.currentDevicePixelRatio;
  const { width, height } = chart;
  const measure = document.createElement('canvas').getContext('2d');
  if (!measure) return '';
  const small = `${palette.fontSize - 1}px ${palette.font}`;
  measure.font = small;
  const rows = flow(
    items.map((item) => ({ item, width: 34 + measure.measureText(item.label).width + 14 })),
    width,
  );
  const line = palette.fontSize + 8;
  const head = MARGIN + line + rows.length * line + 6;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round((width + 2 * MARGIN) * scale);
  canvas.height = Math.round((head + height + MARGIN) * scale);
  const ctx = canvas.getContext('2d');
  if (!ctx) return '';
  ctx.scale(scale, scale);
  ctx.fillStyle = palette.background;
  ctx.fillRect(0, 0, canvas.width, canvas.height);
  ctx.fillStyle = palette.text;
  ctx.textBaseline = 'middle';
  ctx.font = `600 ${palette.fontSize}px ${palette.font}`;
  ctx.fillText(title, MARGIN, MARGIN + line / 2, width);
  ctx.font = small;
  for (const [i, row] of rows.entries()) {
    let x = MARGIN;
    const y = MARGIN + line * (i + 1.5);
    for (const { item, width: wide } of row) {
      drawMark(ctx, item, x, y, palette);
      ctx.fillStyle = palette.text;
      ctx.fillText(item.label, x + 32, y);
      x += wide;
    }
  }
  ctx.drawImage(chart.canvas, MARGIN, head, width, height);
  return canvas.toDataURL('image/png');
}

function flow<T extends { readonly width: number }>(items: readonly T[], room: number): T[][] {
  const rows: T[][] = [];
  let used = Number.POSITIVE_INFINITY;
  for (const item of items) {
    if (used + item.width > room) {
      rows.push([]);
      used = 0;
    }
    rows.at(-1)?.push(item);
    used += item.width;
  }
  return rows;
}

function drawMark(
  ctx: CanvasRenderingContext2D,
  item: LegendItem,
  x: number,
  y: number,
  palette: Palette,
): void {
  ctx.save();
  const colour = palette.ink[item.ink];
  ctx.strokeStyle = colour;
  ctx.fillStyle = colour;
  ctx.lineWidth = 1.75;
  if (item.band) {
    ctx.globalAlpha = 0.22;
    ctx.fillRect(x, y - 5, 26, 10);
    ctx.globalAlpha = 1;
  }
  if (item.line) {
    ctx.setLineDash([...item.line]);
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.lineTo(x + 26, y);
    ctx.stroke();
    ctx.setLineDash([]);
  }
  if (item.shape !== 'none') {
    ctx.beginPath();
    outline(ctx, item.shape, x + 13, y);
    if (!item.hollow && !['cross', 'crossRot', 'star', 'dash'].includes(item.shape)) ctx.fill();
    ctx.stroke();
  }
  ctx.restore();
}

function outline(ctx: CanvasRenderingContext2D, shape: LegendItem['shape'], x: number, y: number): void {
  const to = (points: readonly (readonly [number, number])[], close: boolean): void => {
    for (const [i, [dx, dy]] of points.entries()) {
      if (i === 0) ctx.moveTo(x + dx, y + dy);
      else ctx.lineTo(x + dx, y + dy);
    }
    if (close) ctx.closePath();
  };
  switch (shape) {
    case 'circle':
      ctx.arc(x, y, 4, 0, 2 * Math.PI);
      break;
    case 'rect':
      ctx.rect(x - 3.5, y - 3.5, 7, 7);
      break;
    case 'triangle':
      to(
        [
          [0, -4],
          [4.2, 3.6],
          [-4.2, 3.6],
        ],
        true,
      );
      break;
    case 'rectRot':
      to(
        [
          [0, -4.6],
          [4.6, 0],
          [0, 4.6],
          [-4.6, 0],
        ],
        true,
      );
      break;
    case 'star':
      to(
        [
          [-3.5, -2],
          [3.5, 2],
        ],
        false,
      );
      to(
        [
          [3.5, -2],
          [-3.5, 2],
        ],
        false,
      );
      to(
        [
          [0, -4],
          [0, 4],
        ],
        false,
      );
      break;
    case 'cross':
      to(
        [
          [0, -4],
          [0, 4],
        ],
        false,
      );
      to(
        [
          [-4, 0],
          [4, 0],
        ],
        false,
      );
      break;
    case 'crossRot':
      to(
        [
          [-3, -3],
          [3, 3],
        ],
        false,
      );
      to(
        [
          [3, -3],
          [-3, 3],
        ],
        false,
      );
      break;
    case 'dash':
      to(
        [
          [-5, 0],
          [5, 0],
        ],
        false,
      );
      break;
    case 'none':
      break;
    default:
      shape satisfies never;
  }
}
