import { describe, expect, it } from 'vitest';
import { backtest, errorAtHorizon } from '../../core/law/backtest.ts';
import { Estimator } from '../../core/law/estimate.ts';
import { fitCurve } from '../../core/law/fit-curve.ts';
import { seededRandom } from '../../core/law/random.ts';
import { usablePoints } from '../../core/law/usable-points.ts';
import { asked, covarianceOf, curveOf, NINE } from './curves.ts';

describe('backtest', () => {
  it('of the flat form is the root mean square distance of later points from the weighted mean of earlier ones', () => {
    const losses = [1, 0.8, 0.7, 0.6, 0.5];
    const points = usablePoints(
      curveOf([1, 2, 3, 4, 5], losses, { weights: new Float64Array(5).fill(1) }),
      false,
    );
    const estimate = new Estimator(points).estimate('flat');
    const test = estimate && backtest(estimate, points);
    const [three, four] = [2.5 / 3, 3.1 / 4];
    const squares = [(0.6 - three) ** 2, (0.5 - three) ** 2, (0.5 - four) ** 2];
    expect(test?.rms).toBeCloseTo(Math.sqrt(squares.reduce((a, b) => a + b) / 3), 12);
    expect(test?.byHorizon).toEqual([
      { horizon: 1, mse: expect.closeTo(((squares[0] ?? 0) + (squares[2] ?? 0)) / 2, 12) },
      { horizon: 2, mse: expect.closeTo(squares[1] ?? 0, 12) },
    ]);
  });

  it('never errs less at a longer distance, and grows beyond the longest', () => {
    const test = {
      rms: 1,
      byHorizon: [
        { horizon: 1, mse: 4 },
        { horizon: 2, mse: 1 },
        { horizon: 4, mse: 9 },
      ],
    };
    expect([1, 2, 3, 4, 8].map((h) => errorAtHorizon(test, h))).toEqual([4, 4, 9, 9, 36]);
  });

  it('ranks the true form first when errors are small', () => {
    const forms = {
      signed: (k: number) => 1 + 0.2 / (k - 0.5),
      quadratic: (k: number) => 1 + 0.1 / k + 0.3 / k ** 2,
      power: (k: number) => 1 + 0.3 * k ** -0.5,
    };
    for (const [form, law] of Object.entries(forms))
      expect(fitCurve(curveOf(NINE, NINE.map(law)), asked({ stage: 'points' })).form).toBe(form);
  });
});

describe('forecast intervals', () => {
  const random = seededRandom(4);
  const losses = NINE.map((k) => 0.7 + 0.1 / (k + 0.5) + 0.001 * random.normal());
  const data = curveOf(NINE, losses, { covariance: covarianceOf(9, 0.01, 0.001) });
  const width = (k: number, law = fitCurve(data, asked({ forecast: [10, 14, 30] }))) => {
    const row = law.forecast.find((forecast) => forecast.k === k);
    return (row?.high ?? Number.NaN) - (row?.low ?? Number.NaN);
  };

  it('widen with the distance', () => {
    expect(width(14)).toBeGreaterThan(width(10));
    expect(width(30)).toBeGreaterThan(width(14));
  });

  it('hold what the rival forms say, where the form was not asked for', () => {
    const law = fitCurve(data, asked({ forecast: [30] }));
    const forced = fitCurve(
      data,
      asked({ forecast: [30], form: law.form === 'three_point' ? null : law.form }),
    );
    expect(width(30, law)).toBeGreaterThan(width(30, forced));
  });

  it('are absent where three points leave nothing to judge a forecast by', () => {
    const law = fitCurve(
      curveOf([1, 2, 4], [1, 0.7, 0.5], { pool: 9, covariance: covarianceOf(3, 0, 0.01) }),
      asked(),
    );
    expect(law.forecast.find(({ k }) => k === 9)).toMatchObject({ low: null, high: null, measured: false });
    expect(law.forecast.find(({ k }) => k === 4)?.low).not.toBeNull();
  });
});
