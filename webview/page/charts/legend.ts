/** What is in a chart, each part with its mark; a press hides it or shows it. */
import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Figure } from '../figures/figure.ts';
import { type Swatch, swatch } from './swatch.ts';

export interface LegendItem extends Swatch {
  readonly id: string;
  readonly label: string;
  readonly startsHidden: boolean;
}

const mark = { shape: 'none', hollow: false, line: null, band: false, startsHidden: false } as const;

export function legendItems(figure: Figure): LegendItem[] {
  if (figure.kind === 'bars')
    return figure.groups.map(({ id, label, ink, filled }) => ({
      ...mark,
      id,
      label,
      ink,
      shape: 'rect',
      hollow: !filled,
    }));
  return [
    ...figure.series.map(({ id, label, ink, shape, hollow, line, band, startsHidden }) => ({
      ...mark,
      ...{ id, label, ink, shape, hollow, line, startsHidden },
      band: band !== null,
    })),
    ...figure.marks.map(({ id, label }) => ({
      ...mark,
      id,
      label,
      ink: 'green' as const,
      line: [3, 3],
      band: true,
    })),
    ...figure.levels.map(({ id, label, interval, ink, dash, startsHidden }) => ({
      ...mark,
      ...{ id, label: interval ? `${label} (${interval})` : label, ink, startsHidden },
      line: dash,
    })),
  ];
}

export function legend(
  items: readonly LegendItem[],
  shown: (id: string) => boolean,
  toggle: (id: string) => void,
): TemplateResult {
  return html`<div class="legend" role="group" aria-label="Shown in the chart">
    ${repeat(
      items,
      ({ id }) => id,
      (item) =>
        html`<button
          type="button"
          class="legend-item"
          aria-pressed=${`${shown(item.id)}`}
          title=${`${shown(item.id) ? 'Hide' : 'Show'} ${item.label}`}
          @click=${() => toggle(item.id)}
        >
          ${swatch(item)}<span>${item.label}</span>
        </button>`,
    )}
  </div>`;
}
