/** The recommended k as a line with its interval, and the ring around a picked merge. */
import type { Plugin } from 'chart.js';
import type { Drawn } from '../drawn.ts';
import { faded } from '../palette.ts';
import { clipped, scales } from './intervals.ts';

export function marksPlugin(drawn: () => Drawn): Plugin {
  return {
    id: 'marks',
    beforeDatasetsDraw(chart) {
      const { figure, palette, shown } = drawn();
      const [x] = scales(chart);
      if (figure.kind !== 'xy' || !x) return;
      const { ctx, chartArea } = chart;
      clipped(chart, () => {
        for (const { id, x: at, low, high } of figure.marks) {
          if (!shown(id)) continue;
          const left = x.getPixelForValue((low ?? at) - 0.5);
          const right = x.getPixelForValue((high ?? at) + 0.5);
          ctx.fillStyle = faded(palette.ink.green, palette.highContrast ? 0.18 : 0.1);
          ctx.fillRect(left, chartArea.top, right - left, chartArea.bottom - chartArea.top);
          ctx.strokeStyle = palette.ink.green;
          ctx.lineWidth = 1;
          ctx.setLineDash([3, 3]);
          ctx.beginPath();
          ctx.moveTo(x.getPixelForValue(at), chartArea.top);
          ctx.lineTo(x.getPixelForValue(at), chartArea.bottom);
          ctx.stroke();
          ctx.setLineDash([]);
        }
      });
    },
    afterDraw(chart) {
      const { figure, palette, shown } = drawn();
      const [x, y] = scales(chart);
      if (figure.kind !== 'xy' || !x || !y) return;
      const { ctx, chartArea } = chart;
      ctx.save();
      ctx.font = `${palette.fontSize - 2}px ${palette.font}`;
      ctx.textBaseline = 'bottom';
      for (const { id, label, x: at } of figure.marks) {
        const across = x.getPixelForValue(at);
        if (!shown(id) || across < chartArea.left || across > chartArea.right) continue;
        const half = ctx.measureText(label).width / 2;
        ctx.textAlign = 'center';
        ctx.fillStyle = palette.text;
        ctx.fillText(label, Math.min(Math.max(across, half + 2), chart.width - half - 2), chartArea.top - 3);
      }
      ctx.restore();
      const { ringed } = figure;
      if (!ringed) return;
      clipped(chart, () => {
        ctx.beginPath();
        ctx.arc(x.getPixelForValue(ringed.x), y.getPixelForValue(ringed.y), 7, 0, 2 * Math.PI);
        ctx.lineWidth = 4;
        ctx.strokeStyle = palette.background;
        ctx.stroke();
        ctx.lineWidth = 2;
        ctx.strokeStyle = palette.focus;
        ctx.stroke();
      });
    },
  };
}
