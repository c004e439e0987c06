import type { Losses } from '../selection/measured.ts';
import type { ChosenPool } from './choose-pools.ts';
import { type Costs, fits, summed } from './limits.ts';
import { mixtureOf } from './mixture.ts';
import type { PoolGoal } from './types.ts';

/** Of some pools of two and more those within a limit, and of these the one whose mixture loses least; null where there is none. */
export type LowestMixture = (limit: PoolGoal) => readonly number[] | null;

/**
 * What can be had of pools that were chosen by their oracles: nobody searches all mixtures.
 *
 * @param scale what each sample's NLL counts, shape (S)
 */
export function lowestMixtureOf(
  pools: readonly (ChosenPool | null)[],
  rows: readonly Losses[],
  costs: readonly Costs[],
  scale: Float64Array,
): LowestMixture {
  const several = new Map(
    pools.flatMap((pool) => (pool && pool.members.length > 1 ? [[pool.members.join(), pool.members]] : [])),
  );
  const mixed = [...several.values()].map((members) => {
    const nll = mixtureOf(members.map((m) => rows[m] as Losses));
    return {
      members,
      takes: summed(members.map((m) => costs[m] as Costs)),
      loss: scale.reduce((sum, share, s) => (share === 0 ? sum : sum + share * (nll[s] as number)), 0),
    };
  });
  return (limit) =>
    mixed
      .filter(({ takes }) => fits(takes, limit))
      .reduce<(typeof mixed)[number] | null>((a, b) => (a && a.loss <= b.loss ? a : b), null)?.members ??
    null;
}
