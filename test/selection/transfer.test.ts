import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Losses } from '../../core/selection/measured.ts';
import { type TransferInput, type TransferPoint, transfer } from '../../core/selection/transfer.ts';
import { subsetsOf } from '../report/world.ts';
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

function pooled(
  subsets: readonly (readonly number[])[],
  pool: number,
  truth: Truth,
  options: { noise?: number; seed?: number; permutations?: boolean; domains?: number } = {},
): TransferInput {
  const domains = options.domains ?? pool;
  const samples = samplesFor(domains, 30);
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
    own: Array.from({ length: domains }, (_, e) => (e < pool ? e : null)),
    permutations: options.permutations ?? false,
    stage: 'complete',
  };
}

/** How many orders begin with these members. */
function drawsOf(members: readonly number[], orders: readonly (readonly number[])[]): number {
  return orders.filter((order) => members.every((d) => order.indexOf(d) < members.length)).length;
}

const covers = (point: TransferPoint['loss'] | null | undefined, value: number) =>
  (point?.low ?? Number.POSITIVE_INFINITY) <= value && value <= (point?.high ?? Number.NEGATIVE_INFINITY);

describe('transfer', () => {
  it('is the mean over subsets with, and without, the own expert', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.integer(), (pool, seed) => {
        const truth = randomTruth(scattered(seed));
        const result = transfer(pooled(allSubsets(pool), pool, truth));
        const meanOf = (sets: readonly (readonly number[])[], e: number) =>
          sets.reduce((sum, members) => sum + truth(members, e), 0) / sets.length;
        const at = (e: number, k: number, inside: boolean) =>
          meanOf(
            subsetsOf(pool, k).filter((members) => members.includes(e) === inside),
            e,
          );
        for (const { domain: e, members, others } of result.domains) {
          expect(members.map(({ k }) => k)).toEqual(Array.from({ length: pool }, (_, i) => i + 1));
          expect(others.map(({ k }) => k)).toEqual(Array.from({ length: pool - 1 }, (_, i) => i + 1));
          for (const { k, loss, change } of members) {
            expect(loss.value).toBeCloseTo(at(e, k, true), 10);
            expect(change?.value).toBeCloseTo(at(e, k, true) - truth([e], e), 10);
          }
          for (const { k, loss, change } of others) {
            expect(loss.value).toBeCloseTo(at(e, k, false), 10);
            expect(change?.value).toBeCloseTo(at(e, k, false) - truth([], e), 10);
          }
        }
        for (const { k, loss } of result.in_domain) {
          const mean = result.domains.reduce((sum, { domain }) => sum + at(domain, k, true) / pool, 0);
          expect(loss.value).toBeCloseTo(mean, 10);
        }
        expect(result.cross_domain.length).toBe(pool - 1);
      }),
      { numRuns: 20 },
    );
  });

  it('separates dilution from transfer: the own expert fades with 1/k, the others help by 0.1 each', () => {
    const truth: Truth = (members, e) =>
      3 - (members.includes(e) ? 1 / members.length : 0) - 0.1 * members.filter((d) => d !== e).length;
    const { in_domain, cross_domain } = transfer(pooled(allSubsets(5), 5, truth));
    expect(in_domain.map(({ change }) => change?.value)).toEqual(
      [1, 2, 3, 4, 5].map((k) => expect.closeTo(1 - 1 / k - 0.1 * (k - 1), 10)),
    );
    expect(cross_domain.map(({ change }) => change?.value)).toEqual(
      [1, 2, 3, 4].map((k) => expect.closeTo(-0.1 * k, 10)),
    );
  });

  it.each([
    ['sampled subsets', false],
    ['trajectories', true],
  ])('covers the truth from %s and noisy samples', (_, permutations) => {
    const covered = { loss: 0, change: 0, mean: 0, points: 0, means: 0 };
    for (let seed = 0; seed < 60; seed++) {
      const random = scattered(4000 + seed);
      const own = randomTruth(random);
      const truth: Truth = (members, e) => 2 + 0.1 * own(members, e);
      const exact = transfer({ ...pooled(allSubsets(6), 6, truth), stage: 'points' });
      const orders = randomOrders(6, 14, random);
      const subsets = permutations
        ? prefixesOf(orders)
        : [1, 2, 3, 4, 5, 6].flatMap((k) => {
            const shuffled = subsetsOf(6, k).map((members) => ({ members, at: random.uniform() }));
            return shuffled
              .sort((a, b) => a.at - b.at)
              .slice(0, 10)
              .map(({ members }) => members);
          });
      const input = pooled(subsets, 6, truth, { noise: 0.15, seed, permutations });
      const measured = input.measured.map((row) => ({
        ...row,
        draws: permutations ? drawsOf(row.members, orders) : 1,
      }));
      const some = transfer({ ...input, measured });
      for (const [i, { members }] of some.domains.entries()) {
        for (const point of members) {
          if (point.loss.low === null || point.change === null || point.k === 1) continue;
          const expected = exact.domains[i]?.members.find(({ k }) => k === point.k);
          covered.points += 1;
          if (covers(point.loss, expected?.loss.value ?? Number.NaN)) covered.loss += 1;
          if (covers(point.change, expected?.change?.value ?? Number.NaN)) covered.change += 1;
        }
      }
      for (const point of some.cross_domain) {
        if (point.loss.low === null) continue;
        covered.means += 1;
        const expected = exact.cross_domain.find(({ k }) => k === point.k);
        if (covers(point.loss, expected?.loss.value ?? Number.NaN)) covered.mean += 1;
      }
    }
    expect(covered.points).toBeGreaterThan(500);
    for (const share of [
      covered.loss / covered.points,
      covered.change / covered.points,
      covered.mean / covered.means,
    ]) {
      expect(share).toBeGreaterThan(0.9);
      expect(share).toBeLessThan(0.995);
    }
  });

  it('leaves out what nothing is known of', () => {
    const input = pooled([[0, 1]], 3, () => 1, { noise: 0.1 });
    const { domains, in_domain, cross_domain } = transfer({ ...input, base: null });
    expect(domains[0]?.members).toMatchObject([
      { k: 2, subsets: 1, of: 2, change: null, loss: { low: null } },
    ]);
    expect(domains[2]?.others).toMatchObject([{ k: 2, subsets: 1, of: 1, change: null }]);
    expect(domains[2]?.others[0]?.loss.low).not.toBeNull();
    expect(in_domain).toEqual([]);
    expect(cross_domain).toEqual([]);
    expect(transfer({ ...input, own: [null, null, null] })).toEqual({
      domains: [],
      in_domain: [],
      cross_domain: [],
    });
  });
});
