import { levelWhitening } from './level.ts';
import { type Whitening, whiten, whitening } from './whitening.ts';

/** Losses whose errors are independent, with variance 1. */
export interface Whitened {
  readonly whitening: Whitening;
  /** Shape (K). */
  readonly z: Float64Array;
}

/** One curve's losses, whitened: forms that leave the same misfit share theirs. */
export class WhitenedLosses {
  readonly #y: Float64Array;
  readonly #C: Float64Array;
  /** By misfit: by the covariance alone, and, at the index of their number, the first k's of `levelWhitening`. */
  readonly #made = new Map<number, { readonly plain: Whitening; readonly ofFirst: Whitened[] }>();

  /** @param y shape (K) @param C their covariance, shape (K, K) */
  constructor(y: Float64Array, C: Float64Array) {
    this.#y = y;
    this.#C = C;
  }

  /** With this misfit variance, the first `count` only. */
  of(misfit: number, count = this.#y.length): Whitened {
    const size = this.#y.length;
    const known = this.#made.get(misfit) ?? { plain: whitening(this.#C, size, misfit), ofFirst: [] };
    this.#made.set(misfit, known);
    known.ofFirst[count] ??= this.#whitened(levelWhitening(this.#C, size, misfit, count, known.plain), count);
    return known.ofFirst[count];
  }

  #whitened(w: Whitening, count: number): Whitened {
    const z = new Float64Array(this.#y.length);
    whiten(w, this.#y, z, count);
    return { whitening: w, z };
  }
}
