/** The fixed schedule by which a precision run looks at its means (mathematics §4). */

/** Merges of a size at the first look: fewer say too little of their own spread. */
export const FIRST_LOOK = 6;
/** Each look has this many times the merges of the one before. */
const GROWTH = 1.5;

/**
 * Merges of each size by look: 6, 9, 14, 21, … until `largest` is reached. How many looks there are is known before
 * the first, so that their bounds can hold at all of them together.
 */
export function lookSchedule(largest: number): number[] {
  const looks = [FIRST_LOOK];
  for (let n = FIRST_LOOK; n < largest; ) {
    n = Math.ceil(GROWTH * n);
    looks.push(n);
  }
  return looks;
}

/**
 * How many subsets of each size the next look needs: `target`, or all there are; where the budget does not reach that
 * far, what is left of it is dealt out one by one, the sizes in turn.
 *
 * @param there subsets so far, by size; finished sizes keep theirs
 * @param available by size, for sizes that go on
 * @param budget merges in all, those of `there` included
 */
export function dealt(
  there: ReadonlyMap<number, number>,
  available: ReadonlyMap<number, number>,
  target: number,
  budget: number,
): { readonly counts: ReadonlyMap<number, number>; readonly last: boolean } {
  const counts = new Map(there);
  let left = budget - [...there.values()].reduce((sum, n) => sum + n, 0);
  for (let growing = true; growing; ) {
    growing = false;
    for (const [k, of] of available) {
      const n = counts.get(k) ?? 0;
      if (n >= Math.min(target, of)) continue;
      if (left <= 0) return { counts, last: true };
      counts.set(k, n + 1);
      left -= 1;
      growing = true;
    }
  }
  return { counts, last: false };
}

/**
 * Subsets of each size at the furthest look whose merges are all there, every size going on; null before the first.
 *
 * @param sizes how many of a size are there in the order of the draw, of how many that may be
 * @param budget merges in all
 */
export function furthestLook(
  sizes: readonly { readonly k: number; readonly there: number; readonly available: number }[],
  budget: number,
): ReadonlyMap<number, number> | null {
  const available = new Map(sizes.map((size) => [size.k, size.available]));
  let furthest: ReadonlyMap<number, number> | null = null;
  for (const target of lookSchedule(Math.max(0, ...available.values()))) {
    const { counts } = dealt(furthest ?? new Map(), available, target, budget);
    if (sizes.some(({ k, there }) => there < (counts.get(k) ?? 0))) break;
    furthest = counts;
  }
  return furthest;
}
