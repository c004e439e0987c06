import type { MeasuredSubsets } from './measured-subsets.ts';
import type { Scope } from './scope.ts';

/** Two sizes whose subsets lie on the same trajectories: what their models leave goes along. */
export interface NestedSizes {
  /** Positions among the spreads. */
  readonly first: number;
  readonly second: number;
  /** Of what is left of a subset and of one that holds it. */
  readonly correlation: number;
  /** Each pair of nested subsets by its rows within the two sizes. */
  readonly rows: readonly (readonly [number, number])[];
}

/** The sizes in ascending order, with the positions of their subsets in the scope. None without permutations. */
export function nestedSizes(
  { find, masks, permutations }: MeasuredSubsets,
  scope: Scope,
  sizes: readonly { readonly k: number; readonly positions: readonly number[] }[],
): NestedSizes[] {
  if (!permutations || sizes.length < 2) return [];
  const rowOf = new Int32Array(masks.low.length).fill(-1);
  for (const { positions } of sizes)
    for (const [row, position] of positions.entries()) rowOf[scope.indices[position] as number] = row;
  // Shape (sizes, permutations): the row of each order's prefix, −1 where it is not in the scope.
  const prefixes = sizes.map(({ k }) =>
    permutations.map((order) => {
      const index = find(-1, ...order.slice(0, k + scope.fixed));
      return index < 0 ? -1 : (rowOf[index] as number);
    }),
  );
  return sizes.flatMap(({ k }, first) =>
    sizes.slice(first + 1).flatMap(({ k: larger }, i) => {
      const second = first + 1 + i;
      const rows = distinctPairs(prefixes[first] ?? [], prefixes[second] ?? []);
      const correlation = nestedCorrelation(k, larger, scope.players.length);
      return rows.length > 0 ? [{ first, second, correlation, rows }] : [];
    }),
  );
}

/** Several trajectories may pass through the same two subsets. */
function distinctPairs(inner: readonly number[], outer: readonly number[]): (readonly [number, number])[] {
  const seen = new Map<number, readonly [number, number]>();
  for (const [p, i] of inner.entries()) {
    const j = outer[p] ?? -1;
    if (i >= 0 && j >= 0) seen.set(i * outer.length + j, [i, j]);
  }
  return [...seen.values()];
}

/**
 * Where losses depend on experts and on pairs of them: the mean over the pairs in a subset of k and in one of l ≥ k of
 * M experts that holds it, each less what single experts explain. Pairs of one domain's experts are drawn without
 * replacement: ρ² = k(k−1)(M−l)(M−l−1) / (l(l−1)(M−k)(M−k−1)), the second term of Hoeffding's decomposition of a mean
 * over a finite population. Of losses that nothing joins the correlation is smaller, and errors come out too wide.
 */
export function nestedCorrelation(k: number, l: number, M: number): number {
  const squared = (k * (k - 1) * (M - l) * (M - l - 1)) / (l * (l - 1) * (M - k) * (M - k - 1));
  return squared > 0 ? Math.sqrt(squared) : 0;
}
