import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Losses } from '../../core/selection/measured.ts';
import { normalised, only } from '../../core/selection/samples.ts';
import { type ShapleyInput, shapley } from '../../core/selection/shapley.ts';
import {
  allSubsets,
  measure,
  prefixesOf,
  randomOrders,
  randomTruth,
  samplesFor,
  scattered,
  type Truth,
} from './pool.ts';

function game(
  pool: number,
  truth: Truth,
  options: { noise?: number; seed?: number; orders?: readonly (readonly number[])[]; domains?: number } = {},
): ShapleyInput {
  const domains = options.domains ?? 1;
  const samples = samplesFor(domains, 30);
  const subsets = options.orders ? sweptAlong(pool, options.orders) : allSubsets(pool);
  const [base, ...measured] = measure(
    [[], ...subsets],
    samples,
    truth,
    options.noise ?? 0,
    scattered(options.seed ?? 1),
  );
  return {
    measured,
    base: base as Losses,
    pool,
    samples,
    weights: normalised(new Array(domains).fill(1)),
    permutations: options.orders ?? null,
    stage: 'complete',
  };
}

/** Every single expert, as in any plan, and the prefixes of some orders. */
function sweptAlong(pool: number, orders: readonly (readonly number[])[]): number[][] {
  const singles = Array.from({ length: pool }, (_, d) => [d]);
  return [...singles, ...prefixesOf(orders).filter(({ length }) => length > 1)];
}

/** Over all orders, one by one. */
function byOrders(pool: number, loss: (members: readonly number[]) => number): number[] {
  const values = new Array<number>(pool).fill(0);
  const orders = (rest: readonly number[]): number[][] =>
    rest.length === 0
      ? [[]]
      : rest.flatMap((d) => orders(rest.filter((x) => x !== d)).map((tail) => [d, ...tail]));
  const all = orders(Array.from({ length: pool }, (_, d) => d));
  for (const order of all) {
    for (const [t, d] of order.entries()) {
      const at = (n: number) => loss(order.slice(0, n).sort((a, b) => a - b));
      values[d] = (values[d] ?? 0) + (at(t + 1) - at(t)) / all.length;
    }
  }
  return values;
}

const valuesOf = (input: ShapleyInput) => {
  const result = shapley(input);
  if (result.kind === 'missing') throw new Error(result.missing);
  return result.experts.map(({ value }) => value);
};

describe('shapley', () => {
  it('is the mean over all orders, whatever the losses', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer(), (pool, seed) => {
        const truth = randomTruth(scattered(seed));
        const expected = byOrders(pool, (members) => truth(members, 0));
        for (const [d, value] of valuesOf(game(pool, truth)).entries())
          expect(value).toBeCloseTo(expected[d] ?? Number.NaN, 10);
      }),
      { numRuns: 30 },
    );
  });

  it('gives each its own in an additive game, from all subsets or from some', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 3, maxLength: 7 }),
        (worth) => {
          const truth: Truth = (members) => 3 + members.reduce((sum, d) => sum + (worth[d] ?? 0), 0);
          const orders = randomOrders(worth.length, 12, scattered(worth.length));
          for (const input of [game(worth.length, truth), game(worth.length, truth, { orders })])
            for (const [d, value] of valuesOf(input).entries())
              expect(value).toBeCloseTo(worth[d] ?? Number.NaN, 10);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('sums to what the whole pool does, treats equals equally, and gives a dummy nothing', () => {
    // Experts 0 and 1 work only together, 2 does nothing, and the first to come brings 1.
    const truth: Truth = (members) =>
      5 - (members.includes(0) && members.includes(1) ? 0.6 : 0) - (members.some((d) => d < 2) ? 1 : 0);
    const result = shapley(game(3, truth));
    expect(result.kind).toBe('exact');
    const [first, second, dummy] = valuesOf(game(3, truth));
    expect(first).toBeCloseTo(-0.8, 12);
    expect(second).toBeCloseTo(-0.8, 12);
    expect(dummy).toBeCloseTo(0, 12);
    expect(result).toMatchObject({ orders: 6, total: expect.closeTo(-1.6, 12) });
    const orders = randomOrders(5, 8, scattered(2));
    const sampled = shapley(game(5, randomTruth(scattered(3)), { orders }));
    if (sampled.kind !== 'estimated') throw new Error(sampled.kind);
    expect(sampled.experts.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(sampled.total, 12);
  });

  it('covers the truth: over samples where exact, over subsets too where some are measured', () => {
    const covered = { exact: 0, orders: 0, total: 0 };
    for (let seed = 0; seed < 80; seed++) {
      const noise = randomTruth(scattered(1000 + seed));
      const truth: Truth = (members, e) => 2 + 1 / (members.length + 1) + 0.1 * noise(members, e);
      const expected = byOrders(5, (members) => (truth(members, 0) + truth(members, 1)) / 2);
      const orders = randomOrders(5, 12, scattered(2000 + seed));
      for (const [kind, input] of [
        ['exact', game(5, truth, { noise: 0.2, seed, domains: 2 })],
        ['orders', game(5, truth, { noise: 0.2, seed, domains: 2, orders })],
      ] as const) {
        const result = shapley(input);
        if (result.kind === 'missing') throw new Error(result.missing);
        for (const [d, { low, high }] of result.experts.entries()) {
          const value = expected[d] ?? Number.NaN;
          if ((low ?? Number.NaN) <= value && value <= (high ?? Number.NaN)) covered[kind] += 1;
          if (kind === 'exact') covered.total += 1;
        }
      }
    }
    expect(covered.exact / covered.total).toBeGreaterThan(0.91);
    expect(covered.exact / covered.total).toBeLessThan(0.99);
    expect(covered.orders / covered.total).toBeGreaterThan(0.91);
  });

  it('works for 64 experts without enumerating their subsets', () => {
    const worth = Array.from({ length: 64 }, (_, d) => 0.01 * ((d % 5) - 2));
    const truth: Truth = (members) => 3 + members.reduce((sum, d) => sum + (worth[d] ?? 0), 0);
    const orders = randomOrders(64, 6, scattered(7));
    for (const [d, value] of valuesOf(game(64, truth, { orders })).entries())
      expect(value).toBeCloseTo(worth[d] ?? Number.NaN, 8);
  });

  it('says what is missing, also of too few subsets, and no interval at the points stage', () => {
    const input = game(3, () => 1);
    expect(shapley({ ...input, base: null })).toEqual({ kind: 'missing', missing: 'base' });
    expect(shapley({ ...input, measured: input.measured.slice(1) })).toEqual({
      kind: 'missing',
      missing: 'subsets',
    });
    const alone = shapley(game(3, () => 1, { orders: [[2, 0, 1]], noise: 0.1 }));
    expect(alone).toEqual({ kind: 'missing', missing: 'subsets' });
    expect(shapley({ ...input, stage: 'points' })).toMatchObject({
      experts: [{ error: 0, low: null }, {}, {}],
    });
    const byDomain = game(3, randomTruth(scattered(9)), { domains: 2 });
    const each = [0, 1].map((e) => valuesOf({ ...byDomain, weights: only(e, 2) }));
    for (const [d, value] of valuesOf(byDomain).entries())
      expect(value).toBeCloseTo(((each[0]?.[d] ?? 0) + (each[1]?.[d] ?? 0)) / 2, 12);
  });
});
