/**
 * The polynomial basis of mathematics §4 in α: α_iα_j (i ≤ j), α_i³, and α_i where lengths vary. There is no intercept:
 * at one length Σα = c the products hold the constant and the linear terms.
 */

/** M(M+1)/2 + M, and M more where lengths vary. */
export function basisSize(pool: number, varying: boolean): number {
  return (pool * (pool + 1)) / 2 + (varying ? 2 : 1) * pool;
}

/** Place of α_iα_j, i ≤ j. */
export function productAt(pool: number, i: number, j: number): number {
  return i * pool - (i * (i - 1)) / 2 + (j - i);
}

/** Place of α_i³. */
export function cubeAt(pool: number, i: number): number {
  return (pool * (pool + 1)) / 2 + i;
}

/** Place of α_i, where lengths vary. */
export function linearAt(pool: number, i: number): number {
  return cubeAt(pool, pool) + i;
}

/** The basis functions that are not 0 at step·1_S: their places and values. */
export interface SparseRow {
  readonly at: Int32Array;
  readonly value: Float64Array;
}

export function basisRow(
  { members, step }: { readonly members: readonly number[]; readonly step: number },
  pool: number,
  varying: boolean,
): SparseRow {
  const k = members.length;
  const at = new Int32Array(basisSize(k, varying));
  const value = new Float64Array(at.length);
  let next = 0;
  const put = (place: number, x: number) => {
    at[next] = place;
    value[next] = x;
    next += 1;
  };
  for (const [a, i] of members.entries()) {
    for (const j of members.slice(a)) put(productAt(pool, i, j), step ** 2);
    put(cubeAt(pool, i), step ** 3);
    if (varying) put(linearAt(pool, i), step);
  }
  return { at, value };
}

/**
 * Shape (p): mean of every basis function over all subsets of size k, at this step: P(i ∈ S) = k/M, P(i, j ∈ S) = k(k−1)/(M(M−1)).
 *
 * @param without an expert that no subset holds: M is less by one
 */
export function basisMean(
  pool: number,
  k: number,
  step: number,
  varying: boolean,
  without: number | null = null,
): Float64Array {
  const mean = new Float64Array(basisSize(pool, varying));
  const open = without === null ? pool : pool - 1;
  const one = k / open;
  const two = open > 1 ? (one * (k - 1)) / (open - 1) : 0;
  for (let i = 0; i < pool; i++) {
    if (i === without) continue;
    for (let j = i; j < pool; j++)
      if (j !== without) mean[productAt(pool, i, j)] = (i === j ? one : two) * step ** 2;
    mean[cubeAt(pool, i)] = one * step ** 3;
    if (varying) mean[linearAt(pool, i)] = one * step;
  }
  return mean;
}
