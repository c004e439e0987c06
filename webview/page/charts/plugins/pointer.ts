/** What the pointer is at: the nearest mark within reach of it. */
import type { ActiveElement, Chart, Plugin } from 'chart.js';

export interface Pointed {
  readonly series: number;
  readonly index: number;
  /** Pixels from the canvas's left and top. */
  readonly x: number;
  readonly y: number;
}

export function pointerPlugin(pointed: (at: Pointed | null) => void, clicked: (at: Pointed) => void): Plugin {
  let last: Pointed | null = null;
  const tell = (at: Pointed | null): void => {
    if (at === null && last === null) return;
    last = at;
    pointed(at);
  };
  return {
    id: 'pointer',
    afterEvent(chart, { event, inChartArea }) {
      if (event.type === 'mouseout' || !inChartArea || event.native === null) {
        if (!(event.native instanceof KeyboardEvent)) tell(null);
        return;
      }
      const at = nearest(chart, event.native);
      if (event.type === 'click' && at) clicked(at);
      chart.canvas.classList.toggle('at-mark', at !== null);
      if (at?.series !== last?.series || at?.index !== last?.index) tell(at);
    },
  };
}

function nearest(chart: Chart, event: Event): Pointed | null {
  const [element] = chart.getElementsAtEventForMode(event, 'nearest', { intersect: true }, true);
  return element ? pointedAt(element) : null;
}

export function pointedAt({ datasetIndex, index, element }: ActiveElement): Pointed {
  return { series: datasetIndex, index, x: element.x, y: element.y };
}
