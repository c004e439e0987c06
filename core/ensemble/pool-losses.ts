import type { Losses } from '../selection/measured.ts';

/** Beyond this many models, 2^M pools are too many to look at. */
export const EXACT_MODELS = 20;

/**
 * The oracle of every pool, Σ_s scale_s · min NLL, by mask of its members; the empty pool has the worst model of each
 * sample. Shape (2^M). With a sample's models in ascending order of loss, a pool loses the step from the j-th to the
 * next exactly where it has none of the first j; so the steps are put down at those sets, and each pool sums those
 * that lie within its complement: S·M + M·2^M additions instead of S·2^M comparisons.
 */
export function poolLosses(rows: readonly Losses[], scale: Float64Array): Float64Array {
  const M = rows.length;
  if (M > EXACT_MODELS) throw new RangeError(`2^${M} pools are too many to look at`);
  const all = 2 ** M - 1;
  const steps = new Float64Array(all + 1);
  const order = rows.map((_, m) => m);
  const lossOf = (m: number, s: number) => (rows[m] as Losses).nll[s] as number;
  for (let s = 0; s < scale.length; s++) {
    const share = scale[s] as number;
    if (share === 0) continue;
    sortByLoss(order, (m) => lossOf(m, s));
    let before = lossOf(order[0] as number, s);
    let mask = 0;
    steps[0] = (steps[0] as number) + share * before;
    for (let j = 0; j + 1 < M; j++) {
      mask |= 1 << (order[j] as number);
      const next = lossOf(order[j + 1] as number, s);
      steps[mask] = (steps[mask] as number) + share * (next - before);
      before = next;
    }
  }
  sumOverSubsets(steps, M);
  return steps.reverse();
}

/** Insertion: the order of one sample is nearly that of the next. */
function sortByLoss(order: number[], lossOf: (m: number) => number): void {
  for (let i = 1; i < order.length; i++) {
    const m = order[i] as number;
    const own = lossOf(m);
    let at = i;
    while (at > 0 && lossOf(order[at - 1] as number) > own) {
      order[at] = order[at - 1] as number;
      at -= 1;
    }
    order[at] = m;
  }
}

/** Each entry becomes the sum over all subsets of its mask, bit by bit (Yates). */
function sumOverSubsets(values: Float64Array, M: number): void {
  for (let bit = 1; bit < 1 << M; bit <<= 1)
    for (let from = bit; from < values.length; from += 2 * bit)
      for (let mask = from; mask < from + bit; mask++)
        values[mask] = (values[mask] as number) + (values[mask - bit] as number);
}

/** Members of a mask, ascending. */
export function membersOf(mask: number): number[] {
  const members: number[] = [];
  for (let left = mask; left !== 0; left &= left - 1) members.push(31 - Math.clz32(left & -left));
  return members;
}

/** Σ value over the members of every mask. Shape (2^M). */
export function sumsByMask(values: readonly number[]): Float64Array {
  const sums = new Float64Array(2 ** values.length);
  for (let mask = 1; mask < sums.length; mask++)
    sums[mask] = (sums[mask & (mask - 1)] as number) + (values[31 - Math.clz32(mask & -mask)] as number);
  return sums;
}
