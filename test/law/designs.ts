/**
 * The committed list of simulated curves on which the intervals are judged. Every truth here is a real floor-and-tail
 * shape or its rival; noise levels are those of evaluations of a few hundred samples. Losses in nats per token.
 */
import type { Goal } from '../../core/experiment/experiment.ts';
import type { Form } from '../../core/law/curve.ts';

/** How the errors of a curve arise, and what the fit is told about them. */
export type Noise =
  /** Normal errors of known covariance: a level shared by all k, and a part of each k's own, ∝ 1/√k. */
  | { readonly kind: 'known'; readonly shared: number; readonly own: number }
  /** Mean of n evaluation samples per k, the same ones for every k; covariance and replicates come from the samples. `skew`: log-normal samples. */
  | {
      readonly kind: 'samples';
      readonly n: number;
      readonly shared: number;
      readonly own: number;
      readonly skew: boolean;
    }
  /** `perK` of the C(M, k) subsets of each k; their losses vary as √((M − k)/(k(M − 1))) times `spread`. */
  | { readonly kind: 'subsets'; readonly perK: number; readonly spread: number; readonly shared: number }
  /** Whole trajectories: the prefixes of `count` permutations; independent steps, each ∝ 1/k. */
  | {
      readonly kind: 'permutations';
      readonly count: number;
      readonly spread: number;
      readonly shared: number;
    }
  /**
   * A pool of experts drawn from a population, all subsets merged: the second-order theory of arXiv 2509.24244 with
   * task vectors of `dimensions`, whose mean over pools is exactly L∞ + A/k. Intervals are about the population.
   */
  | {
      readonly kind: 'population';
      readonly dimensions: number;
      readonly level: number;
      readonly shared: number;
      readonly own: number;
    }
  /** Nothing is told but weights ∝ k; errors ∝ 1/√k. */
  | { readonly kind: 'unknown'; readonly own: number };

export interface Design {
  readonly name: string;
  readonly seed: number;
  readonly form: Form;
  readonly truth: Readonly<Record<string, number>>;
  readonly pool: number;
  readonly k: readonly number[];
  readonly noise: Noise;
  /** What recommended k is judged by. */
  readonly goal: Goal;
  /** Standard deviation of the curve around its form, drawn anew in each replicate, nats. */
  readonly misfit: number;
  readonly base: number | null;
  /** False: the data cannot fix the floor, and a warning has to say so. */
  readonly identified: boolean;
  /** What the intervals are about. */
  readonly interval: 'pool' | 'population';
  /** Parameters that stand on a bound of the form, and over-cover by nature. */
  readonly onBound: readonly string[];
}

const NINE = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** LLaMA-3.2 3B, arXiv 2509.24244. */
const PUBLISHED = { Linf: 0.7137, A: 0.0783, b: 0.6875 };
const NEGATIVE = { Linf: 1.05, A: 0.12, b: -0.4 };
const UNIT = { Linf: 0.5, A: 0.2, b: 1.2 };

type Part = Partial<Design> & Pick<Design, 'name' | 'noise'>;

function design(part: Part, index: number): Design {
  return {
    form: 'signed',
    truth: PUBLISHED,
    pool: Math.max(...(part.k ?? NINE)),
    k: NINE,
    goal: { rule: 'within', value: 0.01 },
    misfit: 0,
    base: null,
    identified: true,
    onBound: [],
    interval: part.noise.kind === 'population' ? 'population' : 'pool',
    seed: 1000 + index,
    ...part,
  };
}

const PARTS: readonly Part[] = [
  // Known errors
  { name: 'published, own errors', noise: { kind: 'known', shared: 0, own: 0.001 } },
  { name: 'published, shared and own errors', noise: { kind: 'known', shared: 0.01, own: 0.001 }, base: 0.8 },
  {
    name: 'b < 0, shared and own errors',
    truth: NEGATIVE,
    noise: { kind: 'known', shared: 0.02, own: 0.002 },
    base: 1.4,
  },
  { name: 'b = 1.2, shared and own errors', truth: UNIT, noise: { kind: 'known', shared: 0.01, own: 0.001 } },
  { name: 'paper form, b = 0.69', form: 'paper', noise: { kind: 'known', shared: 0.005, own: 0.0005 } },
  {
    name: 'paper form, b = 0 (bound)',
    form: 'paper',
    truth: { Linf: 0.7252, A: 0.0573, b: 0 },
    noise: { kind: 'known', shared: 0.005, own: 0.001 },
    onBound: ['b', 'A', 'Linf'],
  },
  {
    name: 'quadratic',
    form: 'quadratic',
    truth: { Linf: 0.9, A: 0.1, C: 0.05 },
    noise: { kind: 'known', shared: 0.01, own: 0.001 },
  },
  {
    name: 'power',
    form: 'power',
    truth: { Linf: 0.6, A: 0.3, p: 0.8 },
    noise: { kind: 'known', shared: 0.01, own: 0.001 },
  },
  {
    name: 'gaps: k = 1, 2, 4, 6, 9',
    k: [1, 2, 4, 6, 9],
    truth: UNIT,
    noise: { kind: 'known', shared: 0.01, own: 0.0005 },
  },
  {
    name: 'five of twelve, k = 1, 2, 3, 5, 8',
    k: [1, 2, 3, 5, 8],
    pool: 12,
    truth: NEGATIVE,
    noise: { kind: 'known', shared: 0.01, own: 0.001 },
  },
  {
    name: 'M = 64, sixteen k',
    k: [1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 26, 34, 44, 54, 64],
    truth: { Linf: 0.6, A: 0.4, b: 2 },
    noise: { kind: 'known', shared: 0.01, own: 0.004 },
  },
  // A curve that is not quite of its form
  { name: 'misfit of half the error', misfit: 0.00025, noise: { kind: 'known', shared: 0.01, own: 0.001 } },
  {
    name: 'misfit as large as the error',
    misfit: 0.0005,
    noise: { kind: 'known', shared: 0.01, own: 0.001 },
  },
  {
    name: 'misfit of four times the error',
    misfit: 0.0012,
    truth: UNIT,
    noise: { kind: 'known', shared: 0.01, own: 0.0006 },
  },
  // Covariance from the samples themselves
  {
    name: '360 samples',
    truth: UNIT,
    noise: { kind: 'samples', n: 360, shared: 0.3, own: 0.02, skew: false },
    base: 0.75,
  },
  {
    name: '60 samples',
    truth: UNIT,
    noise: { kind: 'samples', n: 60, shared: 0.3, own: 0.012, skew: false },
    base: 0.75,
  },
  {
    name: '30 samples',
    truth: NEGATIVE,
    noise: { kind: 'samples', n: 30, shared: 0.3, own: 0.012, skew: false },
    base: 1.4,
  },
  {
    name: '120 skewed samples',
    truth: NEGATIVE,
    noise: { kind: 'samples', n: 120, shared: 0.3, own: 0.03, skew: true },
    base: 1.4,
  },
  // Subsets not merged
  {
    name: '12 subsets per k',
    truth: UNIT,
    noise: { kind: 'subsets', perK: 12, spread: 0.01, shared: 0.005 },
  },
  {
    name: '6 subsets per k',
    truth: NEGATIVE,
    noise: { kind: 'subsets', perK: 6, spread: 0.01, shared: 0.005 },
  },
  {
    name: '15 permutations',
    truth: UNIT,
    noise: { kind: 'permutations', count: 15, spread: 0.01, shared: 0.005 },
  },
  // Nothing known of the errors
  { name: 'unknown errors', truth: UNIT, noise: { kind: 'unknown', own: 0.0015 } },
  { name: 'unknown errors, b < 0', truth: NEGATIVE, noise: { kind: 'unknown', own: 0.002 } },
  {
    name: 'unknown errors, five k',
    k: [1, 2, 4, 6, 9],
    truth: NEGATIVE,
    noise: { kind: 'unknown', own: 0.0005 },
  },
  {
    name: 'unknown errors, quadratic',
    form: 'quadratic',
    truth: { Linf: 0.9, A: 0.1, C: 0.05 },
    noise: { kind: 'unknown', own: 0.002 },
  },
  {
    name: 'unknown errors, flat',
    form: 'flat',
    truth: { Linf: 0.9 },
    noise: { kind: 'unknown', own: 0.002 },
  },
  // Experts like these
  {
    name: 'population, pools of 9',
    truth: { Linf: 0.7, A: 0.08, b: 0 },
    noise: { kind: 'population', dimensions: 12, level: 0.02, shared: 0.005, own: 0.0005 },
  },
  {
    name: 'population, pools of 6',
    k: [1, 2, 3, 4, 5, 6],
    truth: { Linf: 0.7, A: 0.08, b: 0 },
    noise: { kind: 'population', dimensions: 12, level: 0.02, shared: 0.005, own: 0.0005 },
  },
  {
    name: 'population, pools of 15',
    k: [1, 2, 3, 4, 6, 8, 11, 15],
    truth: { Linf: 0.7, A: 0.08, b: 0 },
    noise: { kind: 'population', dimensions: 12, level: 0.05, shared: 0.005, own: 0.002 },
  },
  // Recommended k where it is hard to tell
  {
    name: 'goal within 0.01, errors as large',
    truth: NEGATIVE,
    noise: { kind: 'known', shared: 0.01, own: 0.012 },
  },
  {
    name: 'goal within 0.002, errors half of it',
    truth: UNIT,
    goal: { rule: 'within', value: 0.002 },
    noise: { kind: 'known', shared: 0.01, own: 0.002 },
  },
  {
    name: 'goal return 0.9, 60 samples',
    truth: UNIT,
    goal: { rule: 'return', value: 0.9 },
    noise: { kind: 'samples', n: 60, shared: 0.3, own: 0.05, skew: false },
    base: 0.6,
  },
  {
    name: 'goal epsilon 0.02, known errors',
    truth: { Linf: 0.6, A: 0.1, b: 0.5 },
    goal: { rule: 'epsilon', value: 0.02 },
    noise: { kind: 'known', shared: 0.01, own: 0.001 },
  },
  {
    name: 'goal within 0.01, gaps, k = 1, 2, 3, 5, 7, 9',
    k: [1, 2, 3, 5, 7, 9],
    truth: NEGATIVE,
    noise: { kind: 'known', shared: 0.01, own: 0.004 },
  },
  {
    name: 'base as good as the best merge',
    truth: UNIT,
    base: 0.52,
    noise: { kind: 'samples', n: 120, shared: 0.3, own: 0.03, skew: false },
  },
  {
    name: 'goal within 0.01, flat',
    form: 'flat',
    truth: { Linf: 0.9 },
    noise: { kind: 'known', shared: 0.01, own: 0.01 },
  },
  // Not identified
  {
    name: 'almost a line: b = 30',
    truth: { Linf: 0.2, A: 20, b: 30 },
    noise: { kind: 'known', shared: 0.01, own: 0.004 },
    identified: false,
  },
  {
    name: 'errors as large as the fall',
    truth: PUBLISHED,
    noise: { kind: 'known', shared: 0.01, own: 0.03 },
    identified: false,
  },
  {
    name: 'no fall at all',
    truth: { Linf: 0.7, A: 0, b: 0 },
    noise: { kind: 'known', shared: 0.01, own: 0.002 },
    identified: false,
  },
  {
    name: 'three k, unknown errors',
    k: [1, 2, 4],
    pool: 9,
    truth: PUBLISHED,
    noise: { kind: 'unknown', own: 0.001 },
    identified: false,
  },
  {
    name: 'early k only, k = 1..4 of 9',
    k: [1, 2, 3, 4],
    pool: 9,
    truth: UNIT,
    noise: { kind: 'known', shared: 0.01, own: 0.015 },
    identified: false,
  },
];

export const DESIGNS: readonly Design[] = PARTS.map(design);

/** The law that a design follows, nats. */
export function trueLoss({ form, truth }: Pick<Design, 'form' | 'truth'>, k: number): number {
  const { Linf = 0, A = 0, b = 0, C = 0, p = 0 } = truth as Readonly<Partial<Record<string, number>>>;
  switch (form) {
    case 'paper':
    case 'signed':
      return Linf + A / (k + b);
    case 'quadratic':
      return Linf + A / k + C / (k * k);
    case 'power':
      return Linf + A * k ** -p;
    case 'flat':
      return Linf;
  }
}
