import { describe, expect, it } from 'vitest';
import { Estimator } from '../../core/law/estimate.ts';
import { fitCurve } from '../../core/law/fit-curve.ts';
import { Judge } from '../../core/law/interval.ts';
import { parameterQuantity } from '../../core/law/quantity.ts';
import { seededRandom } from '../../core/law/random.ts';
import { fisherTail, student95, studentPoint, studentTail, Z95 } from '../../core/law/student.ts';
import { usablePoints } from '../../core/law/usable-points.ts';
import { asked, covarianceOf, curveOf, NINE } from './curves.ts';

const noisy = (seed: number, own: number, b = 0.7) => {
  const random = seededRandom(seed);
  return NINE.map((k) => 0.7 + 0.1 / (k + b) + own * random.normal());
};

describe('intervals', () => {
  it('of a linear form are estimate ± t·s of ordinary least squares', () => {
    const losses = noisy(1, 0.002);
    const law = fitCurve(
      curveOf(NINE, losses, { weights: new Float64Array(9).fill(1) }),
      asked({ form: 'flat' }),
    );
    const mean = losses.reduce((a, b) => a + b) / 9;
    const s = Math.sqrt(losses.reduce((sum, y) => sum + (y - mean) ** 2, 0) / 8);
    const half = (2.306004 * s) / 3;
    expect(law.intervals?.['Linf']?.[0]).toBeCloseTo(mean - half, 7);
    expect(law.intervals?.['Linf']?.[1]).toBeCloseTo(mean + half, 7);
  });

  it('of a measured loss and gain come from the covariance: shared errors cancel in the gain', () => {
    const losses = NINE.map((k) => 0.7 + 0.1 / k);
    const law = fitCurve(curveOf(NINE, losses, { covariance: covarianceOf(9, 0.02, 0.001) }), asked());
    const [row] = law.forecast;
    expect((row?.high ?? 0) - (row?.loss ?? 0)).toBeCloseTo(Z95 * Math.hypot(0.02, 0.001), 9);
    const [gain] = law.marginal_gain ?? [];
    expect((gain?.high ?? 0) - (gain?.gain ?? 0)).toBeCloseTo(Z95 * 0.001 * Math.SQRT2, 9);
  });

  it('follow Student where the covariance is known by few degrees of freedom', () => {
    const data = curveOf(
      NINE,
      NINE.map((k) => 0.7 + 0.1 / k),
      { covariance: covarianceOf(9, 0.02, 0.001) },
    );
    const [row] = fitCurve({ ...data, degreesOfFreedom: 11 }, asked()).forecast;
    expect((row?.high ?? 0) - (row?.loss ?? 0)).toBeCloseTo(2.200985 * Math.hypot(0.02, 0.001), 7);
  });

  it('hold exactly the parameters whose best residual sum of squares is near enough, found by brute force', () => {
    const covariance = covarianceOf(9, 0, 0.002);
    const losses = noisy(13, 0.002);
    const points = usablePoints(curveOf(NINE, losses, { covariance }), false);
    const estimate = new Estimator(points).estimate('signed');
    if (!estimate) throw new Error('no estimate');
    expect(estimate.misfit).toBe(0);
    const judge = new Judge(estimate, points);
    const fixed = (name: 'Linf' | 'b', value: number) => {
      // The smallest residual sum of squares with this parameter held, over a fine grid of b and every A ≥ 0.
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < (name === 'b' ? 1 : 30_000); i++) {
        const b = name === 'b' ? value : -0.8 + 0.001 * i * (1 + i / 3000);
        let [n, sx, sy, sxx, sxy, syy] = [0, 0, 0, 0, 0, 0];
        NINE.forEach((k, j) => {
          const x = 1 / (k + b);
          const y = (losses[j] ?? 0) - (name === 'Linf' ? value : 0);
          n++;
          sx += x;
          sy += y;
          sxx += x * x;
          sxy += x * y;
          syy += y * y;
        });
        const rss =
          name === 'Linf'
            ? syy - Math.max(0, sxy) ** 2 / sxx
            : syy - sy ** 2 / n - Math.max(0, sxy - (sx * sy) / n) ** 2 / (sxx - sx ** 2 / n);
        least = Math.min(least, rss / 0.002 ** 2);
      }
      return least;
    };
    for (const name of ['Linf', 'b'] as const) {
      const judged = judge.judge(parameterQuantity(estimate.fit.model, name));
      const [low, high] = judged?.interval ?? [null, null];
      for (const end of [low, high]) {
        if (end === null) throw new Error(`${name} has no end`);
        expect(fixed(name, end) - estimate.fit.rss, name).toBeCloseTo(Z95 ** 2, 2);
      }
    }
  });

  it('have no end where the data set none, and stop at the bound of the form', () => {
    const line = NINE.map((k) => 1 - 0.01 * k);
    const law = fitCurve(
      curveOf(NINE, line, { covariance: covarianceOf(9, 0, 0.002) }),
      asked({ form: 'paper' }),
    );
    expect(law.intervals?.['Linf']?.[0]).toBeNull();
    expect(law.intervals?.['A']?.[1]).toBeNull();
    expect(law.intervals?.['b']?.[1]).toBeNull();
    const steep = NINE.map((k) => 1 + 0.2 / (k - 0.5));
    const bounded = fitCurve(
      curveOf(NINE, steep, { covariance: covarianceOf(9, 0, 0.05) }),
      asked({ form: 'paper' }),
    );
    expect(bounded.intervals?.['b']?.[0]).toBe(0);
    expect(bounded.parameters?.['b']).toBe(0);
  });

  it('widen with the errors, and with a misfit that the errors do not explain', () => {
    const width = (own: number, told: number) => {
      const law = fitCurve(
        curveOf(NINE, noisy(9, own), { covariance: covarianceOf(9, 0, told) }),
        asked({ form: 'signed' }),
      );
      const [low, high] = law.intervals?.['Linf'] ?? [null, null];
      return (high ?? Number.NaN) - (low ?? Number.NaN);
    };
    expect(width(0.0002, 0.0004)).toBeCloseTo(2 * width(0.0002, 0.0002), 2);
    expect(width(0.002, 0.0001)).toBeGreaterThan(5 * width(0.0001, 0.0001));
  });

  it('of the floor holds those of the forms that do as well, unless a form was asked for', () => {
    const data = curveOf(NINE, noisy(5, 0.002), { covariance: covarianceOf(9, 0, 0.002) });
    const free = fitCurve(data, asked());
    expect(free.interval_method).toMatch(/over \d forms that do as well/);
    const [low, high] = free.intervals?.['Linf'] ?? [null, null];
    const form = free.form === 'three_point' ? null : free.form;
    const forced = fitCurve(data, asked({ form }));
    expect(forced.interval_method).not.toContain('forms');
    const [a, b] = forced.intervals?.['Linf'] ?? [null, null];
    expect(low ?? Number.NEGATIVE_INFINITY).toBeLessThanOrEqual(a ?? Number.NEGATIVE_INFINITY);
    expect(high ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(b ?? Number.POSITIVE_INFINITY);
    expect([low, high]).not.toEqual([a, b]);
  });

  it('a misfit variance is found that makes errors and residuals agree', () => {
    const random = seededRandom(21);
    let sum = 0;
    for (let r = 0; r < 300; r++) {
      const y = NINE.map((k) => 0.7 + 0.1 / (k + 0.7) + Math.hypot(0.001, 0.003) * random.normal());
      const points = usablePoints(curveOf(NINE, y, { covariance: covarianceOf(9, 0, 0.001) }), false);
      sum += new Estimator(points).estimate('signed')?.misfit ?? Number.NaN;
    }
    // 9e-6 on average, sd 5.8e-6 each
    expect(sum / 300).toBeGreaterThan(8e-6);
    expect(sum / 300).toBeLessThan(10e-6);
  });

  it.each([
    [1, 12.706205],
    [2, 4.302653],
    [5, 2.570582],
    [6, 2.446912],
    [30, 2.042272],
    [2.5, 3.574655],
    [Number.POSITIVE_INFINITY, 1.959964],
  ])('t quantile with %f degrees of freedom is %f', (df, t) => {
    expect(student95(df)).toBeCloseTo(t, 3);
  });

  it('other points of t, and F, agree with tables and with each other', () => {
    expect(studentPoint(10, 0.01)).toBeCloseTo(3.169273, 5);
    expect(studentPoint(Number.POSITIVE_INFINITY, 0.01)).toBeCloseTo(2.575829, 3);
    expect(fisherTail(3.71, 3, 10)).toBeCloseTo(0.05, 3);
    // F(1, n) is t² with n degrees of freedom; 8·F(8, ∞) is χ² with 8, whose 95% point is 15.507
    expect(fisherTail(2.3 ** 2, 1, 7)).toBeCloseTo(studentTail(2.3, 7), 10);
    expect(fisherTail(15.507 / 8, 8, Number.POSITIVE_INFINITY)).toBeCloseTo(0.05, 3);
  });
});
