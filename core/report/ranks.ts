/** The methods of one size in order. */

/** One method beside another on the same subsets, at the recommended k of method `at`: its loss minus the other's. */
export type Compare = (own: number, other: number, at: number) => number | null;

export interface Ranks {
  /** Index of the method of rank 1, and of the one whose recommended k all are compared at; null before there is one. */
  readonly best: number | null;
  readonly at: number | null;
  /** Null for methods that stay out. */
  readonly ranks: readonly (number | null)[];
}

/**
 * By what each loses on the same subsets at the recommended k of the method whose loss at its own is lowest, so that a
 * rank never contradicts the difference beside it. Where two share no subsets, their losses at their own k decide.
 *
 * @param losses typical, each at its own recommended k; null for a method that stays out
 */
export function rankMethods(losses: readonly (number | null)[], compare: Compare): Ranks {
  const at = lowest(losses);
  if (at === null) return { best: null, at, ranks: losses };
  const behind = (other: number) =>
    losses.map((loss, own) => {
      if (loss === null) return null;
      return own === other ? 0 : (compare(own, other, at) ?? loss - (losses[other] ?? loss));
    });
  const best = lowest(behind(at)) ?? at;
  const order = behind(best).map((value, own) =>
    own === best || value === null ? value : Math.max(0, value),
  );
  const ranks = order.map((value, own) => {
    if (value === null || own === best) return value === null ? null : 1;
    return 1 + order.filter((each) => each !== null && each < value).length;
  });
  return { best, at, ranks };
}

/** Index of the first of the lowest. */
function lowest(values: readonly (number | null)[]): number | null {
  let found: number | null = null;
  for (const [i, value] of values.entries())
    if (value !== null && (found === null || value < (values[found] as number))) found = i;
  return found;
}
