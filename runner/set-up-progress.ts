import type { Phase, PhaseName } from './setup/python.mjs';

export interface SetUpProgress {
  /** What is being done, as in "Downloading PyTorch (192 MB)". */
  readonly step: string;
  /** 0 to 1, never going back; null where nothing can be known, as while another window is at work. */
  readonly share: number | null;
  /** The newest line of the program at work, or empty. */
  readonly detail: string;
}

/** Measured shares of the time, with a download between those of a fast and of a slow network. */
const WEIGHTS: Readonly<Record<PhaseName, number>> = {
  base: 0.01,
  environment: 0.07,
  torch: 0.55,
  agent: 0.29,
  proof: 0.08,
};
const ORDER: readonly PhaseName[] = ['base', 'environment', 'torch', 'agent', 'proof'];

/** Makes one bar of the phases of a set-up. */
export class SetUpBar {
  readonly #tell: (progress: SetUpProgress) => void;
  #share = 0;
  #step = '';
  #detail = '';

  constructor(tell: (progress: SetUpProgress) => void) {
    this.#tell = tell;
  }

  phase({ name, words, done }: Phase): void {
    const before = ORDER.slice(0, ORDER.indexOf(name)).reduce((sum, each) => sum + WEIGHTS[each], 0);
    this.#share = Math.max(this.#share, before + WEIGHTS[name] * Math.min(1, Math.max(0, done)));
    // What the last step said is no detail of this one.
    if (words !== this.#step) this.#detail = '';
    this.#step = words;
    this.#report();
  }

  detail(line: string): void {
    this.#detail = line;
    this.#report();
  }

  waiting(step: string): void {
    this.#tell({ step, share: null, detail: '' });
  }

  #report(): void {
    this.#tell({ step: this.#step, share: this.#share, detail: this.#detail });
  }
}
