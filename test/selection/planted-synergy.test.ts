import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { synergy } from '../../core/selection/synergy.ts';
import { orders, perSize } from '../simulation/sweeps.ts';
import { allSubsets, prefixesOf, scattered, type Truth } from './pool.ts';
import { input } from './synergy-pool.ts';

const POOL = 6;
const DOMAINS = 3;

/** Donor d takes worth[d][e] off domain e whoever is there; each size has a loss of its own. */
function planted(worth: readonly (readonly number[])[], bySize: readonly number[]): Truth {
  return (members, e) =>
    5 + (bySize[members.length] ?? 0) - members.reduce((sum, d) => sum + (worth[d]?.[e] ?? 0), 0);
}

const matrices = fc.array(
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: DOMAINS, maxLength: DOMAINS }),
  { minLength: POOL, maxLength: POOL },
);
const sizes = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), {
  minLength: POOL + 1,
  maxLength: POOL + 1,
});

function expectPlanted(
  subsets: readonly (readonly number[])[],
  permutations: readonly (readonly number[])[] | null,
  worth: readonly (readonly number[])[],
  bySize: readonly number[],
): void {
  const found = synergy(
    input(subsets, POOL, planted(worth, bySize), { domains: DOMAINS, permutations, stage: 'points' }),
  );
  for (let e = 0; e < DOMAINS; e++) {
    const mean = (out: number | null) => {
      const own = worth.flatMap((row, d) => (d === out ? [] : [row[e] ?? 0]));
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    };
    for (let d = 0; d < POOL; d++) {
      const value = worth[d]?.[e] ?? 0;
      // What only rounding could make, below 1e-10 of the loss, is zero.
      expect(found.adjusted[d]?.[e]?.value).toBeCloseTo(value - mean(null), 8);
      expect(found.first[d]?.[e]?.value).toBeCloseTo(value - mean(null), 8);
      // Of few subsets some donors have no comparison there, and the average is over the others.
      if (subsets.length < 2 ** POOL - 1) continue;
      for (const split of [found.with_own, found.without_own])
        if (d !== e) expect(split[d]?.[e]?.value).toBeCloseTo(value - mean(e), 8);
    }
  }
}

describe('a planted matrix', () => {
  it('is what adjusted synergy finds, exactly, whichever subsets are merged', () => {
    fc.assert(
      fc.property(matrices, sizes, fc.integer(), (worth, bySize, seed) => {
        expectPlanted(allSubsets(POOL), null, worth, bySize);
        const some = perSize(10)(POOL, scattered(seed)).subsets.map(({ members }) => members);
        expectPlanted(some, null, worth, bySize);
        const { permutations } = orders(12)(POOL, scattered(seed));
        const singles = Array.from({ length: POOL }, (_, d) => [d]);
        const along = prefixesOf([...singles, ...(permutations ?? [])]);
        expectPlanted(along, permutations, worth, bySize);
      }),
      { numRuns: 30 },
    );
  });
});
