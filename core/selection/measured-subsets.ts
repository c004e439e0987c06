import { masksOf, type SubsetFinder, type SubsetMasks, subsetFinder } from './subset-masks.ts';

/** The measured subsets of a pool, whatever their losses. */
export interface MeasuredSubsets {
  readonly masks: SubsetMasks;
  readonly find: SubsetFinder;
  /** M. */
  readonly pool: number;
  /** The orders whose prefixes they are, under a design of permutations: its trajectories. */
  readonly permutations: readonly (readonly number[])[] | null;
}

export function measuredSubsets(
  measured: readonly { readonly members: readonly number[] }[],
  pool: number,
  permutations: MeasuredSubsets['permutations'],
): MeasuredSubsets {
  const masks = masksOf(measured);
  return { masks, find: subsetFinder(masks), pool, permutations };
}
