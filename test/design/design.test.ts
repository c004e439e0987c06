import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { designMean, designOf, type SubsetDesign } from '../../core/design/design.ts';
import { expertWords, randomOrder, subsetPriority } from '../../core/design/keyed-random.ts';
import { hammingDistance, spreadPermutations } from '../../core/design/permutations.ts';
import { enumerateSubsets, type Members, sampleSubsets } from '../../core/design/subsets.ts';
import { combinations } from '../../core/experiment/combinations.ts';
import type { Subsets } from '../../core/experiment/experiment.ts';
import { poolOf } from './sweeps.ts';

function design(size: number, subsets: Subsets, seed = 0, k?: readonly number[]): SubsetDesign {
  const pool = poolOf(size);
  return designOf({ pool, sweep: { k: k ?? pool.map((_, i) => i + 1), subsets, seed } });
}

/** A loss that depends on who is in the subset, so that a biased design is seen. */
function loss(members: Members): number {
  const sum = members.reduce((total, i) => total + (i + 1) ** 1.5, 0);
  return 2 - sum / members.length / 20 + 1 / members.length;
}

function truth(size: number, k: number): number {
  const all = [...enumerateSubsets(size, k)];
  return all.reduce((sum, members) => sum + loss(members), 0) / all.length;
}

function estimate(drawn: SubsetDesign, k: number): number {
  const subsets = drawn.strata.get(k)?.subsets ?? [];
  return designMean(subsets.map(({ members, draws }) => ({ draws, value: loss(members) }))) ?? Number.NaN;
}

describe('the design mean recovers the mean over all subsets', () => {
  const kinds: [string, Subsets][] = [
    ['a number per k', { kind: 'per_k', count: 4 }],
    ['permutations', { kind: 'permutations', count: 5 }],
  ];

  test.each(kinds)('%s: over many seeds, without bias', (_, subsets) => {
    const seeds = 300;
    const designs = Array.from({ length: seeds }, (_, seed) => design(6, subsets, seed));
    for (const k of [2, 3, 4, 5]) {
      const estimates = designs.map((drawn) => estimate(drawn, k));
      const mean = estimates.reduce((sum, value) => sum + value, 0) / seeds;
      const sd = Math.sqrt(estimates.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (seeds - 1));
      expect(sd).toBeGreaterThan(0);
      expect(Math.abs(mean - truth(6, k))).toBeLessThan((4 * sd) / Math.sqrt(seeds));
    }
  });

  test.each<[string, Subsets]>([
    ['all', { kind: 'all' }],
    ['a number per k that is enough', { kind: 'per_k', count: 1000 }],
    ['all permutations', { kind: 'permutations', count: 720 }],
  ])('%s: exactly, at every k', (_, subsets) => {
    const drawn = design(6, subsets);
    for (let k = 1; k <= 6; k += 1) {
      expect(drawn.strata.get(k)?.exhaustive).toBe(true);
      expect(estimate(drawn, k)).toBeCloseTo(truth(6, k), 12);
    }
  });

  test('k = 1 and k = M are exact in every design', () => {
    for (const [, subsets] of kinds) {
      const drawn = design(9, subsets);
      for (const k of [1, 9]) {
        expect(drawn.strata.get(k)?.exhaustive).toBe(true);
        expect(estimate(drawn, k)).toBeCloseTo(truth(9, k), 12);
      }
      expect(drawn.strata.get(4)?.exhaustive).toBe(false);
    }
  });
});

describe('a number per k', () => {
  test('distinct subsets of the size asked for, at most all there are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 60 }),
        fc.nat(),
        (size, count, seed) => {
          const drawn = design(size, { kind: 'per_k', count }, seed);
          for (const [k, stratum] of drawn.strata) {
            const of = Number(combinations(size, k));
            const names = stratum.subsets.map(({ members }) => members.join());
            expect(stratum.of).toBe(of);
            expect(names).toHaveLength(k === 1 || k === size ? of : Math.min(count, of));
            expect(new Set(names).size).toBe(names.length);
            for (const { members, draws } of stratum.subsets) {
              expect(draws).toBe(1);
              expect(new Set(members).size).toBe(k);
              expect([...members].sort((a, b) => a - b)).toEqual(members);
              expect(Math.max(...members)).toBeLessThan(size);
            }
          }
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });

  test('every subset is equally probable, below and above the size that is listed', () => {
    const seeds = 3000;
    const counts = new Map<string, number>();
    for (let seed = 0; seed < seeds; seed += 1) {
      for (const members of sampleSubsets(expertWords(poolOf(5), seed), 2, 3)) {
        counts.set(members.join(), (counts.get(members.join()) ?? 0) + 1);
      }
    }
    expect(counts.size).toBe(10);
    const expected = (3 * seeds) / 10;
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(27.9); // 99.9% of chi-square with 9 degrees of freedom

    const drawn = sampleSubsets(expertWords(poolOf(40), 0), 10, 4000); // C(40, 10) = 847,660,528
    expect(new Set(drawn.map(String)).size).toBe(4000);
    const uses = Array<number>(40).fill(0);
    for (const members of drawn) for (const i of members) uses[i] = (uses[i] ?? 0) + 1;
    const use = uses.reduce((sum, n) => sum + (n - 1000) ** 2 / (1000 * 0.75), 0) * (39 / 40);
    expect(use).toBeLessThan(72.1); // 99.9% with 39
  });
});

describe('permutations', () => {
  test('a random one, its reverse, and then ones that are far from all before', () => {
    const chosen = spreadPermutations(expertWords(poolOf(9), 0), 15);
    expect(chosen).toHaveLength(15);
    expect(chosen[1]).toEqual([...(chosen[0] ?? [])].reverse());
    for (const permutation of chosen) expect([...permutation].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    const nearest = (all: readonly (readonly number[])[]) =>
      Math.min(...all.flatMap((a, i) => all.slice(0, i).map((b) => hammingDistance(a, b))));
    const words = expertWords(poolOf(9), 1);
    const random = Array.from({ length: 15 }, (_, draw) => randomOrder(words, 0, draw));
    expect(nearest(chosen)).toBeGreaterThanOrEqual(7);
    expect(nearest(chosen)).toBeGreaterThan(nearest(random));
  });

  test('asking for more keeps those that were there', () => {
    const words = expertWords(poolOf(9), 0);
    expect(spreadPermutations(words, 20).slice(0, 15)).toEqual(spreadPermutations(words, 15));
  });

  test('prefixes are the subsets, and draws count how often each was met', () => {
    const drawn = design(7, { kind: 'permutations', count: 12 });
    for (const [k, { subsets, exhaustive }] of drawn.strata) {
      const prefixes = (drawn.permutations ?? []).map((order) =>
        order
          .slice(0, k)
          .sort((a, b) => a - b)
          .join(),
      );
      if (k === 1 || k === 7) continue;
      expect(new Set(subsets.map(({ members }) => members.join()))).toEqual(new Set(prefixes));
      for (const { members, draws } of subsets) {
        expect(draws).toBe(exhaustive ? 1 : prefixes.filter((prefix) => prefix === members.join()).length);
      }
    }
  });

  test('no order twice, in pools of any size, asked for more than there are', () => {
    for (let size = 1; size <= 8; size += 1) {
      for (const count of [1, 2, 5, 30]) {
        const chosen = spreadPermutations(expertWords(poolOf(size), 3), count).map(String);
        const factorial = Array.from({ length: size }, (_, i) => i + 1).reduce((a, b) => a * b, 1);
        expect(chosen).toHaveLength(Math.min(count, factorial));
        expect(new Set(chosen).size).toBe(chosen.length);
      }
    }
  });
});

describe('random numbers that belong to experts', () => {
  test('are uniform', () => {
    const words = expertWords(poolOf(12), 0);
    const bins = Array<number>(16).fill(0);
    for (const members of enumerateSubsets(12, 6)) {
      const bin = Math.floor(16 * subsetPriority(words, members, 6));
      bins[bin] = (bins[bin] ?? 0) + 1;
    }
    const expected = 924 / 16;
    expect(bins.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)).toBeLessThan(37.7); // 99.9%, 15
  });

  test('and orders of three come equally often', () => {
    const words = expertWords(poolOf(3), 0);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 6000; draw += 1) {
      const order = randomOrder(words, 1, draw).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    const chiSquare = [...counts.values()].reduce((sum, n) => sum + (n - 1000) ** 2 / 1000, 0);
    expect(counts.size).toBe(6);
    expect(chiSquare).toBeLessThan(20.5); // 99.9%, 5
  });
});

test('combinations, exactly', () => {
  expect(combinations(64, 32)).toBe(1_832_624_140_942_590_534n);
  expect(combinations(5, 0)).toBe(1n);
  expect(combinations(5, 6)).toBe(0n);
  expect([...enumerateSubsets(4, 2)].map(String)).toEqual(['0,1', '0,2', '0,3', '1,2', '1,3', '2,3']);
});
