/**
 * E[L|N,k] = L* + B·N^−β + A0·N^−γ/(k + b), arXiv 2509.24244 eq. 1, by variable projection: β, γ and b outside, three
 * linear coefficients inside. Floors are α − δ·ψ(N) with ψ = 0 at the smallest size and 1 at the largest, so that α is
 * the smallest size's floor and δ ≥ 0 what they fall by: these stay well conditioned where L* and B do not (β → 0 is a
 * logarithm, with L* → −∞). The tail is c·(N/N̄)^−γ·(k₁ + b)/(k + b), with c ≥ 0 the tail at k₁ and the middle size N̄.
 */
import { formModel, type ShapeForm } from '../forms.ts';
import { at } from '../whitening.ts';
import type { Box } from './descend.ts';
import type { SizePoints } from './points.ts';

/** Which offsets are allowed: `paper` b ≥ 0, `signed` b ≥ −0.8. */
export type OffsetForm = 'paper' | 'signed';

/** The tail may not fall faster with size: at ten sizes' doubling it would be gone at the first. */
const LARGEST_GAMMA = 10;

/** Positions in the vector of shapes. */
export const OFFSET = 0;
export const FLOOR = 1;
export const GAMMA = 2;

/** Linear coefficients, in nats. */
export interface Linear {
  /** α: floor of the smallest size. */
  readonly level: number;
  /** δ ≥ 0: by how much the floor falls from the smallest to the largest size. */
  readonly fall: number;
  /** c ≥ 0: tail at the smallest k and the middle size. */
  readonly tail: number;
}

/** The law's shapes as functions of the outer parameters x = (t of b, t of β, γ). */
export class JointModel {
  readonly offset: ShapeForm;
  readonly floor: ShapeForm;
  readonly firstK: number;
  readonly middleN: number;
  readonly box: Box;

  constructor(points: SizePoints, form: OffsetForm) {
    const { N, smallestK, largestK } = points;
    const [first, last] = [N[0] ?? 1, N.at(-1) ?? 1];
    this.offset = shapeForm(form, smallestK, Math.max(largestK, smallestK + 1));
    this.floor = shapeForm('power', first, last);
    this.firstK = smallestK;
    this.middleN = Math.sqrt(first * last);
    this.box = {
      low: [this.offset.tLow, this.floor.tLow, 0],
      high: [this.offset.tHigh, this.floor.tHigh, LARGEST_GAMMA],
    };
  }

  /** (N/N̄)^−γ */
  tailShare(x: Float64Array, N: number): number {
    return Math.exp(-at(x, GAMMA) * Math.log(N / this.middleN));
  }

  /** L∞(N) */
  floorAt(x: Float64Array, linear: Linear, N: number): number {
    return linear.level - linear.fall * this.floor.psi(at(x, FLOOR))(N);
  }

  /** A(N) */
  tailAt(x: Float64Array, linear: Linear, N: number): number {
    return linear.tail * (this.firstK + this.b(x)) * this.tailShare(x, N);
  }

  b(x: Float64Array): number {
    return this.offset.shape(at(x, OFFSET));
  }

  /** The law's own parameters. */
  parameters(x: Float64Array, linear: Linear): Record<'Lstar' | 'B' | 'beta' | 'A0' | 'gamma' | 'b', number> {
    const t = at(x, FLOOR);
    const b = this.b(x);
    return {
      Lstar: linear.level - linear.fall * this.floor.floor(t),
      B: linear.fall * this.floor.tail(t),
      beta: this.floor.shape(t),
      A0: linear.tail * (this.firstK + b) * this.middleN ** at(x, GAMMA),
      gamma: at(x, GAMMA),
      b,
    };
  }
}

function shapeForm(form: OffsetForm | 'power', first: number, last: number): ShapeForm {
  const model = formModel(form, first, last);
  if (model.kind !== 'shape') throw new TypeError(`${form} has no shape`);
  return model;
}
