import { restoredUi, type UiState } from './ui-state.ts';

/** The reader's settings: changed in one place, told to the page, and kept by the host a moment later. */
export class UiStore {
  #value: UiState;
  #due: ReturnType<typeof setTimeout> | undefined;
  readonly #changed: () => void;
  readonly #keep: (value: UiState) => void;

  constructor(kept: unknown, changed: () => void, keep: (value: UiState) => void) {
    this.#value = restoredUi(kept);
    this.#changed = changed;
    this.#keep = keep;
  }

  get value(): UiState {
    return this.#value;
  }

  set(patch: Partial<UiState>): void {
    this.remember(patch);
    this.#changed();
  }

  setSubsets(patch: Partial<UiState['subsets']>): void {
    this.set({ subsets: { ...this.#value.subsets, ...patch } });
  }

  /** Keeps what needs no drawing, such as where the page is scrolled to. */
  remember(patch: Partial<UiState>): void {
    this.#value = { ...this.#value, ...patch };
    clearTimeout(this.#due);
    this.#due = setTimeout(() => this.keepNow(), 200);
  }

  keepNow(): void {
    clearTimeout(this.#due);
    this.#keep(this.#value);
  }
}
