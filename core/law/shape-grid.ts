import { Scratch } from './scratch.ts';
import { dot } from './solve.ts';
import type { Whitening } from './whitening.ts';

/** Of grids that are asked once only, as most are. */
const once = new Scratch();

/** Which of a grid of shapes t explains most of any losses at the same k's and with the same weights. */
export class ShapeGrid {
  /** 1ᵀ1 of the whitened column of ones. */
  readonly uu: number;
  readonly #whitening: Whitening;
  readonly #ones: Float64Array;
  readonly #raw: Float64Array;
  readonly #K: number;
  readonly #count: number;
  /** Of each grid point its whitened ψ, the slope along the ones, and ψᵀψ without that part: kept from the second time on. */
  #points: Float64Array | null = null;
  #asked = 0;

  /**
   * @param ones whitened
   * @param raw ψ before whitening, shape (t, K)
   * @param count only the first so many k's are looked at
   */
  constructor(w: Whitening, ones: Float64Array, raw: Float64Array, K: number, count: number) {
    this.uu = dot(ones, ones, count);
    this.#whitening = w;
    this.#ones = ones;
    this.#raw = raw;
    this.#K = K;
    this.#count = count;
  }

  /**
   * The grid point that explains most of z; null where none lets the curve fall.
   * @param along 1ᵀz
   */
  best(z: Float64Array, along: number): number | null {
    const count = this.#count;
    const points = this.#whitened();
    const length = (this.#raw.length / this.#K) * (count + 2);
    let best: number | null = null;
    let gain = 0;
    for (let from = 0; from < length; from += count + 2) {
      const norm = points[from + count + 1] as number;
      if (norm <= 0) continue;
      let withZ = 0;
      for (let i = 0; i < count; i++) withZ += (points[from + i] as number) * (z[i] as number);
      const cross = withZ - (points[from + count] as number) * along;
      const explained = cross < 0 ? (cross * cross) / norm : 0;
      if (explained > gain) {
        gain = explained;
        best = from / (count + 2);
      }
    }
    return best;
  }

  #whitened(): Float64Array {
    if (this.#points) return this.#points;
    this.#asked += 1;
    const [count, K, raw] = [this.#count, this.#K, this.#raw];
    const points = raw.length / K;
    const width = count + 2;
    const out = this.#asked === 1 ? once.of(points * width) : new Float64Array(points * width);
    const { inverse, size, diagonal } = this.#whitening;
    // Four at a time: the sums of one alone wait for each addition.
    for (let point = 0; point < points; point += 4) {
      const a = point;
      const b = Math.min(point + 1, points - 1);
      const c = Math.min(point + 2, points - 1);
      const d = Math.min(point + 3, points - 1);
      for (let i = 0; i < count; i++) {
        let ofA = 0;
        let ofB = 0;
        let ofC = 0;
        let ofD = 0;
        for (let j = diagonal ? i : 0; j <= i; j++) {
          const weight = inverse[i * size + j] as number;
          ofA += weight * (raw[a * K + j] as number);
          ofB += weight * (raw[b * K + j] as number);
          ofC += weight * (raw[c * K + j] as number);
          ofD += weight * (raw[d * K + j] as number);
        }
        out[a * width + i] = ofA;
        out[b * width + i] = ofB;
        out[c * width + i] = ofC;
        out[d * width + i] = ofD;
      }
    }
    for (let from = 0; from < points * width; from += width) this.#addSums(out, from);
    if (this.#asked > 1) this.#points = out;
    return out;
  }

  #addSums(points: Float64Array, from: number): void {
    const [count, uu, ones] = [this.#count, this.uu, this.#ones];
    let withOnes = 0;
    let own = 0;
    for (let i = 0; i < count; i++) {
      const value = points[from + i] as number;
      withOnes += (ones[i] as number) * value;
      own += value * value;
    }
    points[from + count] = withOnes / uu;
    points[from + count + 1] = own - (withOnes / uu) ** 2 * uu;
  }
}
