import { describe, expect, it } from 'vitest';
import { fitCurve } from '../../core/law/fit-curve.ts';
import type { CurveData, FitOptions } from '../../core/law/input.ts';
import { seededRandom } from '../../core/law/random.ts';
import { asked, covarianceOf, curveOf, NINE } from './curves.ts';

const codes = (data: CurveData, options: Partial<FitOptions> = {}) =>
  fitCurve(data, asked({ stage: 'points', ...options })).warnings.map(({ code }) => code);
const known = { covariance: covarianceOf(9, 0.01, 0.001) };
const law = (k: number) => 0.7 + 0.1 / (k + 0.5);
const jitter = (own: number, seed = 2) => {
  const random = seededRandom(seed);
  return () => own * random.normal();
};

describe('warnings', () => {
  it('has none for a curve that follows the law with small errors', () => {
    const noise = jitter(0.001);
    expect(
      codes(
        curveOf(
          NINE,
          NINE.map((k) => law(k) + noise()),
          { ...known, base: 1 },
        ),
      ),
    ).toEqual([]);
  });

  it('too_few_k below four', () => {
    expect(codes(curveOf([1, 2, 3], [1, 0.9, 0.85]))).toContain('too_few_k');
    expect(codes(curveOf([1, 2, 3, 4], [1, 0.9, 0.85, 0.83]))).not.toContain('too_few_k');
    expect(codes(curveOf([], []))).toContain('too_few_k');
  });

  it('parameter_on_bound names the parameter', () => {
    const warnings = fitCurve(
      curveOf(
        NINE,
        NINE.map((k) => 1 + 0.2 / (k - 0.5)),
      ),
      asked({ form: 'paper', stage: 'points' }),
    ).warnings;
    expect(warnings.find(({ code }) => code === 'parameter_on_bound')?.message).toMatch(
      /^b = 0 lies on the bound/,
    );
  });

  it('curve_turns_up where losses rise with every k, though no form can follow them', () => {
    const rising = [2.3, 2.35, 2.4, 2.41, 2.5];
    expect(codes(curveOf([1, 2, 3, 4, 5], rising))).toContain('curve_turns_up');
    const noise = [2.3, 2.41, 2.28, 2.39, 2.33];
    expect(codes(curveOf([1, 2, 3, 4, 5], noise))).not.toContain('curve_turns_up');
    const falling = [1, 2, 3, 4, 5].map((k) => 2 + 0.3 / k);
    expect(codes(curveOf([1, 2, 3, 4, 5], falling))).not.toContain('curve_turns_up');
  });

  it('floor_not_identified on a line, and where errors drown the bend of the first k’s', () => {
    const noise = jitter(0.001);
    expect(
      codes(
        curveOf(
          NINE,
          NINE.map((k) => 1 - 0.01 * k + noise()),
          known,
        ),
      ),
    ).toContain('floor_not_identified');
    const early = { covariance: covarianceOf(4, 0.01, 0.005), pool: 9 };
    expect(codes(curveOf([1, 2, 3, 4], [1, 2, 3, 4].map(law), early))).toContain('floor_not_identified');
    const sure = { covariance: covarianceOf(4, 0.01, 0.0001), pool: 9 };
    expect(codes(curveOf([1, 2, 3, 4], [1, 2, 3, 4].map(law), sure))).not.toContain('floor_not_identified');
  });

  it('does not take an uncertain level, which all k share, for an uncertain floor', () => {
    const noise = jitter(0.001);
    const losses = NINE.map((k) => law(k) + noise());
    expect(codes(curveOf(NINE, losses, { covariance: covarianceOf(9, 0.5, 0.001) }))).toEqual([]);
  });

  it('curve_turns_up only beyond the errors', () => {
    const rising = NINE.map((k) => 0.7 + 0.02 * Math.abs(k - 4));
    expect(codes(curveOf(NINE, rising, known))).toContain('curve_turns_up');
    expect(codes(curveOf(NINE, rising, { covariance: covarianceOf(9, 0.01, 0.1) }))).not.toContain(
      'curve_turns_up',
    );
    // without known errors, the residuals of the best form judge
    expect(
      codes(
        curveOf(
          NINE,
          NINE.map((k) => 0.7 + 0.3 / k ** 2 - 0.2 / k),
        ),
      ),
    ).toContain('curve_turns_up');
  });

  it('flat_does_as_well for noise around a constant', () => {
    const noise = jitter(0.002);
    expect(
      codes(
        curveOf(
          NINE,
          NINE.map(() => 0.7 + noise()),
          { covariance: covarianceOf(9, 0.01, 0.002) },
        ),
      ),
    ).toContain('flat_does_as_well');
    expect(codes(curveOf(NINE, NINE.map(law), known))).not.toContain('flat_does_as_well');
  });

  it('take a flat curve with errors for what it is, as often as they should', () => {
    const random = seededRandom(31);
    const count = { curve_turns_up: 0, flat_does_as_well: 0 };
    const rounds = 400;
    for (let r = 0; r < rounds; r++) {
      // Covariance from 30 samples per curve, the same for every k.
      const samples = Array.from({ length: 30 }, () => {
        const level = 0.1 * random.normal();
        return NINE.map(() => 0.7 + level + 0.01 * random.normal());
      });
      const mean = NINE.map((_, i) => samples.reduce((sum, row) => sum + (row[i] ?? 0), 0) / 30);
      const covariance = Float64Array.from({ length: 81 }, (_, at) => {
        const [i, j] = [Math.floor(at / 9), at % 9];
        const product = (row: number[]) =>
          ((row[i] ?? 0) - (mean[i] ?? 0)) * ((row[j] ?? 0) - (mean[j] ?? 0));
        return samples.reduce((sum, row) => sum + product(row), 0) / (30 * 29);
      });
      const found = codes(curveOf(NINE, mean, { covariance, degreesOfFreedom: 29 }));
      if (found.includes('curve_turns_up')) count.curve_turns_up++;
      if (found.includes('flat_does_as_well')) count.flat_does_as_well++;
    }
    expect(count.curve_turns_up / rounds).toBeLessThan(0.05);
    expect(count.flat_does_as_well / rounds).toBeGreaterThan(0.93);
  });

  it('worse_than_base where no k beats it', () => {
    const losses = NINE.map(law);
    expect(codes(curveOf(NINE, losses, { base: 0.7 }))).toContain('worse_than_base');
    expect(codes(curveOf(NINE, losses, { base: 0.8 }))).not.toContain('worse_than_base');
  });

  it('extrapolates beyond the pool, not within it', () => {
    const data = curveOf([1, 2, 3, 4, 6], [1, 2, 3, 4, 6].map(law), { pool: 9 });
    expect(codes(data, { forecast: [9] })).not.toContain('extrapolates');
    const warnings = fitCurve(data, asked({ forecast: [10, 12] })).warnings;
    expect(warnings.find(({ code }) => code === 'extrapolates')?.message).toContain(
      'k = 10, 12 lie beyond the pool of 9',
    );
  });
});
