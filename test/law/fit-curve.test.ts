import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cancelled } from '../../core/law/cancelled.ts';
import type { Form } from '../../core/law/curve.ts';
import { fitCurve } from '../../core/law/fit-curve.ts';
import type { CurveData, FitOptions } from '../../core/law/input.ts';
import { lawDocumentSchema } from '../../core/law/law-document.ts';
import { seededRandom } from '../../core/law/random.ts';
import { asked, covarianceOf, curveOf, NINE } from './curves.ts';
import { type Design, trueLoss } from './designs.ts';

const TRUTHS: readonly (Pick<Design, 'form' | 'truth'> & { readonly k: readonly number[] })[] = [
  { form: 'paper', truth: { Linf: 0.7, A: 0.1, b: 1.5 }, k: NINE },
  { form: 'paper', truth: { Linf: 0.7, A: 0.1, b: 0 }, k: [1, 3, 4, 8] },
  { form: 'signed', truth: { Linf: 1.1, A: 0.2, b: -0.6 }, k: NINE },
  { form: 'signed', truth: { Linf: 1.1, A: 0.2, b: -0.6 }, k: [1, 2, 5] },
  { form: 'signed', truth: { Linf: 0.2, A: 3, b: 8 }, k: [2, 3, 5, 9, 17, 33, 64] },
  { form: 'quadratic', truth: { Linf: 0.9, A: 0.1, C: -0.04 }, k: NINE },
  { form: 'power', truth: { Linf: 0.5, A: 0.3, p: 0.7 }, k: NINE },
  { form: 'flat', truth: { Linf: 0.83 }, k: [1, 9] },
];

describe('fitCurve', () => {
  it.each(TRUTHS)('recovers $form $truth from k = $k without error', ({ form, truth, k }) => {
    const losses = k.map((kk) => trueLoss({ form, truth }, kk));
    const law = fitCurve(curveOf(k, losses), asked({ form }));
    for (const [name, value] of Object.entries(truth))
      expect(law.parameters?.[name], name).toBeCloseTo(value, 5);
    expect(law.rmse).toBeLessThan(1e-8);
  });

  it('fits the same law with any weights or covariance when there is no error', () => {
    const losses = NINE.map((k) => 0.7 + 0.1 / (k + 0.5));
    for (const more of [
      { weights: Float64Array.from(NINE, (k) => 1 / k) },
      { covariance: covarianceOf(9, 0.01, 0.001) },
      { covariance: Float64Array.from({ length: 81 }, (_, i) => (i % 10 === 0 ? (9 - i / 10) * 1e-6 : 0)) },
    ]) {
      const law = fitCurve(curveOf(NINE, losses, more), asked({ form: 'signed', stage: 'points' }));
      expect(law.parameters?.['b']).toBeCloseTo(0.5, 5);
    }
  });

  it('uses weights: what is weighted down hardly moves the law', () => {
    const losses = NINE.map((k) => 0.7 + 0.1 / (k + 0.5) + (k === 5 ? 0.02 : 0));
    const weights = Float64Array.from(NINE, (k) => (k === 5 ? 1e-6 : 1));
    const law = fitCurve(curveOf(NINE, losses, { weights }), asked({ form: 'signed', stage: 'points' }));
    expect(law.parameters?.['Linf']).toBeCloseTo(0.7, 5);
  });

  it('names the form used by the number of k: none, flat, three points, signed, the best backtest', () => {
    const form = (count: number) => {
      const k = NINE.slice(0, count);
      return fitCurve(
        curveOf(
          k,
          k.map((kk) => 0.9 + 0.1 / kk - 0.04 / kk ** 2),
          { pool: 9 },
        ),
        asked(),
      ).form;
    };
    expect([0, 1, 2, 3, 4, 5].map(form)).toEqual([null, null, 'flat', 'three_point', 'signed', 'signed']);
    expect(form(6)).toBe('quadratic');
    expect(form(9)).toBe('quadratic');
  });

  it('lists every form that can be fitted, best backtest first, the paper’s always among them', () => {
    const law = fitCurve(
      curveOf(
        NINE,
        NINE.map((k) => 1 + 0.2 / (k - 0.5)),
      ),
      asked(),
    );
    expect(law.forms.map(({ form }) => form).sort()).toEqual([
      'flat',
      'paper',
      'power',
      'quadratic',
      'signed',
    ]);
    const backtests = law.forms.map(({ backtest }) => backtest ?? Number.NaN);
    expect(backtests).toEqual([...backtests].sort((a, b) => a - b));
    expect(law.form).toBe('signed');
    const paper = law.forms.find(({ form }) => form === 'paper');
    expect(paper?.parameters['b']).toBe(0);
  });

  it('has measured values where measured, and the law elsewhere', () => {
    const k = [1, 2, 4, 5, 7, 8];
    const losses = k.map((kk) => 0.7 + 0.1 / (kk + 0.5));
    const bumped = losses.map((loss, i) => (i === 2 ? loss + 0.001 : loss));
    const law = fitCurve(curveOf(k, bumped, { pool: 8 }), asked({ forecast: [10], stage: 'points' }));
    const at = (kk: number) => law.forecast.find((row) => row.k === kk);
    expect(at(4)).toMatchObject({ loss: bumped[2], measured: true });
    expect(at(3)?.measured).toBe(false);
    expect(at(3)?.loss).toBeCloseTo(0.7 + 0.1 / 3.5, 2);
    expect(law.forecast.map((row) => row.k)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10]);
    const gain = (kk: number) => law.marginal_gain?.find((row) => row.k === kk);
    expect(gain(1)).toMatchObject({ measured: true, gain: (losses[0] ?? 0) - (losses[1] ?? 0) });
    expect(gain(2)?.measured).toBe(false);
  });

  it('has point estimates at both stages that are the same digits, and intervals only when complete', () => {
    const data = noisy(3);
    const points = fitCurve(data, asked({ stage: 'points' }));
    const complete = fitCurve(data, asked());
    expect(points.intervals).toBeNull();
    expect(points.recommended_k?.low).toBeNull();
    expect(points.forecast.every(({ low, high }) => low === null && high === null)).toBe(true);
    expect(complete.parameters).toEqual(points.parameters);
    expect(complete.recommended_k?.k).toBe(points.recommended_k?.k);
    expect(complete.warnings).toEqual(points.warnings);
    expect(complete.intervals).not.toBeNull();
  });

  it('gives the same digits for the same seed, and every estimate lies in its interval', () => {
    const data = noisy(4);
    const law = fitCurve(data, asked({ forecast: [12] }));
    expect(fitCurve(data, asked({ forecast: [12] }))).toEqual(law);
    for (const [name, [low, high]] of Object.entries(law.intervals ?? {})) {
      expect(low ?? Number.NEGATIVE_INFINITY).toBeLessThanOrEqual(law.parameters?.[name] ?? Number.NaN);
      expect(high ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(law.parameters?.[name] ?? Number.NaN);
    }
    for (const { low, high, loss } of law.forecast) {
      expect(low).toBeLessThan(loss);
      expect(high).toBeGreaterThan(loss);
    }
  });

  it('scales with the unit of loss and shifts with its zero', () => {
    const data = noisy(5);
    const law = fitCurve(data, asked({ form: 'signed' }));
    const scaled = fitCurve(
      {
        ...data,
        base: 1000 * (data.base ?? 0) - 50,
        mean: data.mean.map((x) => 1000 * x - 50),
        covariance: data.covariance === 'hidden' ? 'hidden' : (data.covariance?.map((x) => 1e6 * x) ?? null),
      },
      asked({ form: 'signed', goal: { rule: 'within', value: 10 } }),
    );
    expect(scaled.parameters?.['b']).toBeCloseTo(law.parameters?.['b'] ?? Number.NaN, 4);
    expect(scaled.parameters?.['Linf']).toBeCloseTo(1000 * (law.parameters?.['Linf'] ?? 0) - 50, 3);
    expect(scaled.recommended_k?.k).toBe(law.recommended_k?.k);
  });

  it('stops when it is no longer wanted', () => {
    expect(() => fitCurve(noisy(6), asked({ cancelled: () => true }))).toThrow(Cancelled);
  });

  it('never throws and never gives NaN, whatever the numbers', () => {
    const wild = fc.oneof(
      fc.double({ min: 0, max: 3, noNaN: true }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 0, 1, 1, 1e-12, -1e6, 1e9),
    );
    const curves = fc
      .tuple(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 64 }), wild), { maxLength: 14 }),
        fc.integer({ min: 1, max: 64 }),
        fc.constantFrom('none', 'weights', 'diagonal', 'shared', 'broken', 'zero', 'replicates'),
        fc.option(fc.double({ min: 0, max: 3, noNaN: true })),
        fc.integer(),
      )
      .map(([rows, pool, errors, base, seed]) => withErrors(rows, pool, errors, base, seed));
    const options = fc.record({
      form: fc.option(fc.constantFrom<Form>('paper', 'signed', 'quadratic', 'power', 'flat')),
      rule: fc.constantFrom('within' as const, 'return' as const, 'epsilon' as const),
      value: fc.double({ min: 0, max: 1.5, noNaN: true }),
      stage: fc.constantFrom('points' as const, 'complete' as const),
      interval: fc.constantFrom('pool' as const, 'population' as const),
      forecast: fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 3 }),
    });
    fc.assert(
      fc.property(curves, options, ({ data, leaveOneOut }, o) => {
        const law = fitCurve(
          data,
          asked({
            ...o,
            goal: { rule: o.rule, value: o.value },
            epsilon: o.value,
            returns: [o.value],
            leaveOneOut,
          }),
        );
        // The schema refuses NaN and infinity everywhere.
        const checked = lawDocumentSchema.safeParse({ curves: [law], joint: [], notes: [] });
        expect(checked.error?.issues ?? []).toEqual([]);
        for (const field of [
          'parameters',
          'intervals',
          'recommended_k',
          'k_return',
          'marginal_gain',
        ] as const)
          if (law[field] === null) expect(law.reasons[field], field).toBeTruthy();
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});

function noisy(seed: number): CurveData {
  const random = seededRandom(seed);
  const level = 0.01 * random.normal();
  const losses = NINE.map((k) => 0.7 + 0.1 / (k + 0.5) + level + 0.001 * random.normal());
  return curveOf(NINE, losses, { covariance: covarianceOf(9, 0.01, 0.001), base: 0.9 });
}

function withErrors(
  rows: readonly (readonly [number, number])[],
  pool: number,
  errors: string,
  base: number | null,
  seed: number,
): { data: CurveData; leaveOneOut: FitOptions['leaveOneOut'] } {
  const size = rows.length;
  const random = seededRandom(seed);
  const C =
    errors === 'shared'
      ? covarianceOf(size, 0.05, 0.01)
      : covarianceOf(size, 0, errors === 'zero' ? 0 : 0.03);
  if (errors === 'broken') C.fill(Number.NaN, 0, 1).fill(-3, size, size + 1);
  const data = curveOf(
    rows.map(([k]) => k),
    rows.map(([, loss]) => loss),
    {
      pool,
      base,
      covariance: errors === 'none' || errors === 'weights' ? null : C,
      weights: errors === 'weights' ? Float64Array.from(rows, () => random.normal()) : null,
      replicates:
        errors === 'replicates'
          ? Float64Array.from(
              { length: 40 * size },
              (_, i) => (rows[i % size]?.[1] ?? 0) + 0.03 * random.normal(),
            )
          : null,
      baseReplicates:
        errors === 'replicates' ? Float64Array.from({ length: 40 }, () => random.normal()) : null,
    },
  );
  const leaveOneOut = Float64Array.from({ length: 5 * size }, (_, i) =>
    random.uniform() < 0.1 ? Number.NaN : (rows[i % size]?.[1] ?? 0) + 0.01 * random.normal(),
  );
  return { data, leaveOneOut };
}
