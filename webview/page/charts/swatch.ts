/** The mark and dash of a series, small, for its legend and tip. */
import { svg, type TemplateResult } from 'lit';
import type { Ink, Shape } from '../figures/figure.ts';

export interface Swatch {
  readonly ink: Ink;
  readonly shape: Shape;
  readonly hollow: boolean;
  /** Null = no line. */
  readonly line: readonly number[] | null;
  readonly band: boolean;
}

const MARKS: Readonly<Record<Exclude<Shape, 'none' | 'circle'>, string>> = {
  rect: 'M8.5 2.5h7v7h-7z',
  triangle: 'M12 2l4.2 7.6H7.8z',
  rectRot: 'M12 1.4 16.6 6 12 10.6 7.4 6z',
  cross: 'M12 2v8M8 6h8',
  crossRot: 'M9 3l6 6M15 3l-6 6',
  star: 'M12 2v8M8.5 4l7 4M15.5 4l-7 4',
  dash: 'M7 6h10',
};

export function swatch({ ink, shape, hollow, line, band }: Swatch): TemplateResult {
  return svg`<svg class="swatch ink-${ink}" viewBox="0 0 24 12" width="24" height="12" aria-hidden="true" focusable="false">
    ${band ? svg`<rect x="0" y="1" width="24" height="10" fill="currentColor" opacity="0.22"></rect>` : ''}
    ${
      line
        ? svg`<line x1="0" y1="6" x2="24" y2="6" stroke="currentColor" stroke-width="1.75" stroke-dasharray=${line.join(' ') || 'none'}></line>`
        : ''
    }
    ${markOf(shape, hollow)}
  </svg>`;
}

function markOf(shape: Shape, hollow: boolean) {
  const fill = hollow ? 'none' : 'currentColor';
  if (shape === 'none') return '';
  if (shape === 'circle')
    return svg`<circle cx="12" cy="6" r="4" fill=${fill} stroke="currentColor" stroke-width="1.4"></circle>`;
  return svg`<path d=${MARKS[shape]} fill=${fill} stroke="currentColor" stroke-width="1.4"></path>`;
}
