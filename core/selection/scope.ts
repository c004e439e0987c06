import { isMember, type SubsetMasks } from './subset-masks.ts';

/** Over which measured subsets experts are compared, and which of them come and go there. */
export interface Scope {
  /** Of the measured subsets, ascending. Shape (n). */
  readonly indices: Int32Array;
  /** Experts that come and go, ascending; all others are in every subset of the scope or in none. */
  readonly players: readonly number[];
  /** How many experts are in every subset: within the scope, a subset's size is its own less this. */
  readonly fixed: number;
}

/** @param required experts that every measured subset holds */
export function wholePool(measured: number, pool: number, required: readonly number[] = []): Scope {
  const indices = new Int32Array(measured);
  for (let i = 0; i < measured; i++) indices[i] = i;
  return {
    indices,
    players: Array.from({ length: pool }, (_, d) => d).filter((d) => !required.includes(d)),
    fixed: required.length,
  };
}

/** The subsets that hold one expert, or those that do not: there the others come and go. */
export function scopeOf(masks: SubsetMasks, pool: number, expert: number, inside: boolean): Scope {
  const indices = new Int32Array(masks.low.length);
  let n = 0;
  for (let i = 0; i < indices.length; i++) if (isMember(masks, i, expert) === inside) indices[n++] = i;
  return {
    indices: indices.slice(0, n),
    players: Array.from({ length: pool }, (_, d) => d).filter((d) => d !== expert),
    fixed: inside ? 1 : 0,
  };
}
