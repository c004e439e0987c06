import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/law/random.ts';
import { attribution } from '../../core/selection/attribution.ts';
import { halfWidth } from '../../core/selection/curve-error.ts';
import type { Measured } from '../../core/selection/measured.ts';
import { subsetsOf } from '../report/world.ts';
import { prefixesOf, randomOrders, scattered } from './pool.ts';

const EMPTY = { nll: new Float64Array(0), domains: new Float64Array(0) };

function measuredOf(subsets: readonly (readonly number[])[]): Measured[] {
  return subsets.map((members) => ({ members, draws: 1, ...EMPTY }));
}

function allSubsets(pool: number): number[][] {
  return Array.from({ length: pool }, (_, i) => subsetsOf(pool, i + 1)).flat();
}

/** The definition, pair by pair: mean change at t when d joins, minus the mean over all donors; averaged over t ≥ 1. */
function byDefinition(pool: number, loss: (members: readonly number[]) => number): number[] {
  const effects = new Array<number>(pool).fill(0);
  for (let t = 1; t < pool; t++) {
    const change = Array.from({ length: pool }, (_, d) => {
      const sets = subsetsOf(pool, t).filter((members) => !members.includes(d));
      const sum = sets.reduce(
        (total, members) => total + loss([...members, d].sort((a, b) => a - b)) - loss(members),
        0,
      );
      return sum / sets.length;
    });
    const mean = change.reduce((sum, value) => sum + value, 0) / pool;
    for (let d = 0; d < pool; d++) effects[d] = (effects[d] ?? 0) + ((change[d] ?? 0) - mean) / (pool - 1);
  }
  return effects;
}

describe('attribution', () => {
  it('is the average over all pairs, whatever the losses, when every subset is measured', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer(), (pool, seed) => {
        const random = seededRandom(seed);
        const subsets = allSubsets(pool);
        const losses = Float64Array.from(subsets, () => random.normal());
        const lossOf = new Map(subsets.map((members, i) => [members.join(), losses[i] ?? Number.NaN]));
        const expected = byDefinition(pool, (members) => lossOf.get(members.join()) ?? Number.NaN);
        const effects = attribution(measuredOf(subsets), losses, pool, null);
        for (let d = 0; d < pool; d++) {
          expect(effects[d]?.value).toBeCloseTo(expected[d] ?? Number.NaN, 10);
          expect(effects[d]?.subsetVariance).toBe(0);
          expect(effects[d]?.comparisons).toBe(2 ** (pool - 1) - 1);
        }
        // Relative to the average donor: the effects cancel.
        expect(effects.reduce((sum, effect) => sum + (effect?.value ?? Number.NaN), 0)).toBeCloseTo(0, 10);
      }),
      { numRuns: 40 },
    );
  });

  it('does not see the length of the step: adding f(k) to every loss changes nothing', () => {
    const random = seededRandom(5);
    const subsets = allSubsets(6);
    const losses = Float64Array.from(subsets, () => random.normal());
    const shifted = losses.map((loss, i) => loss + 100 / (subsets[i]?.length ?? 1));
    const before = attribution(measuredOf(subsets), losses, 6, null);
    const after = attribution(measuredOf(subsets), shifted, 6, null);
    for (let d = 0; d < 6; d++) expect(after[d]?.value).toBeCloseTo(before[d]?.value ?? Number.NaN, 10);
  });

  it('is the linear function that its coefficients say', () => {
    const random = seededRandom(6);
    const subsets = allSubsets(7).filter(() => random.uniform() < 0.6);
    const losses = Float64Array.from(subsets, () => random.normal());
    for (const effect of attribution(measuredOf(subsets), losses, 7, null)) {
      const sum = effect?.coefficients.reduce((total, c, i) => total + c * (losses[i] ?? 0), 0);
      expect(effect?.value).toBeCloseTo(sum ?? Number.NaN, 12);
      expect(effect?.coefficients.reduce((total, c) => total + c, 0)).toBeCloseTo(0, 10);
    }
  });

  it('recovers an additive world exactly from a third of the subsets, and from trajectories alone', () => {
    const worth = [-0.3, -0.1, 0, 0.1, 0.3, 0, -0.2, 0.2];
    const lossOf = (members: readonly number[]) =>
      1 + 2 / members.length + members.reduce((sum, d) => sum + (worth[d] ?? 0), 0);
    const random = seededRandom(7);
    const sampled = allSubsets(8).filter(
      ({ length }) => length === 1 || length === 8 || random.uniform() < 0.34,
    );
    const orders = Array.from({ length: 6 }, () =>
      worth.map((_, d) => ({ d, at: random.uniform() })).sort((a, b) => a.at - b.at),
    );
    const trajectories = orders.flatMap((order) =>
      worth.map((_, i) =>
        order
          .slice(0, i + 1)
          .map(({ d }) => d)
          .sort((a, b) => a - b),
      ),
    );
    for (const subsets of [sampled, unique(trajectories)]) {
      const effects = attribution(measuredOf(subsets), Float64Array.from(subsets, lossOf), 8, null);
      for (const [d, effect] of effects.entries()) {
        // Against the average donor, whose worth is zero.
        expect(effect?.value).toBeCloseTo(worth[d] ?? Number.NaN, 9);
      }
    }
  });

  it('covers the exhaustive truth from sampled subsets', () => {
    let covered = 0;
    let total = 0;
    for (let replicate = 0; replicate < 60; replicate++) {
      const random = seededRandom(100 + replicate);
      const own = Array.from({ length: 8 }, () => 0.1 * random.normal());
      const noise = new Map<string, number>();
      const lossOf = (members: readonly number[]) => {
        const name = members.join();
        const extra = noise.get(name) ?? 0.05 * random.normal();
        noise.set(name, extra);
        return members.reduce((sum, d) => sum + (own[d] ?? 0), 0) / members.length + extra;
      };
      const truth = byDefinition(8, lossOf);
      const subsets = Array.from({ length: 8 }, (_, i) => {
        const all = subsetsOf(8, i + 1).map((members) => ({ members, at: random.uniform() }));
        return all.sort((a, b) => a.at - b.at).slice(0, 20);
      })
        .flat()
        .map(({ members }) => members);
      const effects = attribution(measuredOf(subsets), Float64Array.from(subsets, lossOf), 8, null);
      for (const [d, effect] of effects.entries()) {
        if (!effect) continue;
        total += 1;
        if (Math.abs(effect.value - (truth[d] ?? Number.NaN)) <= 2.05 * Math.sqrt(effect.subsetVariance ?? 0))
          covered += 1;
      }
    }
    expect(total).toBe(480);
    expect(covered / total).toBeGreaterThan(0.9);
    expect(covered / total).toBeLessThan(0.99);
  });

  it.each([
    [9, 20],
    [10, 15],
  ])(
    'covers the exhaustive truth of %i from %i trajectories, whose subsets hold each other',
    (pool, count) => {
      // Losses that depend on pairs: what single experts leave goes along from one size to the next.
      let covered = 0;
      let total = 0;
      for (let replicate = 0; replicate < 60; replicate++) {
        const random = scattered(700 + replicate);
        const at = Array.from({ length: pool }, () => Array.from({ length: 4 }, () => random.normal()));
        const lossOf = (members: readonly number[]) =>
          [0, 1, 2, 3].reduce(
            (sum, i) => sum + (members.reduce((own, d) => own + (at[d]?.[i] ?? 0), 0) / members.length) ** 2,
            0,
          );
        const all = allSubsets(pool);
        const truth = attribution(measuredOf(all), Float64Array.from(all, lossOf), pool, null);
        const orders = randomOrders(pool, count, random);
        const single = orders[0]?.map((d) => [d]) ?? [];
        const subsets = unique([...single, ...prefixesOf(orders)]);
        const effects = attribution(measuredOf(subsets), Float64Array.from(subsets, lossOf), pool, orders);
        for (const [d, effect] of effects.entries()) {
          if (!effect) continue;
          total += 1;
          const half = halfWidth(effect.subsetVariance ?? 0, effect.subsetFreedom);
          if (Math.abs(effect.value - (truth[d]?.value ?? Number.NaN)) <= half) covered += 1;
        }
      }
      expect(total).toBe(60 * pool);
      expect(covered / total).toBeGreaterThan(0.92);
      expect(covered / total).toBeLessThan(0.99);
    },
  );

  it('knows no error where a lone comparison is all there is', () => {
    const random = scattered(11);
    // Expert 3 joins once, in the last subset; the others often.
    const subsets = [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2], [0, 3]];
    const losses = Float64Array.from(subsets, () => random.normal());
    const effects = attribution(measuredOf(subsets), losses, 4, null);
    expect(effects.map((effect) => effect?.comparisons)).toEqual([3, 3, 3, 1]);
    expect(effects[3]?.subsetVariance).toBeNull();
    expect(effects[0]?.subsetVariance).toBeGreaterThan(0);
    // One comparison that is all there are is exact: the last expert joins the other two.
    const all = [
      [0, 1],
      [0, 2],
      [1, 2],
      [0, 1, 2],
    ];
    for (const effect of attribution(measuredOf(all), Float64Array.of(3, 2, 4, 1), 3, null))
      expect([effect?.comparisons, effect?.subsetVariance]).toEqual([1, 0]);
  });

  it('says nothing of an expert without comparisons, and never NaN', () => {
    expect(attribution([], new Float64Array(0), 3, null)).toEqual([null, null, null]);
    expect(attribution(measuredOf([[0]]), Float64Array.of(1), 1, null)).toEqual([null]);
    const pairs = measuredOf([[0], [0, 1], [0, 1, 2]]);
    expect(attribution(pairs, Float64Array.of(3, 2, 1.5), 4, null)).toEqual([null, null, null, null]);
  });
});

function unique(subsets: readonly (readonly number[])[]): (readonly number[])[] {
  return [...new Map(subsets.map((members) => [members.join(), members])).values()];
}
