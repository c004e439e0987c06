/** Themes of a page outside VS Code: as the system is set, or as chosen by hand. */
import type { UiStore } from './state/ui-store.ts';

const KINDS = ['vscode-light', 'vscode-dark', 'vscode-high-contrast', 'vscode-high-contrast-light'] as const;

type Kind = (typeof KINDS)[number];

export class OwnThemes {
  readonly #store: UiStore;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #contrast = matchMedia('(prefers-contrast: more)');

  /** @param changed draws at once what waits for a frame otherwise: paper does not wait */
  constructor(store: UiStore, changed: () => void) {
    this.#store = store;
    document.documentElement.classList.add('own-page');
    this.#apply();
    this.#dark.addEventListener('change', () => this.#apply());
    this.#contrast.addEventListener('change', () => this.#apply());
    let seen: Kind | null = null;
    window.addEventListener('beforeprint', () => {
      seen = KINDS.find((kind) => document.body.classList.contains(kind)) ?? null;
      setKind('vscode-light');
      changed();
    });
    window.addEventListener('afterprint', () => {
      if (seen) setKind(seen);
      changed();
    });
  }

  toggle(): void {
    this.#store.set({ theme: this.#isDark ? 'light' : 'dark' });
    this.#apply();
  }

  get #isDark(): boolean {
    const { theme } = this.#store.value;
    return theme === null ? this.#dark.matches : theme === 'dark';
  }

  #apply(): void {
    if (this.#contrast.matches) setKind(this.#isDark ? 'vscode-high-contrast' : 'vscode-high-contrast-light');
    else setKind(this.#isDark ? 'vscode-dark' : 'vscode-light');
  }
}

function setKind(kind: Kind): void {
  document.body.classList.remove(...KINDS);
  document.body.classList.add(kind);
  document.body.dataset['vscodeThemeKind'] = kind;
}
