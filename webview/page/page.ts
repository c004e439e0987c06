/** What the panels share: the host, the reader's settings, the theme, and a voice. */
import type { Palette } from './charts/palette.ts';
import { onThemeChange, readPalette } from './charts/palette.ts';
import type { Host } from './host/host.ts';
import type { UiState } from './state/ui-state.ts';
import type { UiStore } from './state/ui-store.ts';

export class Page {
  readonly host: Host;
  readonly store: UiStore;
  /** Of the experiment, for names of saved files. */
  name = 'experiment';
  readonly #live = document.createElement('div');
  readonly #themed: (() => void)[] = [];
  #palette: Palette | null = null;

  constructor(host: Host, store: UiStore) {
    this.host = host;
    this.store = store;
    this.#live.className = 'for-readers';
    this.#live.setAttribute('aria-live', 'polite');
    document.body.append(this.#live);
    onThemeChange(() => this.themeChanged());
  }

  /** Draws anew in the theme that the page has now. */
  themeChanged(): void {
    this.#palette = null;
    for (const changed of this.#themed) changed();
  }

  get ui(): UiState {
    return this.store.value;
  }

  get palette(): Palette {
    this.#palette ??= readPalette();
    return this.#palette;
  }

  onTheme(changed: () => void): void {
    this.#themed.push(changed);
  }

  /** Read aloud by a screen reader when it is idle. */
  say(text: string): void {
    this.#live.textContent = text;
  }

  /** `nine-domains-curve.png`: safe on every file system. */
  fileName(ending: string): string {
    const stem = this.name
      .normalize('NFKC')
      .replace(/[^\p{L}\p{N}]+/gu, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 60)
      .toLowerCase();
    return `${stem || 'experiment'}-${ending}`;
  }
}
