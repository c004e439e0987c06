import type { CurveData } from './input.ts';
import type { PointRow } from './points-csv.ts';

/**
 * One curve from rows of means. Variance std²/n, n = 1 if absent; where k is the whole pool there is but one subset,
 * so an absent std is 0. Rows of equal k are averaged. Unless every k has its variance, weights take its place: n,
 * else `weight`, else k.
 */
export function curveOfMeans(rows: readonly PointRow[], pool: number | null): CurveData {
  const [first] = rows;
  const groups = new Map<number, PointRow[]>();
  for (const row of rows) groups.set(row.k, [...(groups.get(row.k) ?? []), row]);
  const base = groups.get(0);
  const k = [...groups.keys()].filter((value) => value > 0).sort((a, b) => a - b);
  const of = k.map((value) => groups.get(value) ?? []);
  const size = Math.max(1, pool ?? 1, ...k);
  const variances = of.map((group) => mean(group, (row) => varianceOf(row, size)) / group.length);
  const known = variances.every(Number.isFinite) && variances.some((variance) => variance > 0);
  const covariance = new Float64Array(k.length ** 2);
  variances.forEach((variance, i) => {
    covariance[i * k.length + i] = variance;
  });
  const weight = (row: PointRow) => row.n ?? row.weight ?? row.k;
  return {
    domain: first?.domain ?? null,
    N: first?.N ?? null,
    pool: size,
    k,
    mean: Float64Array.from(of, (group) => mean(group, ({ loss }) => loss)),
    covariance: known ? covariance : null,
    degreesOfFreedom: known ? Float64Array.from(of, freedom) : null,
    weights: known
      ? null
      : Float64Array.from(of, (group) => group.reduce((sum, row) => sum + weight(row), 0)),
    replicates: null,
    base: base ? mean(base, ({ loss }) => loss) : null,
    baseReplicates: null,
    chosenBeatsBase: null,
    exhaustive: false,
  };
}

function mean(rows: readonly PointRow[], value: (row: PointRow) => number): number {
  return rows.reduce((sum, row) => sum + value(row), 0) / rows.length;
}

/** NaN where unknown. */
function varianceOf({ std, n, k }: PointRow, pool: number): number {
  if (std !== null) return std ** 2 / (n ?? 1);
  return k === pool ? 0 : Number.NaN;
}

/** n − 1 where n says how many subsets the std is of; else taken as well known. */
function freedom(rows: readonly PointRow[]): number {
  const known = rows.reduce((sum, { n }) => sum + Math.max(0, (n ?? 1) - 1), 0);
  return known > 0 ? known : Number.POSITIVE_INFINITY;
}
