import { describe, expect, it } from 'vitest';
import { luckByDomain } from '../../core/ensemble/lucky-domains.ts';
import { Cancelled } from '../../core/law/cancelled.ts';
import { type Random, seededRandom } from '../../core/law/random.ts';
import type { Losses } from '../../core/selection/measured.ts';

const D = 8;
const equal = new Float64Array(D).fill(1 / D);
const unequal = equal
  .map((_, d) => 1 / (d + 1))
  .map((weight, _, all) => weight / all.reduce((a, b) => a + b));

/** How runs of one model differ by domain; returns a draw of one run. */
type World = (random: Random) => () => number[];

const domains = Array.from({ length: D }, (_, d) => d);
const WORLDS: Readonly<Record<string, World>> = {
  'each domain by itself': (random) => () => domains.map(() => random.normal()),
  'two blocks of domains': (random) => () => {
    const block = [random.normal(), random.normal()];
    return domains.map((d) => (block[d % 2] as number) + 0.5 * random.normal());
  },
  'one factor': (random) => {
    const loadings = domains.map(() => random.normal());
    return () => {
      const factor = random.normal();
      return loadings.map((loading) => loading * factor);
    };
  },
  'one domain far more': (random) => () => domains.map((d) => (d === 0 ? 6 : 1) * random.normal()),
};

const losses = (of: number[]): Losses => ({ nll: new Float64Array(0), domains: Float64Array.from(of) });
const iid = (count: number, seed: number) => {
  const draw = (WORLDS['each domain by itself'] as World)(seededRandom(seed));
  return Array.from({ length: count }, () => losses(draw()));
};

/** Of the best pair by domain over the best single model, by looking at all. */
function bestPair(models: readonly Losses[], weights: Float64Array): number {
  const loss = (of: (d: number) => number) =>
    weights.reduce((sum, weight, d) => sum + (weight as number) * of(d), 0);
  const single = Math.min(...models.map((model) => loss((d) => model.domains[d] as number)));
  const pairs = models.flatMap((a, m) =>
    models.slice(m + 1).map((b) => loss((d) => Math.min(a.domains[d] as number, b.domains[d] as number))),
  );
  return single - Math.min(...pairs);
}

/** Share of worlds in which models and three more runs, all alike, look like more than luck. */
function falseRate(world: World, weights: Float64Array, M: number, worlds: number): number {
  const found = Array.from({ length: worlds }, (_, i) => {
    const draw = world(seededRandom(i + 1));
    const all = Array.from({ length: M + 3 }, () => losses(draw()));
    const pool = all.slice(0, M);
    const { high } = luckByDomain([all[0] as Losses, ...all.slice(M)], pool, 2, weights, i);
    return bestPair(pool, weights) > (high ?? 0);
  });
  return found.filter(Boolean).length / worlds;
}

describe('luck with domains', () => {
  it.each(Object.entries(WORLDS))('is seldom exceeded by runs of one model that differ in %s', (_, world) => {
    expect(falseRate(world, equal, 8, 100)).toBeLessThanOrEqual(0.05);
    expect(falseRate(world, unequal, 8, 60)).toBeLessThanOrEqual(0.05);
  });

  it('is exceeded by models that know different domains, be they of two kinds or of eight', () => {
    const specialists = (kinds: number) =>
      iid(8, 3).map(({ domains: noise }, m) =>
        losses(Array.from(noise, (value, d) => value - (d % kinds === m % kinds ? 16 : 0))),
      );
    for (const kinds of [2, 8]) {
      const pool = specialists(kinds);
      const again = iid(3, 9).map(({ domains: noise }) =>
        losses(Array.from(noise, (value, d) => value - (d % kinds === 0 ? 16 : 0))),
      );
      const { high } = luckByDomain([pool[0] as Losses, ...again], pool, 2, equal, 1);
      expect(bestPair(pool, equal)).toBeGreaterThan(high ?? Number.POSITIVE_INFINITY);
    }
  });

  it('is more among more models and in larger pools, and none where runs differ only in level', () => {
    const luck = (k: number, M: number) => luckByDomain(iid(4, 1), iid(M, 2), k, equal, 7).value;
    expect(luck(2, 24)).toBeGreaterThan(luck(2, 4));
    expect(luck(4, 8)).toBeGreaterThan(luck(2, 8));
    const level = [0, 1, 2, 3].map((r) => losses(domains.map(() => r)));
    expect(luckByDomain(level, iid(8, 2), 2, equal, 7)).toEqual({ value: 0, low: 0, high: 0 });
    expect(luckByDomain(level, level, 2, equal, 7)).toEqual({ value: 0, low: 0, high: 0 });
  });

  it('is less surely known from fewer runs, and in domains that move together', () => {
    const width = (runs: readonly Losses[]) => {
      const { value, high } = luckByDomain(runs, runs, 2, equal, 7);
      return (high ?? 0) / value;
    };
    const draw = (WORLDS['one factor'] as World)(seededRandom(5));
    const together = Array.from({ length: 10 }, () => losses(draw()));
    expect(width(iid(4, 5))).toBeGreaterThan(width(iid(10, 5)));
    expect(width(together)).toBeGreaterThan(width(iid(10, 5)));
  });

  it('ends early where its answer is no longer wanted', () => {
    let asked = 0;
    const cancelled = () => ++asked > 10;
    expect(() => luckByDomain(iid(4, 1), iid(8, 2), 2, equal, 7, cancelled)).toThrow(Cancelled);
  });
});
