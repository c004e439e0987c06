/** Simulated losses over sizes and experts: what is true, and what an experiment would know of its errors. */
import type { CurveData } from '../../../core/law/input.ts';
import type { Random } from '../../../core/law/random.ts';
import type { JointParameter } from '../../../core/law/sizes/sizes-law.ts';
import { curveOf, NINE } from '../curves.ts';

export interface SizesDesign {
  readonly name: string;
  readonly seed: number;
  readonly sizes: readonly number[];
  readonly truth: Readonly<Record<JointParameter, number>>;
  /** Standard deviations, nats: of a level that all points share (known by the replicates only), of one that a size's points share, of each point. */
  readonly shared: number;
  readonly level: number;
  readonly own: number;
  /** Of the points around the law, unknown to the fit. */
  readonly misfit: number;
  /** The covariance of each size; also paired replicates over all sizes; or nothing at all. */
  readonly known: 'covariance' | 'replicates' | 'nothing';
  /** Those that stand on a bound, and over-cover by nature. */
  readonly onBound: readonly JointParameter[];
}

const TIES = { Lstar: 0.26877, B: 0.21391, beta: 0.38297, A0: 0.079839, gamma: 0.11961, b: 1.1999 };
const TOY = { Lstar: 0.6, B: 0.4, beta: 0.45, A0: 0.15, gamma: 0.25, b: -0.4 };
const SEVEN = [0.5, 1.5, 3, 7, 14, 32, 72];

/** Arbitrary but fixed; the first truth is code by ties, arXiv 2509.24244. */
export const SIZES_DESIGNS: readonly SizesDesign[] = [
  {
    name: 'seven sizes, own errors',
    truth: TIES,
    sizes: SEVEN,
    shared: 0,
    level: 0,
    own: 0.0005,
    misfit: 0,
    known: 'covariance',
    onBound: [],
  },
  {
    name: 'seven sizes, levels of their own',
    truth: TOY,
    sizes: SEVEN,
    shared: 0,
    level: 0.003,
    own: 0.001,
    misfit: 0,
    known: 'covariance',
    onBound: [],
  },
  {
    name: 'four sizes, paired replicates and misfit',
    truth: TOY,
    sizes: [0.5, 1.5, 7, 32],
    shared: 0.01,
    level: 0.002,
    own: 0.001,
    misfit: 0.001,
    known: 'replicates',
    onBound: [],
  },
  {
    name: 'five sizes, errors unknown',
    truth: TIES,
    sizes: [0.5, 1.5, 3, 7, 14],
    shared: 0,
    level: 0,
    own: 0.0004,
    misfit: 0,
    known: 'nothing',
    onBound: [],
  },
  {
    name: 'six sizes, b and γ on their bounds',
    truth: { Lstar: 0.5, B: 0.5, beta: 0.4, A0: 0.08, gamma: 0, b: 0 },
    sizes: SEVEN.slice(0, 6),
    shared: 0,
    level: 0.001,
    own: 0.0007,
    misfit: 0,
    known: 'covariance',
    onBound: ['gamma', 'b'],
  },
].map((design, i) => ({ ...design, seed: 400 + i }) as SizesDesign);

export function trueJoint(
  { Lstar, B, beta, A0, gamma, b }: SizesDesign['truth'],
  N: number,
  k: number,
): number {
  return Lstar + B * N ** -beta + (A0 * N ** -gamma) / (k + b);
}

const REPLICATES = 300;

/** One curve a size. Errors of a point are ∝ 1/√k. */
export function simulateSizes(design: SizesDesign, random: Random): CurveData[] {
  const { truth, sizes, known } = design;
  const errors = () => {
    const all = design.shared * random.normal();
    return sizes.map(() => {
      const level = all + design.level * random.normal();
      return NINE.map((k) => level + (design.own / Math.sqrt(k)) * random.normal());
    });
  };
  const drawn = errors();
  const replicates = known === 'replicates' ? Array.from({ length: REPLICATES }, errors) : null;
  return sizes.map((N, s) => {
    const losses = NINE.map(
      (k, i) => trueJoint(truth, N, k) + design.misfit * random.normal() + (drawn[s]?.[i] ?? 0),
    );
    const covariance = new Float64Array(81).fill(design.shared ** 2 + design.level ** 2);
    NINE.forEach((k, i) => {
      covariance[i * 10] = (covariance[i * 10] ?? 0) + design.own ** 2 / k;
    });
    return curveOf(NINE, losses, {
      N,
      covariance: known === 'nothing' ? null : covariance,
      replicates:
        replicates &&
        Float64Array.from(replicates.flatMap((row) => (row[s] ?? []).map((e, i) => (losses[i] ?? 0) + e))),
    });
  });
}
