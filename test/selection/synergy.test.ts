import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownExperts, synergy } from '../../core/selection/synergy.ts';
import type { SynergyMatrix } from '../../core/selection/synergy-matrix.ts';
import { subsetsOf } from '../report/world.ts';
import { allSubsets, prefixesOf, randomOrders, randomTruth, scattered, type Truth } from './pool.ts';
import { input } from './synergy-pool.ts';

/** Gain of the sets T of size t among `players` with `fixed` always there, less the mean over donors; averaged over t. */
function byDefinition(
  truth: Truth,
  e: number,
  players: readonly number[],
  fixed: readonly number[],
  steps: readonly number[],
): Map<number, number> {
  const lossOf = (rows: readonly number[]) =>
    truth(
      [...rows.map((row) => players[row] ?? -1), ...fixed].sort((a, b) => a - b),
      e,
    );
  const effects = new Map<number, number>(players.map((d) => [d, 0]));
  for (const t of steps) {
    const gains = players.map((_, row) => {
      const sets = (t === 0 ? [[]] : subsetsOf(players.length, t)).filter((rows) => !rows.includes(row));
      return sets.reduce((sum, rows) => sum + lossOf(rows) - lossOf([...rows, row]), 0) / sets.length;
    });
    const mean = gains.reduce((sum, gain) => sum + gain, 0) / players.length;
    for (const [row, d] of players.entries())
      effects.set(d, (effects.get(d) ?? 0) + ((gains[row] ?? 0) - mean) / steps.length);
  }
  return effects;
}

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);

function expectMatrix(
  matrix: SynergyMatrix,
  expected: (d: number, e: number) => number | null,
  domains: number,
) {
  for (const [d, row] of matrix.entries()) {
    expect(row.length).toBe(domains);
    for (const [e, entry] of row.entries()) {
      const value = expected(d, e);
      if (value === null) expect(entry).toBeNull();
      else expect(entry?.value).toBeCloseTo(value, 9);
    }
  }
}

describe('synergy', () => {
  it('is its definition, whatever the losses, when every subset is measured', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 6 }), fc.integer(), (pool, seed) => {
        const truth = randomTruth(scattered(seed));
        const base = randomTruth(scattered(seed + 1))([], 0);
        const withBase: Truth = (members, e) => (members.length === 0 ? base : truth(members, e));
        const result = synergy(input(allSubsets(pool), pool, truth));
        const all = range(0, pool);
        for (const e of all) {
          const others = all.filter((d) => d !== e);
          const adjusted = byDefinition(truth, e, all, [], range(1, pool));
          const first = byDefinition(withBase, e, all, [], [0]);
          const withOwn = byDefinition(truth, e, others, [e], range(0, pool - 1));
          const withoutOwn = byDefinition(truth, e, others, [], range(1, pool - 1));
          for (const d of all) {
            expect(result.adjusted[d]?.[e]?.value).toBeCloseTo(adjusted.get(d) ?? Number.NaN, 9);
            expect(result.first[d]?.[e]?.value).toBeCloseTo(first.get(d) ?? Number.NaN, 9);
            if (d === e) {
              expect(result.with_own[d]?.[e]).toBeNull();
              expect(result.without_own[d]?.[e]).toBeNull();
            } else {
              expect(result.with_own[d]?.[e]?.value).toBeCloseTo(withOwn.get(d) ?? Number.NaN, 9);
              expect(result.without_own[d]?.[e]?.value).toBeCloseTo(withoutOwn.get(d) ?? Number.NaN, 9);
            }
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('plain: the mean gain at each step, all steps alike', () => {
    const pool = 5;
    const truth = randomTruth(scattered(3));
    const result = synergy(input(allSubsets(pool), pool, truth, { domains: 2 }));
    const meanGain = (d: number, e: number) => {
      const steps = range(1, pool).map((t) => {
        const sets = subsetsOf(pool, t).filter((members) => !members.includes(d));
        const joined = (members: readonly number[]) => [...members, d].sort((a, b) => a - b);
        return sets.reduce((sum, set) => sum + truth(set, e) - truth(joined(set), e), 0) / sets.length;
      });
      return steps.reduce((sum, gain) => sum + gain, 0) / steps.length;
    };
    expectMatrix(result.plain, meanGain, 2);
    for (const { domain, value } of result.receivers) {
      const others = range(0, pool).filter((d) => d !== domain);
      const mean = others.reduce((sum, d) => sum + meanGain(d, domain), 0) / others.length;
      expect(value).toBeCloseTo(mean, 9);
    }
  });

  it('plain: means the same along trajectories as where all is measured', () => {
    // Experts of equal worth: whichever orders are drawn, each size has its mean.
    const truth: Truth = (members, e) => 2 + 1 / members.length - (members.includes(e) ? 0.1 : 0);
    const orders = range(0, 5).map((first) => range(0, 5).map((i) => (first + i) % 5));
    const all = synergy(input(allSubsets(5), 5, truth));
    const some = synergy(input(prefixesOf(orders), 5, truth, { permutations: orders }));
    expectMatrix(some.plain, (d, e) => all.plain[d]?.[e]?.value ?? null, 5);
  });

  it('adjusted does not see the length of the step, plain does', () => {
    const truth = randomTruth(scattered(5));
    const shifted: Truth = (members, e) => truth(members, e) + 10 / members.length;
    const before = synergy(input(allSubsets(5), 5, truth));
    const after = synergy(input(allSubsets(5), 5, shifted));
    expectMatrix(after.adjusted, (d, e) => before.adjusted[d]?.[e]?.value ?? null, 5);
    expect(after.plain[0]?.[0]?.value).toBeGreaterThan((before.plain[0]?.[0]?.value ?? 0) + 0.5);
  });

  it('ranks donors by what they give the domains of others, and receivers by what others give', () => {
    // Expert 2 helps domain 0 and harms its own; domain 1 is helped by all.
    const truth: Truth = (members, e) => {
      const own = members.includes(2) ? ([-0.4, 0, 0.1][e] ?? 0) : 0;
      return 3 + own - (e === 1 ? 0.1 * members.length : 0);
    };
    const { donors, receivers } = synergy(input(allSubsets(3), 3, truth));
    expect(donors.map(({ donor }) => donor)[0]).toBe(2);
    // Domain 0: against the other donor that is not its own, half of 0.4; domain 1: nothing.
    expect(donors[0]?.value).toBeCloseTo(0.2 / 2, 10);
    expect(receivers[0]?.domain).toBe(0);
    expect(receivers[0]?.value).toBeCloseTo(0.2, 10);
    expect(receivers[1]).toMatchObject({ domain: 1 });
    expect(receivers[1]?.value).toBeCloseTo(0.1, 10);
  });

  it('makes values at once and intervals behind them; both JSON', () => {
    const truth = randomTruth(scattered(6));
    const points = synergy(input(allSubsets(4), 4, truth, { stage: 'points', noise: 0.1 }));
    const complete = synergy(input(allSubsets(4), 4, truth, { noise: 0.1 }));
    expectMatrix(points.adjusted, (d, e) => complete.adjusted[d]?.[e]?.value ?? null, 4);
    expect(points.adjusted[1]?.[2]).toMatchObject({
      low: null,
      high: null,
      p: null,
      q: null,
      discovered: false,
    });
    expect(complete.adjusted[1]?.[2]?.low).toBeLessThan(complete.adjusted[1]?.[2]?.value ?? Number.NaN);
    expect(JSON.parse(JSON.stringify(complete))).toEqual(complete);
  });

  it('says nothing where nothing is measured, and nothing of errors where a domain has one sample', () => {
    const none = synergy(input([], 3, () => 1));
    expectMatrix(none.adjusted, () => null, 3);
    expectMatrix(none.plain, () => null, 3);
    expect(none.donors).toEqual([]);
    const alone = synergy(input(allSubsets(3), 3, randomTruth(scattered(7)), { n: 1 }));
    expect(alone.adjusted[0]?.[0]).toMatchObject({ low: null, p: null, discovered: false });
    const single = synergy(input([[0]], 1, () => 1));
    expectMatrix(single.with_own, () => null, 1);
  });

  it('calls nothing sure that only rounding keeps from zero', () => {
    const alike: Truth = (members) => 1.3 + 0.7 / (members.length + 0.1);
    for (const stage of ['points', 'complete'] as const) {
      const found = synergy(input(allSubsets(6), 6, alike, { n: 30, stage }));
      const others = found.adjusted.flatMap((row, d) => row.filter((_, e) => e !== d));
      expect(others).toHaveLength(30);
      for (const entry of others) {
        expect(entry).toMatchObject(
          stage === 'points' ? { value: 0, p: null } : { value: 0, low: 0, high: 0, p: 1 },
        );
        expect(entry?.discovered).toBe(false);
      }
      expect(found.donors.every(({ value }) => Math.abs(value) < 1e-12)).toBe(true);
    }
  });

  it('finds the own experts of domains by name', () => {
    expect(ownExperts(['code', 'biology'], ['biology', 'law', 'code'])).toEqual([1, null, 0]);
  });

  it('works for 64 experts without enumerating their subsets', () => {
    const random = scattered(8);
    const worth = range(0, 64).map(() => 0.1 * random.normal());
    const mean = worth.reduce((sum, w) => sum + w, 0) / 64;
    const orders = randomOrders(64, 12, random);
    const truth: Truth = (members) =>
      2 + 1 / members.length - members.reduce((sum, d) => sum + (worth[d] ?? 0), 0);
    const result = synergy(input(prefixesOf(orders), 64, truth, { domains: 2, permutations: orders }));
    for (const [d, row] of result.adjusted.entries())
      expect(row[0]?.value).toBeCloseTo((worth[d] ?? 0) - mean, 8);
  });
});
