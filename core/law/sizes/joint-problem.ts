import { at, type Whitening } from '../whitening.ts';
import { FLOOR, type JointModel, type Linear } from './joint-model.ts';
import type { SizePoints } from './points.ts';
import { whitenSizes } from './points.ts';

/**
 * The whitened least-squares problem of one set of weights: residuals at any shapes, the linear part solved with its
 * signs. Asked thousands of times a fit: its vectors are made once, and terms whose shape has not moved are kept.
 */
export class JointProblem {
  readonly model: JointModel;
  readonly points: SizePoints;
  readonly #whitenings: readonly Whitening[];
  /** Whitened column of ones with length 1, and the length it had. */
  readonly #unit: Float64Array;
  readonly #length: number;
  readonly #raw: Float64Array;
  /** (k₁ + b)/(k + b), whitened, at the b that it was last asked for. */
  readonly #offset: Float64Array;
  #b = Number.NaN;
  /** Columns of fall and tail, and the losses, without what lies along the ones. */
  readonly #fall: Float64Array;
  readonly #tail: Float64Array;
  readonly #losses: Float64Array;
  #mean = 0;
  #of: Float64Array | null = null;
  #linear: Linear = { level: 0, fall: 0, tail: 0 };

  constructor(points: SizePoints, model: JointModel, whitenings: readonly Whitening[]) {
    this.model = model;
    this.points = points;
    this.#whitenings = whitenings;
    const size = points.y.length;
    const column = () => new Float64Array(size);
    const ones = this.whitened(column().fill(1));
    this.#length = Math.hypot(...ones);
    this.#unit = ones.map((value) => value / this.#length);
    this.#raw = column();
    this.#offset = column();
    this.#fall = column();
    this.#tail = column();
    this.#losses = column();
  }

  whitened(y: Float64Array): Float64Array {
    const out = new Float64Array(y.length);
    whitenSizes(this.points, this.#whitenings, y, out);
    return out;
  }

  /** The linear part of the last call of `residuals`. */
  get linear(): Linear {
    return this.#linear;
  }

  /** Residuals of whitened losses `z` at shapes `x`, written to `out`; their sum of squares. */
  residuals(z: Float64Array, x: Float64Array, out: Float64Array): number {
    if (this.#of !== z) {
      this.#of = z;
      this.#mean = centred(z, this.#unit, this.#losses);
    }
    const meanFall = this.#fillFall(x);
    const meanTail = this.#fillTail(x);
    const losses = this.#losses;
    const [fall, tail] = signed(this.#fall, this.#tail, losses);
    let rss = 0;
    for (let i = 0; i < out.length; i++) {
      const r = at(losses, i) - fall * at(this.#fall, i) - tail * at(this.#tail, i);
      out[i] = r;
      rss += r * r;
    }
    const level = (this.#mean - fall * meanFall - tail * meanTail) / this.#length;
    this.#linear = { level, fall, tail };
    return rss;
  }

  #fillFall(x: Float64Array): number {
    const { N, start } = this.points;
    const psi = this.model.floor.psi(at(x, FLOOR));
    for (let s = 0; s < N.length; s++) {
      const drop = -psi(N[s] as number) * this.#length;
      const to = start[s + 1] as number;
      for (let i = start[s] as number; i < to; i++) this.#fall[i] = drop * at(this.#unit, i);
    }
    return centred(this.#fall, this.#unit, this.#fall);
  }

  #fillTail(x: Float64Array): number {
    const { N, curves, start } = this.points;
    const b = this.model.b(x);
    if (b !== this.#b) {
      this.#b = b;
      const top = this.model.firstK + b;
      for (let s = 0; s < N.length; s++) {
        const { k } = curves[s] as (typeof curves)[number];
        const from = start[s] as number;
        for (let i = 0; i < k.length; i++) this.#raw[from + i] = top / ((k[i] as number) + b);
      }
      whitenSizes(this.points, this.#whitenings, this.#raw, this.#offset);
    }
    for (let s = 0; s < N.length; s++) {
      const share = this.model.tailShare(x, N[s] as number);
      const to = start[s + 1] as number;
      for (let i = start[s] as number; i < to; i++) this.#tail[i] = share * at(this.#offset, i);
    }
    return centred(this.#tail, this.#unit, this.#tail);
  }
}

/** `column` without what lies along the unit vector, written to `out`; how much that was. */
function centred(column: Float64Array, unit: Float64Array, out: Float64Array): number {
  let along = 0;
  for (let i = 0; i < column.length; i++) along += at(column, i) * at(unit, i);
  for (let i = 0; i < column.length; i++) out[i] = at(column, i) - along * at(unit, i);
  return along;
}

/** Least squares of `z` on two columns with coefficients that are not negative. */
function signed(u: Float64Array, v: Float64Array, z: Float64Array): readonly [number, number] {
  let [uu, uv, vv, uz, vz] = [0, 0, 0, 0, 0];
  for (let i = 0; i < z.length; i++) {
    const [a, b, c] = [at(u, i), at(v, i), at(z, i)];
    uu += a * a;
    uv += a * b;
    vv += b * b;
    uz += a * c;
    vz += b * c;
  }
  const onlyU = uu > 0 ? Math.max(0, uz / uu) : 0;
  const onlyV = vv > 0 ? Math.max(0, vz / vv) : 0;
  const slope = uu > 0 ? uv / uu : 0;
  // v without what lies along u, summed entry by entry: the difference of squares would lose its digits.
  let [norm, cross] = [0, 0];
  for (let i = 0; i < z.length; i++) {
    const own = at(v, i) - slope * at(u, i);
    norm += own * own;
    cross += own * at(z, i);
  }
  if (norm > 1e-24 * vv && uu > 0) {
    const second = cross / norm;
    const first = uz / uu - second * slope;
    if (first >= 0 && second >= 0) return [first, second];
  }
  return onlyU * uz > onlyV * vz ? [onlyU, 0] : [0, onlyV];
}
