/**
 * Random pools by how many of each size they hold. Given that, the models of a size are any of them alike, so that the
 * expected oracle of all such pools is exact: it takes the j-th best model of a sample where it has none of those before.
 */
import type { Losses } from '../selection/measured.ts';

/** Models of the same size. M models, T sizes. */
export interface SizeClasses {
  /** Shape (M): index into `sizes`. */
  readonly classOf: Uint16Array;
  /** Shape (T). */
  readonly sizes: readonly number[];
}

export function sizeClasses(sizes: readonly number[]): SizeClasses {
  const known = new Map<number, number>();
  const classOf = Uint16Array.from(sizes, (size) => {
    const at = known.get(size) ?? known.size;
    known.set(size, at);
    return at;
  });
  return { classOf, sizes: [...known.keys()] };
}

/** The models of each sample by ascending loss. Shape (S·M), sample after sample. */
export function rankedModels(rows: readonly Losses[]): Uint16Array {
  const M = rows.length;
  const S = rows[0]?.nll.length ?? 0;
  const ranked = new Uint16Array(S * M);
  const loss = new Float64Array(M);
  for (let s = 0; s < S; s++) {
    for (let m = 0; m < M; m++) loss[m] = (rows[m] as Losses).nll[s] as number;
    const own = ranked.subarray(s * M, (s + 1) * M);
    for (let m = 0; m < M; m++) own[m] = m;
    own.sort((a, b) => (loss[a] as number) - (loss[b] as number));
  }
  return ranked;
}

/** What is left of a sum of probabilities when no more of it counts. */
const NOTHING = 1e-12;

/**
 * Σ over samples as one row: the expected oracle of pools with `counts[t]` of the `present[t]` models of size t.
 *
 * @param isLeft shape (M): whether the model may be in a pool
 */
export function expectedOracle(
  rows: readonly Losses[],
  ranked: Uint16Array,
  { classOf }: SizeClasses,
  counts: Uint16Array,
  present: Uint16Array,
  isLeft: Uint8Array,
): Float64Array {
  const M = rows.length;
  const out = new Float64Array(rows[0]?.nll.length ?? 0);
  const left = new Uint16Array(present.length);
  for (let s = 0; s < out.length; s++) {
    left.set(present);
    let none = 1;
    let sum = 0;
    for (let at = s * M; at < (s + 1) * M && none > NOTHING; at++) {
      const m = ranked[at] as number;
      const t = classOf[m] as number;
      const count = counts[t] as number;
      if (count === 0 || isLeft[m] === 0) continue;
      const share = count / (left[t] as number);
      sum += none * share * ((rows[m] as Losses).nll[s] as number);
      none *= 1 - share;
      left[t] = (left[t] as number) - 1;
    }
    out[s] = sum;
  }
  return out;
}
