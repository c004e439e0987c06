/** C(n, k), exactly. */
export function combinations(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n;
  let count = 1n;
  for (let i = 1; i <= Math.min(k, n - k); i += 1) count = (count * BigInt(n - i + 1)) / BigInt(i);
  return count;
}

/** How many subsets of a pool of n have one of the given sizes. */
export function subsetCount(n: number, sizes: readonly number[]): bigint {
  return sizes.reduce((sum, k) => sum + combinations(n, k), 0n);
}

/** Merges that every plan makes of a method: each single expert, and the whole pool. */
export function anchorCount(pool: number): number {
  return pool > 1 ? pool + 1 : 1;
}
