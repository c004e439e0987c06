import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitCurve } from '../../core/law/fit-curve.ts';
import { threePoint } from '../../core/law/three-point.ts';
import { asked, curveOf } from './curves.ts';

describe('three points', () => {
  it('solves k = 1, 2, 4 by b = (4 − 2r)/(2r − 1)', () => {
    // r = (1 − 0.7)/(0.7 − 0.5) = 1.5, b = 1/2, A = 0.3·1.5·2.5 = 1.125, L∞ = 1 − 0.75 = 0.25
    const solved = threePoint([1, 2, 4], [1, 0.7, 0.5]);
    expect(solved?.b).toBeCloseTo(0.5, 12);
    expect(solved?.A).toBeCloseTo(1.125, 12);
    expect(solved?.Linf).toBeCloseTo(0.25, 12);
  });

  it('has b < 0 exactly when r > 2', () => {
    expect(threePoint([1, 2, 4], [1, 0.6, 0.4])?.b).toBeCloseTo(0, 12);
    expect(threePoint([1, 2, 4], [1, 0.59, 0.4])?.b).toBeLessThan(0);
  });

  it('has no answer where the losses rise, stay, or fall in a line or ever faster', () => {
    expect(threePoint([1, 2, 4], [1, 1.1, 0.9])).toBeNull();
    expect(threePoint([1, 2, 4], [1, 1, 1])).toBeNull();
    expect(threePoint([1, 2, 4], [1, 0.9, 0.7])).toBeNull();
    expect(threePoint([1, 2, 4], [1, 0.95, 0.7])).toBeNull();
  });

  it('inverts the law for any three k', () => {
    const cases = fc.record({
      k: fc.uniqueArray(fc.integer({ min: 1, max: 64 }), { minLength: 3, maxLength: 3 }),
      b: fc.double({ min: -0.79, max: 20, noNaN: true }),
      A: fc.double({ min: 0.05, max: 2, noNaN: true }),
    });
    fc.assert(
      fc.property(cases, ({ k, b, A }) => {
        const [k1 = 1, k2 = 2, k3 = 3] = k.toSorted((x, y) => x - y);
        const law = (kk: number) => 0.5 + A / (kk + b);
        const solved = threePoint([k1, k2, k3], [law(k1), law(k2), law(k3)]);
        expect(solved?.b).toBeCloseTo(b, 4);
        expect(solved?.Linf).toBeCloseTo(0.5, 5);
      }),
      { seed: 5 },
    );
  });

  it('is the form used for three k, says that nothing is left to judge it by, and refits where b leaves its bound', () => {
    const exact = fitCurve(curveOf([1, 2, 4], [1, 0.7, 0.5], { pool: 9 }), asked());
    expect(exact.form).toBe('three_point');
    expect([exact.r2, exact.rmse]).toEqual([null, null]);
    expect(exact.parameters).toEqual({
      Linf: expect.closeTo(0.25, 8),
      A: expect.closeTo(1.125, 7),
      b: expect.closeTo(0.5, 7),
    });
    expect(exact.intervals).toBeNull();
    expect(exact.reasons['intervals']).toContain('as many parameters');
    expect(exact.warnings.map(({ code }) => code)).toContain('too_few_k');
    // r = 0.5/0.004 would need b = −0.98; at the bound −0.8 the other two are refitted, so no point is hit exactly.
    const bound = fitCurve(curveOf([1, 2, 4], [1, 0.5, 0.496], { pool: 9 }), asked());
    expect(bound.form).toBe('signed');
    expect(bound.parameters?.['b']).toBeCloseTo(-0.8, 9);
    expect(bound.three_point?.b).toBeLessThan(-0.8);
    expect(bound.warnings.map(({ code }) => code)).toContain('parameter_on_bound');
    const residuals = [1, 2, 4].map((k, i) => {
      const { Linf = 0, A = 0, b = 0 } = bound.parameters ?? {};
      return ([1, 0.5, 0.496][i] ?? 0) - Linf - A / (k + b);
    });
    // Normal equations of floor and tail, with the paper's weights k.
    expect(residuals.reduce((sum, r, i) => sum + r * ([1, 2, 4][i] ?? 0), 0)).toBeCloseTo(0, 9);
    expect(
      residuals.reduce((sum, r, i) => sum + (r * ([1, 2, 4][i] ?? 0)) / (([1, 2, 4][i] ?? 0) - 0.8), 0),
    ).toBeCloseTo(0, 9);
  });
});
