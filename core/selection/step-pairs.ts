import type { Measured } from './measured.ts';

/** A measured subset and the same with one expert more. */
export interface StepPair {
  readonly donor: number;
  /** Index of T, and of T with the donor. */
  readonly before: number;
  readonly after: number;
}

/** Every measured pair (T, T ∪ {d}), by the size t ≥ 1 of T. */
export function stepPairs(measured: readonly Measured[]): Map<number, StepPair[]> {
  const indexOf = new Map(measured.map(({ members }, index) => [members.join(), index]));
  const pairs = new Map<number, StepPair[]>();
  for (const [after, { members }] of measured.entries()) {
    if (members.length < 2) continue;
    for (const donor of members) {
      const before = indexOf.get(members.filter((d) => d !== donor).join());
      if (before === undefined) continue;
      const t = members.length - 1;
      const same = pairs.get(t);
      if (same) same.push({ donor, before, after });
      else pairs.set(t, [{ donor, before, after }]);
    }
  }
  return pairs;
}
