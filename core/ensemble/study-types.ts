/** What a complete report says beyond its points: laws over budgets and the claims of arXiv 2512.23340. */
import type { Interval } from '../law/curve.ts';
import type { Estimated } from '../selection/estimated.ts';
import type { Verdict } from './types.ts';

export interface EnsembleStudy {
  /** Mean over random pools that fill each budget. */
  readonly typical: PoolLaw;
  /** Best pool within each budget, cross-fitted. */
  readonly envelope: PoolLaw;
  /** The single models over their own parameters; null with fewer than four sizes. */
  readonly single: SingleLaw | null;
  readonly heterogeneous: Heterogeneous | null;
  readonly claims: readonly Claim[];
}

export type PoolForm = 'power_floor' | 'power' | 'logarithm' | 'saturating' | 'flat';

export interface PoolLaw {
  readonly points: readonly BudgetPoint[];
  /** Smallest held-out error first. */
  readonly forms: readonly PoolFormFit[];
  /** Why `forms` is empty. */
  readonly reason: string | null;
}

export interface BudgetPoint {
  /** Summed parameters allowed, and used on average. */
  readonly budget: number;
  readonly parameters: number;
  /** Mean number of models. */
  readonly k: number;
  readonly bits_per_byte: Estimated;
  /** Members, where one pool is best. */
  readonly members: readonly string[] | null;
}

export interface PoolFormFit {
  readonly form: PoolForm;
  /** L = floor + scale·P^−exponent (P in billions), level − slope·ln P, floor + scale/(k + offset), level. */
  readonly parameters: Readonly<Record<string, number>>;
  /** From resampled samples, and for `typical` also from left-out models; an end without limit is null. */
  readonly intervals: Readonly<Record<string, Interval>>;
  /** With the error of left-out families instead of models; null where there are fewer than three. */
  readonly family_intervals: Readonly<Record<string, Interval>> | null;
  /** Root mean square error over budgets beyond those fitted, bits per byte. */
  readonly held_out: number;
  readonly rmse: number;
  /**
   * The largest budget that the form misses by more than samples and random orders explain, and by how much; null where it
   * fits. One that does not has no intervals.
   */
  readonly misfit: { readonly parameters: number; readonly residual: Estimated } | null;
}

export interface SingleLaw {
  readonly points: readonly {
    readonly name: string;
    readonly parameters: number;
    readonly bits_per_byte: number;
  }[];
  readonly parameters: Readonly<Record<string, number>>;
  /** That of a floor which a model undercuts has no ends. */
  readonly intervals: Readonly<Record<string, Interval>>;
}

export interface Heterogeneous {
  /** Bits per byte that pools of several families save over those of one, with as many models of about the same sizes. */
  readonly saving: Estimated;
  /** How many left-out groups the interval rests on, and whether those are families or models. */
  readonly left_out: { readonly count: number; readonly kind: 'families' | 'models' };
  readonly pairs: number;
  readonly families: readonly {
    readonly family: string;
    readonly saving: Estimated;
    readonly pairs: number;
  }[];
}

export interface Claim {
  /** Of arXiv 2512.23340. */
  readonly claim: 'power_law' | 'lower_floor' | 'heterogeneous_better';
  readonly verdict: Verdict;
  /** The difference that decides: above zero speaks for the claim. Bits per byte; null where there is none. */
  readonly difference: Estimated | null;
  readonly sentence: string;
}
