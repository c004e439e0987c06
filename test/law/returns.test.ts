import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitCurve } from '../../core/law/fit-curve.ts';
import { seededRandom } from '../../core/law/random.ts';
import { returnsOf } from '../../core/law/returns.ts';
import { returnAt } from '../../core/law/rules.ts';
import { asked, covarianceOf, curveOf, NINE } from './curves.ts';

describe('returns', () => {
  it('are (k − 1)(M + b)/((M − 1)(k + b)) under the law', () => {
    const laws = fc.record({
      A: fc.double({ min: 0.01, max: 2, noNaN: true }),
      b: fc.double({ min: -0.7, max: 6, noNaN: true }),
      M: fc.integer({ min: 2, max: 12 }),
    });
    fc.assert(
      fc.property(laws, ({ A, b, M }) => {
        const losses = Array.from({ length: M }, (_, i) => 0.5 + A / (i + 1 + b));
        for (let k = 1; k <= M; k++)
          expect(returnAt(k, losses, null)).toBeCloseTo(((k - 1) * (M + b)) / ((M - 1) * (k + b)), 9);
      }),
      { seed: 2 },
    );
  });

  it('start at the base, never fall, and are none where nothing improves', () => {
    expect(returnAt(1, [1, 0.8, 0.9], 0.9)).toBe(0);
    expect(returnAt(2, [1, 0.8, 0.9], 1.2)).toBe(1);
    expect(returnAt(1, [1, 0.8, 0.9], 1.2)).toBe(0);
    expect(returnAt(3, [1, 0.8, 0.9], null)).toBe(1);
    expect(returnAt(1, [1, 1.1], null)).toBeNull();
    expect(returnsOf(curveOf([1, 2, 3, 4], [1, 1.1, 1.2, 1.3]), asked()).curve).toBeNull();
    expect(returnsOf(curveOf([], []), asked())).toMatchObject({
      curve: null,
      reason: expect.stringContaining('not known'),
    });
  });

  it('agree with the curve, whether measured or from the law', () => {
    const law = (k: number) => 0.7 + 0.1 / (k + 0.5);
    for (const k of [NINE, [1, 2, 3, 5, 8]]) {
      const data = curveOf(k, k.map(law), { pool: 9 });
      const found = returnsOf(data, asked({ returns: [0.95], epsilon: 0.015 }));
      expect(found.curve?.map(({ value }) => value)).toEqual(
        NINE.map((kk) => expect.closeTo(((kk - 1) * 9.5) / (8 * (kk + 0.5)), 6)),
      );
      expect(found.curve?.every(({ measured }) => measured === (k === NINE))).toBe(true);
      const curve = fitCurve(data, asked({ returns: [0.95] }));
      expect(
        Object.fromEntries(found.shares.map(({ share, k: reached }) => [String(share), reached])),
      ).toEqual(curve.k_return);
      // ⌈0.1/ε − 0.5⌉ = 20, 10, 7, 5: two beyond the pool.
      expect(found.to_floor.map(({ k: reached }) => reached)).toEqual([null, null, 7, 5]);
    }
  });

  it('have intervals that hold the truth', () => {
    const random = seededRandom(21);
    const law = (k: number) => 0.7 + 0.1 / (k + 0.5);
    const covariance = covarianceOf(9, 0.01, 0.0005);
    let [returned, shares, floors] = [0, 0, 0];
    const runs = 60;
    for (let r = 0; r < runs; r++) {
      const level = 0.01 * random.normal();
      const losses = NINE.map((k) => law(k) + level + 0.0005 * random.normal());
      const found = returnsOf(curveOf(NINE, losses, { covariance }), asked({ form: 'signed', seed: r }));
      const holds = (truth: number, { low, high }: { low: number | null; high: number | null }) =>
        (low === null || low <= truth) && (high === null || truth <= high);
      const third = found.curve?.[2];
      if (third && holds((2 * 9.5) / (8 * 3.5), third)) returned++;
      const [share] = found.shares;
      if (share && holds(5, share)) shares++;
      const near = found.to_floor.find(({ epsilon }) => epsilon === 0.02);
      if (near?.high != null && holds(5, near)) floors++;
    }
    // 57 of 60 on average; fewer than 50 in 1 of 500.
    expect(returned).toBeGreaterThanOrEqual(50);
    expect(returned).toBeLessThan(60);
    expect(shares).toBeGreaterThanOrEqual(50);
    expect(floors).toBeGreaterThanOrEqual(50);
  });

  it('has no high end where the pool may not come near enough to the floor', () => {
    const covariance = covarianceOf(9, 0, 0.002);
    const data = curveOf(
      NINE,
      NINE.map((k) => 0.7 + 0.1 / (k + 0.5)),
      { covariance },
    );
    const [nearest] = returnsOf(data, asked({ form: 'signed' })).to_floor;
    expect(nearest).toMatchObject({ epsilon: 0.005, k: null, high: null });
  });
});
