/** Groups of models to leave out, for a jackknife over models or families like these. */
import { seededRandom } from '../law/random.ts';
import type { Variance } from '../selection/estimated.ts';

/** Beyond this many models several are left out together. */
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
  const random = seededRandom(seed);
  const order = Array.from({ length: M }, (_, m) => ({ m, rank: random.uniform() })).sort(
    (a, b) => a.rank - b.rank,
  );
  const groups = Array.from({ length: Math.min(M, MOST_GROUPS) }, () => new Set<number>());
  for (const [i, { m }] of order.entries()) groups[i % groups.length]?.add(m);
  return { kind: 'models', groups };
}

export function familyGroups(families: readonly string[]): LeftOut {
  const groups = new Map<string, Set<number>>();
  for (const [m, family] of families.entries()) groups.set(family, (groups.get(family) ?? new Set()).add(m));
  return { kind: 'families', groups: [...groups.values()] };
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
