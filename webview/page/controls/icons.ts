/** Small drawings for buttons, 16 by 16, in the colour of the text beside them. */
import { svg, type TemplateResult } from 'lit';

const PATHS = {
  chevron: 'M6 3.5 10.5 8 6 12.5',
  table: 'M2.5 3.5h11v9h-11z M2.5 6.5h11 M6.2 6.5v6',
  chart: 'M2.5 2.5v11h11 M5 10.5l2.6-3.2 2.2 1.7 3.2-4.5',
  copy: 'M5.5 5.5h8v8h-8z M10.5 5.5v-3h-8v8h3',
  picture: 'M2.5 3.5h11v9h-11z M3 11.5l3.2-3.4 2.3 2 1.8-1.6 2.7 2.6 M5.4 6.2h.2',
  reset: 'M3 8a5 5 0 1 0 1.6-3.7 M4.4 2.2v2.5h2.5',
  warning: 'M8 2.5 14 13.2H2z M8 6.4v3.4 M8 11.5v.1',
  information: 'M8 2.2a5.8 5.8 0 1 1 0 11.6a5.8 5.8 0 0 1 0-11.6z M8 7.4v3.8 M8 4.9v.1',
  check: 'M3 8.6l3.3 3.2L13 4.6',
  cross: 'M4 4l8 8 M12 4l-8 8',
  sun: 'M8 5.2a2.8 2.8 0 1 1 0 5.6a2.8 2.8 0 0 1 0-5.6z M8 1.4v1.6 M8 13v1.6 M1.4 8h1.6 M13 8h1.6 M3.3 3.3l1.1 1.1 M11.6 11.6l1.1 1.1 M12.7 3.3l-1.1 1.1 M4.4 11.6l-1.1 1.1',
  up: 'M8 13V3.5 M4.5 7 8 3.5 11.5 7',
  down: 'M8 3v9.5 M4.5 9 8 12.5 11.5 9',
  save: 'M8 2.5v7.5 M4.8 7 8 10.2 11.2 7 M3 13h10',
} as const;

export type Icon = keyof typeof PATHS;

export function icon(name: Icon): TemplateResult {
  return svg`<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor"
    stroke-width="1.2" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false"
    ><path d=${PATHS[name]}></path></svg>`;
}
