import { describe, expect, it } from 'vitest';
import { type Synergy, synergy } from '../../core/selection/synergy.ts';
import { subsetsOf } from '../report/world.ts';
import { allSubsets, prefixesOf, randomOrders, randomTruth, scattered, type Truth } from './pool.ts';
import { input } from './synergy-pool.ts';

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

describe('false discoveries', () => {
  /** Domains in rows, donors relative to the average one: dependent, as the flags must bear. */
  function discoveries(pool: number, seed: number, truth: Truth, noise: number): Synergy {
    return synergy(input(allSubsets(pool), pool, truth, { noise, seed, n: 30 }));
  }

  it.each([3, 4, 5])('are rare where no donor does anything of its own: %i donors', (pool) => {
    let any = 0;
    const repeats = 250;
    for (let seed = 0; seed < repeats; seed++) {
      const { adjusted } = discoveries(pool, 500 + seed, (members) => 1 + 1 / members.length, 0.3);
      if (adjusted.flat().some((entry) => entry?.discovered)) any += 1;
    }
    // Under the complete null the rate is the chance of any: 5%, standard error 1.4%.
    expect(any / repeats).toBeLessThan(0.085);
  });

  it('stay below a twentieth among the found beside planted effects, which are found', () => {
    let false_ = 0;
    let shares = 0;
    let found = 0;
    let planted = 0;
    const repeats = 120;
    // Pairs of donors do opposite things to a domain: of zero mean, so that all other entries are truly zero.
    const worth = (d: number, e: number) => (e < 3 ? (d === e ? 0.1 : d === e + 1 ? -0.1 : 0) : 0);
    const truth: Truth = (members, e) =>
      2 + 1 / members.length - members.reduce((sum, d) => sum + worth(d, e), 0);
    for (let seed = 0; seed < repeats; seed++) {
      const { adjusted } = discoveries(5, 900 + seed, truth, 0.3);
      let wrong = 0;
      let flagged = 0;
      for (const [d, row] of adjusted.entries()) {
        for (const [e, entry] of row.entries()) {
          if (worth(d, e) !== 0) planted += 1;
          if (!entry?.discovered) continue;
          flagged += 1;
          if (worth(d, e) === 0) wrong += 1;
          else found += 1;
        }
      }
      false_ += wrong;
      shares += flagged > 0 ? wrong / flagged : 0;
    }
    expect(false_).toBeGreaterThan(0);
    expect(shares / repeats).toBeLessThan(0.06);
    expect(found / planted).toBeGreaterThan(0.9);
  });
});

describe('intervals', () => {
  it('cover the truth over evaluation samples, and over subsets that are not measured', () => {
    const pool = 6;
    const coverage = { samples: 0, subsets: 0, ranks: 0, total: 0, ranked: 0 };
    for (let seed = 0; seed < 60; seed++) {
      const random = scattered(3000 + seed);
      const noise = randomTruth(random);
      const worth = range(0, pool).map(() => 0.1 * random.normal());
      const truth: Truth = (members, e) =>
        2 +
        members.reduce((sum, d) => sum + (worth[(d + e) % pool] ?? 0), 0) / members.length +
        0.03 * noise(members, e);
      const exact = synergy(input(allSubsets(pool), pool, truth, { stage: 'points', domains: 3 }));
      const all = synergy(input(allSubsets(pool), pool, truth, { noise: 0.3, seed, domains: 3, n: 30 }));
      const sampled = range(1, pool + 1).flatMap((k) =>
        subsetsOf(pool, k)
          .map((members) => ({ members, at: random.uniform() }))
          .sort((a, b) => a.at - b.at)
          .slice(0, 12)
          .map(({ members }) => members),
      );
      const some = synergy(input(sampled, pool, truth, { noise: 0.05, seed, domains: 3, n: 30 }));
      for (let d = 0; d < pool; d++) {
        for (let e = 0; e < 3; e++) {
          const value = exact.adjusted[d]?.[e]?.value ?? Number.NaN;
          const within = (entry: { low: number | null; high: number | null } | null | undefined) =>
            (entry?.low ?? Number.POSITIVE_INFINITY) <= value &&
            value <= (entry?.high ?? Number.NEGATIVE_INFINITY);
          coverage.total += 1;
          if (within(all.adjusted[d]?.[e])) coverage.samples += 1;
          if (within(some.adjusted[d]?.[e])) coverage.subsets += 1;
        }
      }
      for (const { donor, value } of exact.donors) {
        const own = some.donors.find((each) => each.donor === donor);
        coverage.ranked += 1;
        if (
          (own?.low ?? Number.POSITIVE_INFINITY) <= value &&
          value <= (own?.high ?? Number.NEGATIVE_INFINITY)
        )
          coverage.ranks += 1;
      }
    }
    for (const share of [
      coverage.samples / coverage.total,
      coverage.subsets / coverage.total,
      coverage.ranks / coverage.ranked,
    ]) {
      expect(share).toBeGreaterThan(0.91);
      expect(share).toBeLessThan(0.995);
    }
  });

  it('cover the mean over trajectories that were not drawn', () => {
    const pool = 5;
    let covered = 0;
    let total = 0;
    for (let seed = 0; seed < 100; seed++) {
      const random = scattered(5000 + seed);
      const truth = randomTruth(random);
      const orders = randomOrders(pool, 12, random);
      const result = synergy(
        input(prefixesOf(orders), pool, (members, e) => 0.05 * truth(members, e), {
          domains: 1,
          permutations: orders,
          noise: 0.02,
          n: 30,
          seed,
        }),
      );
      for (let d = 0; d < pool; d++) {
        let value = 0;
        for (let t = 1; t < pool; t++) {
          const sets = subsetsOf(pool, t).filter((members) => !members.includes(d));
          for (const members of sets) {
            const gain =
              truth(members, 0) -
              truth(
                [...members, d].sort((a, b) => a - b),
                0,
              );
            value += (0.05 * gain) / sets.length / (pool - 1);
          }
        }
        const entry = result.plain[d]?.[0];
        total += 1;
        if (
          (entry?.low ?? Number.POSITIVE_INFINITY) <= value &&
          value <= (entry?.high ?? Number.NEGATIVE_INFINITY)
        )
          covered += 1;
      }
    }
    expect(covered / total).toBeGreaterThan(0.91);
    expect(covered / total).toBeLessThan(0.99);
  });
});
