import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../core/law/random.ts';
import { maskNoise, type SeededLoss } from '../../../core/law/spread/mask-noise.ts';
import { orderSpread, spreadOfOrders } from '../../../core/law/spread/order-spread.ts';
import { type SpreadPoint, spreadLaw } from '../../../core/law/spread/spread-law.ts';
import { subsetsOf } from '../../report/world.ts';
import { NINE } from '../curves.ts';

const variance = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
};
const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n - 1, k - 1) * n) / k);
const pointsOf = (law: (k: number) => number, pool = 9): SpreadPoint[] =>
  NINE.slice(0, pool - 1).map((k) => ({ k, variance: law(k), subsets: choose(pool, k), of: null }));

describe('spread over subsets', () => {
  it('is exactly the finite-population form where a merge is the mean of what its experts bring', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 5, maxLength: 7 }),
        (effects) => {
          const M = effects.length;
          const sigma2 = (variance(effects) * (M - 1)) / M;
          fc.pre(sigma2 > 1e-6);
          const points = Array.from({ length: M }, (_, i) => {
            const subsets = subsetsOf(M, i + 1);
            const losses = subsets.map(
              (members) => members.reduce((sum, d) => sum + (effects[d] ?? 0), 0) / members.length,
            );
            return {
              k: i + 1,
              variance: losses.length > 1 ? variance(losses) : 0,
              subsets: losses.length,
              of: losses.length,
            };
          });
          const law = spreadLaw(points, M);
          expect(law.finite?.parameters.v).toBeCloseTo(sigma2, 10);
          expect(law.finite?.log_rms).toBeLessThan(1e-6);
          expect(law.describes_better).toBe('finite');
          expect(law.points.map(({ k }) => k)).toEqual(points.slice(0, -1).map(({ k }) => k));
        },
      ),
      { seed: 8, numRuns: 40 },
    );
  });

  it('recovers V* + a/(k + b), and knows it from the other', () => {
    const cases = fc.record({
      V: fc.double({ min: 0, max: 1e-4, noNaN: true }),
      a: fc.double({ min: 1e-4, max: 1e-2, noNaN: true }),
      b: fc.double({ min: 0, max: 4, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ V, a, b }) => {
        const law = spreadLaw(
          pointsOf((k) => V + a / (k + b)),
          9,
        );
        for (const [i, k] of NINE.slice(0, 8).entries())
          expect((law.paper?.fitted[i] ?? 0) / (V + a / (k + b))).toBeCloseTo(1, 3);
        expect(law.describes_better).toBe('paper');
      }),
      { seed: 9, numRuns: 60 },
    );
    const exact = spreadLaw(
      pointsOf((k) => 2e-5 + 1e-3 / (k + 1)),
      9,
    ).paper?.parameters;
    expect(exact?.V).toBeCloseTo(2e-5, 9);
    expect(exact?.a).toBeCloseTo(1e-3, 7);
    expect(exact?.b).toBeCloseTo(1, 4);
  });

  it('mostly finds the form that made the variances when these are of few subsets', () => {
    const random = seededRandom(4);
    const right = { paper: 0, finite: 0 };
    for (let r = 0; r < 60; r++)
      for (const form of ['paper', 'finite'] as const) {
        const truth = (k: number) => (form === 'paper' ? 2e-4 + 1e-3 / (k + 1) : (1e-3 * (9 - k)) / (8 * k));
        const points = pointsOf(truth).map((point) => ({
          ...point,
          subsets: 15,
          variance: (point.variance * random.chiSquared(14)) / 14,
        }));
        if (spreadLaw(points, 9).describes_better === form) right[form]++;
      }
    expect(right.paper).toBeGreaterThanOrEqual(54);
    expect(right.finite).toBeGreaterThanOrEqual(48);
  });

  it('weighs a variance by its subsets', () => {
    const points = pointsOf((k) => (1e-3 * (9 - k)) / (8 * k)).map((point) =>
      point.k === 1 ? { ...point, variance: 1, subsets: 2 } : { ...point, subsets: 1e6 },
    );
    expect(spreadLaw(points, 9).finite?.parameters.v).toBeCloseTo(1e-3, 5);
  });

  it('says what it cannot judge', () => {
    const few = spreadLaw(pointsOf((k) => 1 / k).slice(0, 3), 9);
    expect(few.describes_better).toBeNull();
    expect(few.reason).toContain('four k');
    expect(few.finite).not.toBeNull();
    expect(spreadLaw([], 9)).toMatchObject({ paper: null, finite: null, describes_better: null });
    const broken = [
      { k: 1, variance: Number.NaN, subsets: 5, of: 9 },
      { k: 2, variance: 0, subsets: 9, of: 9 },
      { k: 9, variance: 1, subsets: 3, of: 1 },
    ];
    expect(spreadLaw(broken, 9).points).toEqual([]);
  });
});

describe('order', () => {
  it('is the spread over permutations at each k, as far as they have come', () => {
    const rows = orderSpread([
      [1, 0.8, 0.7],
      [1.2, 0.9, null],
      [0.8, 0.7, Number.NaN],
    ]);
    expect(rows).toEqual([
      {
        k: 1,
        orders: 3,
        mean: expect.closeTo(1, 12),
        sd: expect.closeTo(0.2, 12),
        range: expect.closeTo(0.4, 12),
        cv: expect.closeTo(0.2, 12),
      },
      {
        k: 2,
        orders: 3,
        mean: expect.closeTo(0.8, 12),
        sd: expect.closeTo(0.1, 12),
        range: expect.closeTo(0.2, 12),
        cv: expect.closeTo(0.125, 12),
      },
    ]);
    expect(spreadOfOrders(rows)[0]).toEqual({
      k: 1,
      variance: expect.closeTo(0.04, 12),
      subsets: 3,
      of: null,
    });
    expect(orderSpread([])).toEqual([]);
  });
});

describe('mask noise', () => {
  it('is told apart from the spread over subsets', () => {
    const random = seededRandom(12);
    const [subset, seed, both] = [0.03, 0.01, 0.02];
    const sums = { mask: 0, subset: 0 };
    const runs = 200;
    for (let r = 0; r < runs; r++) {
      const ofSeed = [0, 1, 2].map(() => seed * random.normal());
      const losses: SeededLoss[] = Array.from({ length: 12 }, (_, i) => {
        const own = subset * random.normal();
        return ofSeed.map((shift, j) => ({
          k: 2,
          subset: `s${i}`,
          seed: j,
          loss: 1 + own + shift + both * random.normal(),
        }));
      }).flat();
      const [row] = maskNoise(losses);
      sums.mask += (row?.mask_variance ?? 0) / runs;
      sums.subset += (row?.subset_variance ?? 0) / runs;
    }
    expect(sums.mask / (seed ** 2 + both ** 2)).toBeCloseTo(1, 1);
    expect(sums.subset / subset ** 2).toBeCloseTo(1, 1);
  });

  it('leaves out subsets that lack a seed, and k of one seed', () => {
    const row = (k: number, subset: string, seed: number, loss: number) => ({ k, subset, seed, loss });
    expect(maskNoise([row(1, 'a', 0, 1), row(1, 'b', 0, 2)])).toEqual([]);
    const [only, ...rest] = maskNoise([row(2, 'ab', 0, 1), row(2, 'ab', 1, 1.2), row(2, 'bc', 0, 3)]);
    expect(rest).toEqual([]);
    expect(only).toMatchObject({ k: 2, subsets: 1, seeds: 2, subset_variance: null, mask_share: null });
    expect(only?.mask_variance).toBeCloseTo(0.02, 12);
  });

  it('is none where seeds make no difference', () => {
    const losses = ['a', 'b', 'c'].flatMap((subset, i) =>
      [0, 1].map((seed) => ({ k: 1, subset, seed, loss: i })),
    );
    expect(maskNoise(losses)).toEqual([
      { k: 1, subsets: 3, seeds: 2, mask_variance: 0, subset_variance: 1, mask_share: 0 },
    ]);
  });
});
