/** Themes of a page outside VS Code: as the system is set, or as chosen by hand. */
import type { UiStore } from './state/ui-store.ts';

const KINDS = ['vscode-light', 'vscode-dark', 'vscode-high-contrast', 'vscode-high-contrast-light'] as const;

export class OwnThemes {
  readonly #store: UiStore;
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');
  readonly #contrast = matchMedia('(prefers-contrast: more)');

  constructor(store: UiStore) {
    this.#store = store;
    document.documentElement.classList.add('own-page');
    this.#apply();
    this.#dark.addEventListener('change', () => this.#apply());
    this.#contrast.addEventListener('change', () => this.#apply());
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
    const kind = this.#contrast.matches
      ? this.#isDark
        ? 'vscode-high-contrast'
        : 'vscode-high-contrast-light'
      : this.#isDark
        ? 'vscode-dark'
        : 'vscode-light';
    document.body.classList.remove(...KINDS);
    document.body.classList.add(kind);
    document.body.dataset['vscodeThemeKind'] = kind;
  }
}
