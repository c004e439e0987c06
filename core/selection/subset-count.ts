import { combinations } from '../experiment/combinations.ts';

/** C(M, k) as a number: exact up to 2^53, the nearest double above. 0 where there is none. */
export function subsetsOfSize(pool: number, k: number): number {
  return Number(combinations(pool, k));
}
