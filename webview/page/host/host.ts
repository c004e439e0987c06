/** Where the page runs: in a webview of VS Code, or as a file in a browser. */
import type { FromPage, ToPage } from '../../messages.ts';

export interface Host {
  /** Nothing new will arrive: what is out of sight can be drawn once and for all. */
  readonly isStill: boolean;
  /** Begins to hand over what arrives for the page. */
  listen(receive: (message: ToPage) => void): void;
  send(message: FromPage): void;
  /** What `keep` was given last, in this life of the page or an earlier one. */
  kept(): unknown;
  keep(value: object): void;
}
