import type { CurveData } from './input.ts';
import type { PointRow } from './points-csv.ts';

/**
 * One curve from rows of single merges: means over subsets of each size. Its error is that of the subsets not in the
 * file, (1 − n/C(M, k))·s²/n; when none is missing there is none, and nothing is known of the evaluation's own. Rows
 * of the same subset (seeds) are averaged first. `pool`: M.
 */
export function curveOfMerges(rows: readonly PointRow[], pool: number): CurveData {
  const [first] = rows;
  const subsets = new Map<string, { k: number; losses: number[] }>();
  for (const row of rows) {
    const name = JSON.stringify([...(row.subset ?? [])].sort());
    const found = subsets.get(name) ?? { k: row.k, losses: [] };
    found.losses.push(row.loss);
    subsets.set(name, found);
  }
  const byK = new Map<number, number[]>();
  for (const { k, losses } of subsets.values()) byK.set(k, [...(byK.get(k) ?? []), average(losses)]);
  const base = byK.get(0);
  const k = [...byK.keys()].filter((value) => value > 0).sort((a, b) => a - b);
  const groups = k.map((value) => byK.get(value) ?? []);
  const variances = subsetVariances(k, groups, pool);
  const exhaustive = k.every((value, i) => (groups[i]?.length ?? 0) >= subsetCount(pool, value));
  const known = !exhaustive && variances !== null && variances.some((variance) => variance > 0);
  const covariance = new Float64Array(k.length ** 2);
  variances?.forEach((variance, i) => {
    covariance[i * k.length + i] = variance;
  });
  return {
    domain: first?.domain ?? null,
    N: first?.N ?? null,
    pool,
    k,
    mean: Float64Array.from(groups, average),
    covariance: known ? covariance : null,
    degreesOfFreedom: known ? Float64Array.from(groups, (losses) => Math.max(1, losses.length - 1)) : null,
    weights: null,
    replicates: null,
    base: base ? average(base) : null,
    baseReplicates: null,
    chosenBeatsBase: null,
    exhaustive,
  };
}

/** Variance of each mean over subsets; null when no k shows any spread to judge by. */
function subsetVariances(
  k: readonly number[],
  groups: readonly (readonly number[])[],
  pool: number,
): number[] | null {
  // Spread over subsets of size k without replacement is in proportion to (M − k)/(k(M − 1)), which a k with a single
  // subset borrows from the others.
  const shape = (value: number) => (pool - value) / (value * Math.max(1, pool - 1));
  let squares = 0;
  let expected = 0;
  groups.forEach((losses, i) => {
    const center = average(losses);
    squares += losses.reduce((sum, loss) => sum + (loss - center) ** 2, 0);
    expected += (losses.length - 1) * shape(k[i] ?? 1);
  });
  if (expected <= 0) return null;
  return groups.map((losses, i) => {
    const n = losses.length;
    const missing = 1 - n / subsetCount(pool, k[i] ?? 1);
    if (missing <= 0) return 0;
    const center = average(losses);
    const own = losses.reduce((sum, loss) => sum + (loss - center) ** 2, 0) / (n - 1);
    return (missing * (n > 1 ? own : (squares / expected) * shape(k[i] ?? 1))) / n;
  });
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** C(M, k), as a float: exact as far as it matters here. */
function subsetCount(pool: number, k: number): number {
  let count = 1;
  for (let i = 1; i <= k; i++) count = (count * (pool - k + i)) / i;
  return Math.round(count);
}
