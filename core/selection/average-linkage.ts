/** Rows merged step by step by average linkage (Sokal and Michener 1958). R = rows. */
export interface Linkage {
  /** All rows, so that those merged early stand side by side. */
  readonly order: readonly number[];
  /** Partitions into 2, 3, ... `most` clusters: labels of shape (R). */
  readonly partitions: readonly Int32Array[];
}

/** `distances` has shape (R, R). Of two ways to put clusters side by side, the one whose touching ends are nearer. */
export function averageLinkage(distances: Float64Array, R: number, most: number): Linkage {
  const between = Float64Array.from(distances);
  let clusters = Array.from({ length: R }, (_, i) => ({ at: i, rows: [i] }));
  const partitions: Int32Array[] = [];
  while (clusters.length > 1) {
    if (clusters.length <= most) partitions.unshift(labelsOf(clusters, R));
    const [a, b] = nearest(clusters, between, R);
    const [left, right] = [clusters[a], clusters[b]] as [(typeof clusters)[0], (typeof clusters)[0]];
    for (const { at } of clusters) {
      const mean =
        (left.rows.length * (between[left.at * R + at] as number) +
          right.rows.length * (between[right.at * R + at] as number)) /
        (left.rows.length + right.rows.length);
      between[left.at * R + at] = mean;
      between[at * R + left.at] = mean;
    }
    const merged = { at: left.at, rows: sideBySide(left.rows, right.rows, distances, R) };
    clusters = clusters.flatMap((cluster, i) => (i === a ? [merged] : i === b ? [] : [cluster]));
  }
  return { order: clusters[0]?.rows ?? [], partitions };
}

function nearest(
  clusters: readonly { readonly at: number }[],
  between: Float64Array,
  R: number,
): [number, number] {
  let [first, second, least] = [0, 1, Number.POSITIVE_INFINITY];
  for (let a = 0; a < clusters.length; a++) {
    const from = (clusters[a]?.at ?? 0) * R;
    for (let b = a + 1; b < clusters.length; b++) {
      const distance = between[from + (clusters[b]?.at ?? 0)] as number;
      if (distance < least) [first, second, least] = [a, b, distance];
    }
  }
  return [first, second];
}

function sideBySide(left: readonly number[], right: readonly number[], distances: Float64Array, R: number) {
  const gap = (a: readonly number[], b: readonly number[]) =>
    distances[(a.at(-1) as number) * R + (b[0] as number)] as number;
  const ways = [left, left.toReversed()].flatMap((a) => [right, right.toReversed()].map((b) => ({ a, b })));
  const best = ways.reduce((one, other) => (gap(other.a, other.b) < gap(one.a, one.b) ? other : one));
  return [...best.a, ...best.b];
}

function labelsOf(clusters: readonly { readonly rows: readonly number[] }[], R: number): Int32Array {
  const labels = new Int32Array(R);
  for (const [label, { rows }] of clusters.entries()) for (const row of rows) labels[row] = label;
  return labels;
}

/**
 * Mean silhouette (Rousseeuw 1987): (b − a)/max(a, b) of each row, a its mean distance to its own cluster, b to the
 * nearest other one; 0 for a cluster of one. In −1..1.
 */
export function silhouette(distances: Float64Array, labels: Int32Array, clusters: number): number {
  const R = labels.length;
  const sizes = new Int32Array(clusters);
  for (const label of labels) sizes[label] = (sizes[label] as number) + 1;
  let total = 0;
  for (let i = 0; i < R; i++) {
    const own = labels[i] as number;
    if (sizes[own] === 1) continue;
    const sums = new Float64Array(clusters);
    for (let j = 0; j < R; j++) {
      const label = labels[j] as number;
      sums[label] = (sums[label] as number) + (distances[i * R + j] as number);
    }
    const inside = (sums[own] as number) / ((sizes[own] as number) - 1);
    let outside = Number.POSITIVE_INFINITY;
    for (let c = 0; c < clusters; c++)
      if (c !== own) outside = Math.min(outside, (sums[c] as number) / (sizes[c] as number));
    const larger = Math.max(inside, outside);
    total += larger > 0 ? (outside - inside) / larger : 0;
  }
  return total / R;
}
