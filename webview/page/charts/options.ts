/** Chart.js's options for a figure: axes, type and colours of the theme, zoom by wheel, drag and pinch; no animation. */
import type { Chart, ChartOptions } from 'chart.js';
import type { Axis, Figure } from '../figures/figure.ts';
import type { Zoom } from '../state/ui-state.ts';
import type { Drawn } from './drawn.ts';
import { faded, type Palette } from './palette.ts';
import { roomForNames } from './plugins/levels.ts';

export function optionsOf(
  figure: Figure,
  drawn: Drawn,
  zoom: Zoom | null,
  zoomed: (chart: Chart) => void,
): ChartOptions {
  const { palette } = drawn;
  const bars = figure.kind === 'bars';
  return {
    animation: false,
    responsive: true,
    maintainAspectRatio: false,
    // Finer than the device would ask for costs memory and shows nothing.
    devicePixelRatio: Math.min(3, Math.max(1, window.devicePixelRatio || 1)),
    ...(bars ? { indexAxis: 'y' as const } : {}),
    events: ['mousemove', 'mouseout', 'click', 'touchstart', 'touchmove'],
    layout: {
      // Asked again whenever the width changes: a narrow chart has no room for names beside it.
      padding: ({ chart }: { chart: Chart }) => ({
        top: figure.kind === 'xy' && figure.marks.length > 0 ? 20 : 6,
        right: roomForNames(chart, drawn),
        bottom: 0,
        left: 0,
      }),
    },
    scales: bars
      ? { x: numberScale(figure.x, zoom?.x ?? null, palette, true), y: namesScale(palette) }
      : {
          x: numberScale(figure.x, zoom?.x ?? null, palette, false),
          y: numberScale(figure.y, zoom?.y ?? null, palette, true),
        },
    plugins: {
      zoom: {
        limits: {
          x: { min: figure.x.least, max: figure.x.most, minRange: (figure.x.most - figure.x.least) / 200 },
          ...(bars
            ? {}
            : {
                y: {
                  min: figure.y.least,
                  max: figure.y.most,
                  minRange: (figure.y.most - figure.y.least) / 2000,
                },
              }),
        },
        pan: {
          enabled: true,
          mode: bars ? 'x' : 'xy',
          modifierKey: 'shift',
          onPan: ({ chart }) => zoomed(chart),
        },
        zoom: {
          mode: bars ? 'x' : 'xy',
          // A plain wheel scrolls the page.
          wheel: { enabled: true, modifierKey: 'ctrl', speed: 0.08 },
          pinch: { enabled: true },
          drag: {
            enabled: true,
            threshold: 8,
            backgroundColor: faded(palette.focus, 0.15),
            borderColor: palette.focus,
            borderWidth: 1,
          },
          onZoom: ({ chart }) => zoomed(chart),
        },
      },
    },
  };
}

function numberScale(axis: Axis, seen: readonly [number, number] | null, palette: Palette, lines: boolean) {
  const [min, max] = seen ?? [axis.min, axis.max];
  const { ticks } = axis;
  const named = typeof ticks === 'object' ? ticks : null;
  const whole = ticks === 'whole';
  return {
    type: 'linear' as const,
    min,
    max,
    title: { display: true, text: axis.title, color: palette.muted, font: font(palette, 0), padding: 6 },
    border: { color: palette.grid },
    grid: { color: lines ? palette.grid : 'transparent', tickColor: palette.grid, tickLength: 4 },
    ...(named
      ? {
          afterBuildTicks: (scale: { min: number; max: number; ticks: { value: number }[] }) => {
            scale.ticks = named
              .filter(({ at }) => at >= scale.min && at <= scale.max)
              .map(({ at }) => ({ value: at }));
          },
        }
      : {}),
    ticks: {
      color: palette.muted,
      font: font(palette, 0),
      padding: 4,
      maxRotation: 0,
      autoSkipPadding: 12,
      includeBounds: false,
      ...(whole ? { precision: 0, ...(max - min > 40 ? {} : { stepSize: 1 }) } : {}),
      callback: (value: number | string) =>
        named
          ? (named.find(({ at }) => at === Number(value))?.label ?? null)
          : tickText(Number(value), whole, max - min),
    },
  };
}

function tickText(value: number, whole: boolean, span: number): string | null {
  if (whole) return Number.isInteger(value) && value >= 1 ? `${value}` : null;
  const digits = Math.min(6, Math.max(0, Math.ceil(1.2 - Math.log10(span))));
  const text = value.toFixed(digits);
  return Number(text) === 0 ? '0' : text.replace('-', '−');
}

function namesScale(palette: Palette) {
  return {
    type: 'category' as const,
    border: { color: palette.grid },
    grid: { display: false },
    ticks: { color: palette.text, font: font(palette, 1), autoSkip: false, crossAlign: 'far' as const },
  };
}

function font({ font: family, fontSize }: Palette, larger: number) {
  return { family, size: fontSize - 2 + larger };
}
