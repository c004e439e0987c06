import type { Measured } from './measured.ts';
import type { DomainWeights, Samples } from './samples.ts';

export interface SynergyInput {
  readonly measured: readonly Measured[];
  readonly pool: number;
  readonly samples: Samples;
  readonly weights: DomainWeights;
  /** Shape (D): the expert of the same name as the domain, or null. */
  readonly own: readonly (number | null)[];
  /** The design's orders, where it is one of permutations: its trajectories. */
  readonly permutations: readonly (readonly number[])[] | null;
  /** Intervals, p-values and flags are made for `complete` only. */
  readonly stage: 'points' | 'complete';
  readonly cancelled?: () => boolean;
}
