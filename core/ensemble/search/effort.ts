/** How much a search may still do, in losses looked at: a clock would give other digits on another day. */
export class Effort {
  readonly #samples: number;
  #left: number;

  constructor(losses: number, samples: number) {
    this.#left = losses;
    this.#samples = Math.max(1, samples);
  }

  get spent(): boolean {
    return this.#left <= 0;
  }

  /** @param columns models whose losses were looked at, all samples of each */
  spend(columns: number): void {
    this.#left -= columns * this.#samples;
  }
}
