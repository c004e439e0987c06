/** A figure on a canvas: made when it is first seen, then changed in place, without animation. */
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  LinearScale,
  LineElement,
  PointElement,
  ScatterController,
} from 'chart.js';
import zoomPlugin from 'chartjs-plugin-zoom';
import type { Zoom } from '../state/ui-state.ts';
import { barDatasets, xyDatasets } from './datasets.ts';
import type { Drawn } from './drawn.ts';
import { optionsOf } from './options.ts';
import { intervalsPlugin } from './plugins/intervals.ts';
import { levelsPlugin } from './plugins/levels.ts';
import { marksPlugin } from './plugins/marks.ts';
import { type Pointed, pointerPlugin } from './plugins/pointer.ts';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  LinearScale,
  LineElement,
  PointElement,
  ScatterController,
  zoomPlugin,
);

export interface CanvasEvents {
  /** What is pointed at, null = nothing. */
  readonly pointed: (at: Pointed | null) => void;
  readonly clicked: (at: Pointed) => void;
  readonly zoomed: (zoom: Omit<Zoom, 'scope'>) => void;
}

export class CanvasChart {
  readonly canvas = document.createElement('canvas');
  readonly #events: CanvasEvents;
  #chart: Chart | null = null;
  #drawn: Drawn | null = null;

  constructor(events: CanvasEvents) {
    this.#events = events;
    this.canvas.tabIndex = 0;
  }

  get chart(): Chart | null {
    return this.#chart;
  }

  get drawn(): Drawn | null {
    return this.#drawn;
  }

  draw(drawn: Drawn, zoom: Zoom | null): void {
    const kept = this.#drawn?.figure.kind === drawn.figure.kind;
    this.#drawn = drawn;
    // A picture only now: without a name it would be none.
    this.canvas.setAttribute('role', 'img');
    this.canvas.setAttribute('aria-label', drawn.figure.summary);
    if (this.#chart && !kept) this.dispose();
    const config = this.#config(drawn, zoom);
    if (this.#chart) {
      this.#chart.data = config.data;
      this.#chart.options = config.options ?? {};
      this.#chart.update('none');
    } else this.#chart = new Chart(this.canvas, config);
  }

  /** Draws one mark as if it were pointed at; null = none. */
  mark(at: Pick<Pointed, 'series' | 'index'> | null): void {
    this.#chart?.setActiveElements(at ? [{ datasetIndex: at.series, index: at.index }] : []);
    this.#chart?.draw();
  }

  dispose(): void {
    this.#chart?.destroy();
    this.#chart = null;
  }

  #config(drawn: Drawn, zoom: Zoom | null): ChartConfiguration {
    const { figure } = drawn;
    const current = (): Drawn => this.#drawn ?? drawn;
    const options = optionsOf(figure, drawn, zoom, (chart) => this.#events.zoomed(seen(chart)));
    const plugins = [
      levelsPlugin(current),
      marksPlugin(current),
      intervalsPlugin(current),
      pointerPlugin(this.#events.pointed, this.#events.clicked),
    ];
    return figure.kind === 'bars'
      ? {
          type: 'bar',
          data: { labels: figure.bars.map(({ label }) => label), datasets: barDatasets(figure, drawn) },
          options,
          plugins,
        }
      : { type: 'scatter', data: { datasets: xyDatasets(figure, drawn) }, options, plugins };
  }
}

function seen(chart: Chart): Omit<Zoom, 'scope'> {
  const range = (name: 'x' | 'y'): readonly [number, number] => {
    const scale = chart.scales[name];
    return [scale?.min ?? 0, scale?.max ?? 1];
  };
  return { x: range('x'), y: range('y') };
}
