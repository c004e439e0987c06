/** What a chart on a canvas is drawn from, as its plugins see it. */
import type { Figure } from '../figures/figure.ts';
import type { Palette } from './palette.ts';

export interface Drawn {
  readonly figure: Figure;
  readonly palette: Palette;
  /** By id of a series, level or group. */
  readonly shown: (id: string) => boolean;
}
