import { describe, expect, it } from 'vitest';
import { fitCurve } from '../../core/law/fit-curve.ts';
import { levelWeights, levelWhitening } from '../../core/law/level.ts';
import { seededRandom } from '../../core/law/random.ts';
import { whitening } from '../../core/law/whitening.ts';
import { asked, covarianceOf, curveOf, NINE } from './curves.ts';

const range = (values: readonly number[]) => Math.max(...values) - Math.min(...values);

/** C = sd²·f·fᵀ + own²·I: one error that every k shares, as large there as `f` says. */
function scaled(f: readonly number[], sd: number, own: number): Float64Array {
  return Float64Array.from({ length: f.length ** 2 }, (_, cell) => {
    const [i, j] = [Math.floor(cell / f.length), cell % f.length];
    return sd * sd * (f[i] ?? 0) * (f[j] ?? 0) + (i === j ? own * own : 0);
  });
}

/** The law as drawn. */
function drawn(parameters: Readonly<Record<string, number>> | null, k: number): number {
  const { Linf = Number.NaN, A = 0, b = 0, C = 0, p } = parameters ?? {};
  return Linf + (p === undefined ? A / (k + b) : A * k ** -p) + C / k ** 2;
}

/** Twenty-four samples that scale the loss by their own factor and change a little with k. */
function fromSamples(seed: number, truth: readonly number[]): { mean: number[]; covariance: Float64Array } {
  const random = seededRandom(seed);
  const rows = Array.from({ length: 24 }, () => {
    const feeling = 1 + 0.05 * random.normal();
    const slope = 0.0008 * random.normal();
    return truth.map((loss, i) => loss * feeling + slope * (i + 1) + 0.0003 * random.normal());
  });
  const mean = truth.map((_, i) => rows.reduce((sum, row) => sum + (row[i] ?? 0), 0) / rows.length);
  const covariance = Float64Array.from({ length: truth.length ** 2 }, (_, cell) => {
    const [i, j] = [Math.floor(cell / truth.length), cell % truth.length];
    return rows.reduce(
      (sum, row) => sum + (((row[i] ?? 0) - (mean[i] ?? 0)) * ((row[j] ?? 0) - (mean[j] ?? 0))) / (24 * 23),
      0,
    );
  });
  return { mean, covariance };
}

describe('the level of a fit', () => {
  const rising = [5.854, 5.86, 5.861];

  it('is that of three rising points whose shared error scales with the loss: flat, not 180 mnat off', () => {
    const law = fitCurve(curveOf([1, 2, 3], rising, { covariance: scaled(rising, 0.01, 0.0003) }), asked());
    expect(law.form).toBe('flat');
    expect(law.rmse).toBeLessThan(0.0034);
    for (const { form, parameters, r2 } of law.forms) {
      expect(r2, form).toBeGreaterThan(-0.2);
      for (const k of [1, 2, 3]) expect(Math.abs(drawn(parameters, k) - 5.858), form).toBeLessThan(0.004);
    }
    expect(law.warnings.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['too_few_k', 'flat_does_as_well']),
    );
  });

  it('does not make a falling law of rising points where the shared error falls with k', () => {
    const data = curveOf([1, 2, 3], rising, { covariance: scaled([1.004, 1, 0.999], 0.05, 0.0001) });
    const law = fitCurve(data, asked());
    expect(law.form).toBe('flat');
    expect(law.rmse).toBeLessThan(0.0034);
    expect(law.r2).toBeGreaterThan(-0.15);
  });

  it('answers as without a covariance where the shared error is the same at every k', () => {
    const law = fitCurve(curveOf([1, 2, 3], rising, { covariance: covarianceOf(3, 0.05, 0.0003) }), asked());
    expect(law.form).toBe('flat');
    expect(law.parameters?.['Linf']).toBeCloseTo(5.858333, 5);
    expect(fitCurve(curveOf([1, 2, 3], rising), asked()).form).toBe('flat');
  });

  it('is within the points for any sample of errors, at three, five and nine k’s, and never worse than a constant', () => {
    for (const count of [3, 5, 9])
      for (let seed = 1; seed <= 40; seed++) {
        const noise = seededRandom(seed + 900);
        const k = NINE.slice(0, count);
        const { mean, covariance } = fromSamples(
          seed,
          k.map((kk) => 5.863 - 0.009 / kk ** 1.5 + 0.0006 * noise.normal()),
        );
        const law = fitCurve(
          curveOf(k, mean, { covariance, degreesOfFreedom: 23 }),
          asked({ stage: 'points' }),
        );
        const name = `${count} k, seed ${seed}, ${law.form}`;
        for (const kk of k) {
          const loss = drawn(law.parameters, kk);
          expect(loss, name).toBeGreaterThan(Math.min(...mean) - 0.2 * range(mean));
          expect(loss, name).toBeLessThan(Math.max(...mean) + 0.2 * range(mean));
        }
        const flat = law.forms.find(({ form }) => form === 'flat');
        expect(law.rmse, name).toBeLessThanOrEqual((flat?.rmse ?? 0) * (1 + 1e-9));
        expect(law.form === 'flat' || (law.r2 ?? -1) >= 0, name).toBe(true);
        expect(law.rmse, name).toBeLessThan(0.6 * range(mean));
      }
  });

  it('leaves the shape to generalised least squares: b and A of a falling law are those of the whole covariance', () => {
    const losses = NINE.map((k) => 0.7 + 0.4 / (k + 0.5) + 0.0005 * Math.sin(7 * k));
    const options = asked({ form: 'signed', stage: 'points' });
    const uneven = fitCurve(curveOf(NINE, losses, { covariance: scaled(losses, 0.1, 0.0005) }), options);
    // Generalised least squares with this covariance, level and all, has the same A and b, an rmse of 12.7 mnat and R² 0.966.
    expect(uneven.parameters?.['b']).toBeCloseTo(0.51396, 5);
    expect(uneven.parameters?.['A']).toBeCloseTo(0.399165, 5);
    expect(uneven.rmse).toBeLessThan(0.0012);
    expect(uneven.r2).toBeGreaterThan(0.999);
    const whole = covarianceOf(9, 0.1, 0.0005);
    const even = fitCurve(curveOf(NINE, losses, { covariance: whole }), options);
    // With its level by that covariance it has L∞ = 0.6880, 12 mnat below what the points themselves say.
    const apart = (even.parameters?.['Linf'] ?? Number.NaN) - (uneven.parameters?.['Linf'] ?? Number.NaN);
    expect(Math.abs(apart)).toBeLessThan(0.002);
  });
});

describe('levelWeights', () => {
  it('leaves a level error that all k share, with any errors of their own, to generalised least squares', () => {
    for (const own of [
      [1, 1, 1],
      [1, 0.5, 0.01],
      [1e-6, 1, 2, 3],
      [4, 3, 2, 1, 0.1],
    ]) {
      const n = own.length;
      const C = Float64Array.from({ length: n * n }, (_, cell) =>
        cell % (n + 1) === 0 ? 100 + (own[cell / (n + 1)] ?? 0) : 100,
      );
      expect(levelWeights(whitening(C, n, 0), n)).toBeNull();
      expect(levelWhitening(C, n, 0).inverse).toEqual(whitening(C, n, 0).inverse);
    }
  });

  it("of the first k's is that of them alone, with what it is of all untouched", () => {
    const C = scaled([1, 1.1, 1.2, 1.3, 1.5], 1, 0.01);
    const leading = Float64Array.from({ length: 9 }, (_, i) => C[Math.floor(i / 3) * 5 + (i % 3)] ?? 0);
    const first = levelWhitening(C, 5, 0.001, 3);
    const own = levelWhitening(leading, 3, 0.001);
    expect(first.size).toBe(3);
    for (const [i, value] of first.inverse.entries()) expect(value).toBeCloseTo(own.inverse[i] ?? 0, 12);
    expect(first.plain?.size).toBe(5);
  });

  it('weighs each k by its own error where the shared one is uneven, and only the first `count`', () => {
    const C = scaled([1, 1.1, 1.2, 1.3], 1, 0.01);
    const weights = levelWeights(whitening(C, 4, 0), 3);
    expect(weights?.[3]).toBe(0);
    expect(weights?.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    for (const weight of weights?.slice(0, 3) ?? []) expect(weight).toBeGreaterThan(0.1);
  });
});
