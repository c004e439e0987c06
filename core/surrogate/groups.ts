import { seededRandom } from '../law/random.ts';
import { isAnchor, type SurrogateMerge } from './merge.ts';

/** Tenths of the jackknife. */
export const GROUPS = 10;

/**
 * Indices of the merges that each replicate leaves out: random tenths, even in every k. Anchors stay: they are in
 * every plan, so that no other draw would lack them.
 *
 * @param merges sorted by size
 */
export function groupsOf(merges: readonly SurrogateMerge[], pool: number, seed: number): Set<number>[] {
  const random = seededRandom(seed);
  const groups = Array.from({ length: GROUPS }, () => new Set<number>());
  const drawn = merges.flatMap((merge, i) =>
    isAnchor(merge, pool) ? [] : [{ i, k: merge.members.length, rank: random.uniform() }],
  );
  drawn.sort((a, b) => a.k - b.k || a.rank - b.rank);
  for (const [at, { i }] of drawn.entries()) groups[at % GROUPS]?.add(i);
  return groups.filter((group) => group.size > 0);
}
