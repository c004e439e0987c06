const ROWS = 64;

/** Room for many rows at once: an array for each would take longer to make than to fill. */
export class RowBlock {
  readonly #samples: number;
  readonly #domains: number;
  #nll = new Float32Array(0);
  #means = new Float64Array(0);
  #used = ROWS;

  constructor(samples: number, domains: number) {
    this.#samples = samples;
    this.#domains = domains;
  }

  /** The same until it is kept. */
  next(): { readonly nll: Float32Array; readonly domains: Float64Array } {
    const [S, D] = [this.#samples, this.#domains];
    if (this.#used === ROWS) {
      this.#nll = new Float32Array(ROWS * S);
      this.#means = new Float64Array(ROWS * D);
      this.#used = 0;
    }
    const at = this.#used;
    return {
      nll: this.#nll.subarray(at * S, (at + 1) * S),
      domains: this.#means.subarray(at * D, (at + 1) * D),
    };
  }

  keep(): void {
    this.#used += 1;
  }
}

/** Whether all are finite. */
export function copyFinite(values: Float32Array, to: Float32Array, from: number): boolean {
  // What is not finite leaves a sum of differences with itself that is not zero: one pass without calls.
  let sum = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    to[from + i] = value;
    sum += value - value;
  }
  return sum === 0;
}
