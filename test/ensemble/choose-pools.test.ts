import { describe, expect, it } from 'vitest';
import { exactChooser, searchingChooser } from '../../core/ensemble/choose-pools.ts';
import { type Costs, fits, summed, UNLIMITED } from '../../core/ensemble/limits.ts';
import { membersOf, poolLosses } from '../../core/ensemble/pool-losses.ts';
import type { PoolGoal } from '../../core/ensemble/types.ts';
import { seededRandom } from '../../core/law/random.ts';
import { complementary, noise } from './pools.ts';

const S = 40;
const scale = new Float64Array(S).fill(1 / S);

const rowsOf = (matrix: readonly (readonly number[])[]) =>
  matrix.map((row) => ({ nll: Float64Array.from(row), domains: new Float64Array(0) }));

const bruteLoss = (matrix: readonly (readonly number[])[], members: readonly number[]) =>
  Array.from({ length: S }, (_, s) => s).reduce((sum, s) => {
    const column = matrix.map((row) => row[s] ?? Number.NaN);
    return (
      sum + (members.length > 0 ? Math.min(...members.map((m) => column[m] ?? 0)) : Math.max(...column)) / S
    );
  }, 0);

function costs(M: number, seed: number): Costs[] {
  const random = seededRandom(seed);
  return Array.from({ length: M }, () => {
    const parameters = Math.ceil(10 * random.uniform());
    return { k: 1, parameters, memory: 2 * parameters };
  });
}

describe('losses of all pools at once', () => {
  it.each([1, 2, 5, 9])('are those of each pool of %i models, to 1e-12', (M) => {
    const matrix = noise(M, S, M);
    const losses = poolLosses(rowsOf(matrix), scale);
    expect(losses).toHaveLength(2 ** M);
    for (const [mask, loss] of losses.entries())
      expect(Math.abs(loss / bruteLoss(matrix, membersOf(mask)) - 1)).toBeLessThan(1e-12);
  });

  it('know ties', () => {
    const losses = poolLosses(rowsOf([new Array(S).fill(3), new Array(S).fill(3)]), scale);
    for (const loss of losses) expect(loss).toBeCloseTo(3, 12);
  });
});

const LIMITS: readonly PoolGoal[] = [
  { ...UNLIMITED, k: 3 },
  { ...UNLIMITED, parameters: 15 },
  { ...UNLIMITED, memory: 22 },
  { k: 4, parameters: 20, memory: null },
];

describe('the best pool within a limit', () => {
  it.each(LIMITS.map((limit, i) => [i, limit] as const))('is found exactly (%i)', (_, limit) => {
    for (let seed = 1; seed <= 5; seed++) {
      const M = 8;
      const matrix = noise(M, S, seed);
      const own = costs(M, seed);
      const [found] = exactChooser(own, [limit])(rowsOf(matrix), scale);
      const feasible = Array.from({ length: 2 ** M - 1 }, (_, i) => membersOf(i + 1)).filter((members) =>
        fits(summed(members.map((m) => own[m] as Costs)), limit),
      );
      const best = Math.min(...feasible.map((members) => bruteLoss(matrix, members)));
      expect(feasible).toContainEqual(found?.members);
      expect(bruteLoss(matrix, found?.members ?? [])).toBeCloseTo(best, 12);
      expect(found?.loss).toBeCloseTo(best, 12);
      expect(found?.bound).toBe(found?.loss);
    }
  });

  it('is null where no model fits, and everything where all do', () => {
    const own = costs(5, 1);
    const rows = rowsOf(noise(5, S, 1));
    for (const chooser of [exactChooser, searchingChooser]) {
      expect(chooser(own, [{ ...UNLIMITED, parameters: 0.5 }])(rows, scale)).toEqual([null]);
      const [all] = chooser(own, [{ ...UNLIMITED, memory: 1e3 }])(rows, scale);
      expect(all).toMatchObject({ members: [0, 1, 2, 3, 4], bound: all?.loss });
    }
  });

  it('has no member that adds nothing', () => {
    const matrix = [new Array(S).fill(1), new Array(S).fill(2), new Array(S).fill(3)];
    for (const chooser of [exactChooser, searchingChooser]) {
      const [found] = chooser(costs(3, 1), [{ ...UNLIMITED, k: 2 }])(rowsOf(matrix), scale);
      expect(found?.members).toEqual([0]);
    }
  });
});

/** Every count, then what else is asked: as a report asks. */
const asked = (limit: PoolGoal, M: number): PoolGoal[] => [
  ...Array.from({ length: M }, (_, i) => ({ ...UNLIMITED, k: i + 1 })),
  limit,
];

/** Cheap models that are nearly worthless, and dear ones that know different things: greedy by price takes the cheap ones. */
function misleading(M: number, seed: number): { matrix: number[][]; costs: Costs[] } {
  const random = seededRandom(seed);
  const dear = (m: number) => m % 3 === 0;
  const matrix = complementary(M, S, 4, 10, seed).map((row, m) =>
    row.map((value) => value + (dear(m) ? 0 : 20 + 20 * random.uniform())),
  );
  const own = matrix.map((_, m) => {
    const parameters = dear(m) ? 10 : 1 + random.uniform();
    return { k: 1, parameters, memory: 2 * parameters };
  });
  return { matrix, costs: own };
}

describe('the pool that is searched for', () => {
  it.each(LIMITS.map((limit, i) => [i, limit] as const))(
    'is the best one, and proven to be (%i)',
    (_, limit) => {
      for (let seed = 1; seed <= 12; seed++) {
        const M = 12;
        const made = misleading(M, seed);
        const [matrix, own] =
          seed % 2 === 0 ? [noise(M, S, seed), costs(M, seed)] : [made.matrix, made.costs];
        const [rows, limits] = [rowsOf(matrix), asked(limit, M)];
        const exact = exactChooser(own, limits)(rows, scale);
        const searched = searchingChooser(own, limits)(rows, scale);
        for (const [i, best] of exact.entries()) {
          expect(Math.abs((searched[i]?.loss ?? 0) / (best?.loss ?? 1) - 1)).toBeLessThan(1e-8);
          expect(searched[i]?.bound).toBe(searched[i]?.loss);
          expect(bruteLoss(matrix, searched[i]?.members ?? [])).toBeCloseTo(best?.loss ?? 0, 10);
        }
      }
    },
  );

  it.each([0, 500, 20_000])(
    'is never below what it says no pool is, whatever effort is left (%i)',
    (effort) => {
      for (let seed = 1; seed <= 8; seed++) {
        const { matrix, costs: own } = misleading(14, seed);
        const limits = asked({ ...UNLIMITED, parameters: 25 }, 14);
        const exact = exactChooser(own, limits)(rowsOf(matrix), scale);
        const searched = searchingChooser(own, limits)(rowsOf(matrix), scale, effort);
        for (const [i, best] of exact.entries()) {
          const { members, loss, bound } = searched[i] ?? { members: [], loss: 0, bound: 1 };
          expect(fits(summed(members.map((m) => own[m] as Costs)), limits[i] ?? UNLIMITED)).toBe(true);
          expect(bound).toBeLessThanOrEqual((best?.loss ?? 0) * (1 + 1e-9));
          expect(loss).toBeGreaterThanOrEqual((best?.loss ?? 0) * (1 - 1e-12));
        }
      }
    },
  );

  it.each([0, 1e5, 2e7])(
    'is no worse than any other that was found and keeps its limit (effort %i)',
    (effort) => {
      for (let seed = 1; seed <= 5; seed++) {
        const { matrix, costs: own } = misleading(26, seed);
        const limits = [
          ...asked({ ...UNLIMITED, parameters: 21 }, 12),
          { k: 3, parameters: 32, memory: null },
        ];
        const pools = searchingChooser(own, limits)(rowsOf(matrix), scale, effort);
        for (const [i, limit] of limits.entries())
          for (const other of pools)
            if (other && fits(summed(other.members.map((m) => own[m] as Costs)), limit))
              expect(pools[i]?.loss).toBeLessThanOrEqual(other.loss);
      }
    },
  );

  it('is two dear models rather than many cheap ones', () => {
    const { matrix, costs: own } = misleading(24, 1);
    const [pair, found] = searchingChooser(own, [
      { ...UNLIMITED, k: 2 },
      { ...UNLIMITED, parameters: 20.5 },
    ])(rowsOf(matrix), scale);
    expect(found?.members).toEqual(pair?.members);
    expect(found?.bound).toBe(found?.loss);
  });
});
