/** Groups of models to leave out, for a jackknife over models or families like these. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Variance } from '../selection/estimated.ts';
import { shuffle } from '../selection/shuffle.ts';

/** Beyond this many models or families several are left out together. */
const MOST_GROUPS = 20;

/** Fewer groups do not tell how they differ. */
export const FEWEST_GROUPS = 3;

export interface LeftOut {
  readonly kind: 'models' | 'families';
  /** Indices into the pool. */
  readonly groups: readonly ReadonlySet<number>[];
}

export interface Groups {
  readonly models: LeftOut;
  readonly families: LeftOut;
}

export function modelGroups(M: number, seed: number): LeftOut {
  const models = Array.from({ length: M }, (_, m) => m);
  return { kind: 'models', groups: dealt(models, seed).map((group) => new Set(group)) };
}

/** Families as wholes, several together where they are many. */
export function familyGroups(families: readonly string[], seed: number): LeftOut {
  const groupOf = new Map(
    dealt([...new Set(families)], seed).flatMap((names, group) => names.map((name) => [name, group])),
  );
  const groups = Array.from({ length: Math.min(groupOf.size, MOST_GROUPS) }, () => new Set<number>());
  for (const [m, family] of families.entries()) groups[groupOf.get(family) ?? 0]?.add(m);
  return { kind: 'families', groups };
}

/** Dealt out at random to as many groups as there are, at most MOST_GROUPS. */
function dealt<T>(values: readonly T[], seed: number): T[][] {
  const order = shuffle([...values.keys()], xoroshiro128plus(seed));
  const groups = Array.from({ length: Math.min(values.length, MOST_GROUPS) }, (): T[] => []);
  for (const [i, at] of order.entries()) groups[i % groups.length]?.push(values[at] as T);
  return groups;
}

/** Delete-one-group jackknife. Null with fewer than three groups, or where one has no value. */
export function jackknifeVariance(values: readonly (number | null | undefined)[]): Variance | null {
  const known = values.filter((value) => typeof value === 'number' && Number.isFinite(value)) as number[];
  const n = values.length;
  if (n < FEWEST_GROUPS || known.length < n) return null;
  const mean = known.reduce((sum, value) => sum + value, 0) / n;
  const squares = known.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { variance: ((n - 1) / n) * squares, freedom: n - 1 };
}
