import { describe, expect, it } from 'vitest';
import { type ChosenPool, exactChooser, greedyChooser } from '../../core/ensemble/choose-pools.ts';
import { Facility } from '../../core/ensemble/facility.ts';
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
      expect(found).toMatchObject({ guarantee: 'exact' });
    }
  });

  it('is null where no model fits, and everything where all do', () => {
    const own = costs(5, 1);
    const rows = rowsOf(noise(5, S, 1));
    for (const chooser of [exactChooser, greedyChooser]) {
      expect(chooser(own, [{ ...UNLIMITED, parameters: 0.5 }])(rows, scale)).toEqual([null]);
      const [all] = chooser(own, [{ ...UNLIMITED, memory: 1e3 }])(rows, scale);
      expect(all).toMatchObject({ members: [0, 1, 2, 3, 4], guarantee: 'exact' });
    }
  });

  it('has no member that adds nothing', () => {
    const matrix = [new Array(S).fill(1), new Array(S).fill(2), new Array(S).fill(3)];
    const [found] = exactChooser(costs(3, 1), [{ ...UNLIMITED, k: 2 }])(rowsOf(matrix), scale);
    expect(found?.members).toEqual([0]);
  });
});

const bounds: Record<ChosenPool['guarantee'], number> = {
  exact: 1,
  one_minus_1_over_e: 1 - Math.exp(-1),
  half_one_minus_1_over_e: (1 - Math.exp(-1)) / 2,
  none: 0,
};

describe('the greedy pool', () => {
  it.each(LIMITS.map((limit, i) => [i, limit] as const))(
    'keeps the limit, its guarantee, and what it certifies (%i)',
    (_, limit) => {
      for (let seed = 1; seed <= 30; seed++) {
        const M = 10;
        const matrix = seed % 2 === 0 ? noise(M, S, seed) : complementary(M, S, 4, 10, seed);
        const rows = rowsOf(matrix);
        const own = costs(M, seed);
        const facility = new Facility(rows, scale, own);
        const gain = (pool: ChosenPool | null | undefined) =>
          facility.value(facility.oracle(pool?.members ?? []));
        const [exact] = exactChooser(own, [limit])(rows, scale);
        const [greedy] = greedyChooser(own, [limit])(rows, scale);
        if (!greedy || !exact) throw new Error('no pool');
        expect(fits(summed(greedy.members.map((m) => own[m] as Costs)), limit)).toBe(true);
        const share = gain(greedy) / gain(exact);
        expect(share).toBeLessThanOrEqual(1 + 1e-12);
        expect(share).toBeGreaterThanOrEqual(bounds[greedy.guarantee]);
        const certified = facility.certified(greedy.members, limit);
        expect(certified).toBeLessThanOrEqual(share + 1e-12);
        expect(certified).toBeGreaterThan(0);
      }
    },
  );

  it('gives way to the best single model where cheap ones mislead it', () => {
    // By gain per parameter the small one leads, after which the large one no longer fits.
    const matrix = [new Array(S).fill(9), new Array(S).fill(1), new Array(S).fill(10)];
    const own = [1, 100, 200].map((parameters) => ({ k: 1, parameters, memory: parameters }));
    const [found] = greedyChooser(own, [{ ...UNLIMITED, parameters: 100 }])(rowsOf(matrix), scale);
    expect(found).toMatchObject({ members: [1], guarantee: 'half_one_minus_1_over_e' });
  });

  it('is of the gain by the facility-location function, which is submodular', () => {
    const rows = rowsOf(noise(6, S, 5));
    const facility = new Facility(rows, scale, costs(6, 5));
    const [small, large] = [facility.oracle([0]), facility.oracle([0, 1, 2])];
    for (const m of [3, 4, 5])
      expect(facility.gain(m, small)).toBeGreaterThanOrEqual(facility.gain(m, large));
    expect(facility.value(facility.oracle([]))).toBe(0);
  });
});
