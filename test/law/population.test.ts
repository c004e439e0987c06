import { describe, expect, it } from 'vitest';
import { fitCurve } from '../../core/law/fit-curve.ts';
import { seededRandom } from '../../core/law/random.ts';
import { student95 } from '../../core/law/student.ts';
import { asked, covarianceOf, curveOf, NINE } from './curves.ts';

/** Pools of nine with one left out: a level of each expert's own, the same at every k; no k = 9. */
function leftOut(levels: readonly number[], law: (k: number) => number): Float64Array {
  const mean = levels.reduce((a, b) => a + b) / 9;
  return Float64Array.from({ length: 81 }, (_, i) => {
    const k = (i % 9) + 1;
    return k === 9 ? Number.NaN : law(k) + (9 * mean - (levels[Math.floor(i / 9)] ?? 0)) / 8;
  });
}

describe('population intervals', () => {
  const random = seededRandom(8);
  const levels = NINE.map(() => 0.05 * random.normal());
  const mean = levels.reduce((a, b) => a + b) / 9;
  const law = (k: number) => 0.7 + 0.1 / (k + 0.5);
  const data = curveOf(
    NINE,
    NINE.map((k) => law(k) + mean),
    { covariance: covarianceOf(9, 0, 1e-7) },
  );
  const leaveOneOut = leftOut(levels, law);

  it('of a level that is a mean over experts is its Student interval', () => {
    const fitted = fitCurve(data, asked({ interval: 'population', leaveOneOut, form: 'signed' }));
    const s = Math.sqrt(levels.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 8);
    const half = (student95(8) * s) / 3;
    const [low, high] = fitted.intervals?.['Linf'] ?? [null, null];
    expect(((high ?? 0) - (low ?? 0)) / 2).toBeCloseTo(half, 5);
    expect(fitted.interval_method).toContain('jackknife over experts');
    // a level moves neither the offset nor any gain
    const [b0, b1] = fitted.intervals?.['b'] ?? [null, null];
    expect((b1 ?? 1) - (b0 ?? 0)).toBeLessThan(1e-3);
    expect((fitted.marginal_gain?.[0]?.high ?? 1) - (fitted.marginal_gain?.[0]?.low ?? 0)).toBeLessThan(1e-5);
    expect(((fitted.forecast[8]?.high ?? 0) - (fitted.forecast[8]?.low ?? 0)) / 2).toBeCloseTo(half, 5);
  });

  it('have no limit where some pool sets none, and are never narrower than those of this pool', () => {
    // Without the first expert the curve is a straight line, whose floor and tail run away.
    const line = leaveOneOut.map((loss, i) => (i < 8 ? law(1) + mean - 0.004 * i : loss));
    const fitted = fitCurve(data, asked({ interval: 'population', leaveOneOut: line, form: 'signed' }));
    const pool = fitCurve(data, asked({ form: 'signed' }));
    expect(fitted.intervals?.['A']).toEqual([0, null]);
    expect(fitted.intervals?.['b']?.[1]).toBeNull();
    expect(fitted.intervals?.['Linf']?.[0]).toBeNull();
    expect(fitted.intervals?.['Linf']?.[1] ?? 0).toBeGreaterThan(pool.intervals?.['Linf']?.[1] ?? 1);
    const same = fitCurve(data, asked({ interval: 'population', leaveOneOut, form: 'signed' }));
    for (const [name, [low, high]] of Object.entries(pool.intervals ?? {})) {
      expect(same.intervals?.[name]?.[0] ?? 0).toBeLessThanOrEqual(low ?? 0);
      expect(same.intervals?.[name]?.[1] ?? 0).toBeGreaterThanOrEqual(high ?? 0);
    }
  });

  it('need pools to leave an expert out of, and say so', () => {
    const fitted = fitCurve(data, asked({ interval: 'population' }));
    expect(fitted.intervals).toBeNull();
    expect(fitted.reasons['intervals']).toContain('one expert left out');
  });
});
