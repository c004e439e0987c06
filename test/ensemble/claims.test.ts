import { describe, expect, it } from 'vitest';
import { claimsOf } from '../../core/ensemble/claims.ts';
import { ensembleData } from '../../core/ensemble/data.ts';
import type { JudgedNumbers } from '../../core/ensemble/law-errors.ts';
import type { Claim, PoolForm, PoolFormFit, PoolLaw, SingleLaw, Verdict } from '../../core/ensemble/types.ts';
import { inputOf, noise } from './pools.ts';

const data = ensembleData(inputOf(noise(2, 200, 1)));

const law = (floor: number): PoolLaw => ({
  points: [],
  reason: null,
  forms: (['power_floor', 'logarithm'] as const).map((form: PoolForm, i) => ({
    form,
    parameters: form === 'power_floor' ? { floor, scale: 1, exponent: 0.3 } : { level: 1, slope: 0.1 },
    intervals: {},
    family_intervals: null,
    held_out: 0.01 * (i + 1),
    rmse: 0.01,
    misfit: null,
  })),
});
const single: SingleLaw = { points: [], parameters: { floor: 0.7, scale: 1, exponent: 0.3 }, intervals: {} };

/** Every number at `value`, replicates and left-out models around it by `error`. */
function judged(value: number, error: number): JudgedNumbers {
  const at = (shift: number) =>
    new Map([
      ['power_law', value + shift],
      ['lower_floor', value + shift],
    ]);
  const around = (count: number) => Array.from({ length: count }, (_, i) => at(i % 2 === 0 ? error : -error));
  return {
    value: at(0),
    replicates: around(100),
    withoutOrders: [],
    withoutModels: around(8),
    withoutFamilies: [],
  };
}

function verdicts(value: number, error: number, noiseVerdict: Verdict, floor = 0.5): Claim[] {
  return claimsOf(law(floor), single, null, judged(value, error), data, noiseVerdict);
}

describe('verdicts on the claims', () => {
  it.each([
    [0.1, 0.01, 'confirmed'],
    [-0.1, 0.01, 'not confirmed'],
    [0.1, 0.1, 'cannot tell'],
  ] as const)('follow the interval of the difference: %f with error %f', (value, error, verdict) => {
    const [power, floor] = verdicts(value, error, 'confirmed');
    expect(power).toMatchObject({ claim: 'power_law', verdict });
    expect(floor).toMatchObject({ claim: 'lower_floor', verdict });
    expect(floor?.sentence).toContain('0.500 bits per byte, single models at 0.700');
  });

  it('are not given to what noise may have made, but what speaks against a claim stands', () => {
    for (const unsure of ['cannot tell', 'not confirmed'] as const) {
      expect(verdicts(0.1, 0.01, unsure).map(({ verdict }) => verdict)).toEqual(
        new Array(3).fill('cannot tell'),
      );
      expect(verdicts(-0.1, 0.01, unsure)[0]?.verdict).toBe('not confirmed');
    }
  });

  it('are not given to a floor that the data do not set', () => {
    const [, floor] = verdicts(0.1, 0.01, 'confirmed', 0);
    expect(floor).toMatchObject({ verdict: 'cannot tell', difference: null });
    expect(floor?.sentence).toContain('no floor for pools');
  });

  it('are not given to a law that misses a point by more than its error', () => {
    const misfit = { parameters: 2e9, residual: { value: 0.02, low: 0.01, high: 0.03 } };
    const fitted = law(0.5);
    const missing = { ...fitted, forms: fitted.forms.map((form) => ({ ...form, misfit })) };
    const [power, floor] = claimsOf(missing, single, null, judged(0.1, 0.01), data, 'confirmed');
    expect(power?.verdict).toBe('cannot tell');
    expect(power?.sentence).toContain('no law here fits: with 2.0B parameters');
    expect(floor).toMatchObject({ verdict: 'cannot tell', difference: null });
  });

  it('are not given to a floor that a model lies below, or of a law that is not the chosen one', () => {
    const below = { ...single, points: [{ name: 'a', parameters: 1e9, bits_per_byte: 0.65 }] };
    const claims = (of: PoolLaw, alone: SingleLaw) =>
      claimsOf(of, alone, null, judged(0.1, 0.01), data, 'confirmed');
    const [, undercut] = claims(law(0.5), below);
    expect(undercut).toMatchObject({ verdict: 'cannot tell', difference: null });
    expect(undercut?.sentence).toContain('1 single model lies below');
    const fitted = law(0.5);
    const rival = { ...fitted.forms[1], held_out: 0.01 } as PoolFormFit;
    const own = { ...fitted.forms[0], held_out: 0.02 } as PoolFormFit;
    const [, second] = claims({ ...fitted, forms: [rival, own] }, single);
    const [, tied] = claims({ ...fitted, forms: [rival, { ...own, held_out: 0.01 }] }, single);
    expect(tied?.sentence).toContain('as well as a law with a floor, both to 0.0100 bits per byte');
    expect(second).toMatchObject({ verdict: 'cannot tell', difference: null });
    expect(second?.sentence).toBe(
      'A logarithm foretells larger budgets better than a law with a floor, to 0.0100 bits per byte and not 0.0200: ' +
        'nothing here shows that pools level off.',
    );
  });

  it('need left-out models: without a value for one there is no interval', () => {
    const numbers = judged(0.1, 0.01);
    const lacking = { ...numbers, withoutModels: [...numbers.withoutModels, new Map<string, number>()] };
    const [power] = claimsOf(law(0.5), single, null, lacking, data, 'confirmed');
    expect(power).toMatchObject({ verdict: 'cannot tell', difference: { low: null, high: null } });
    expect(power?.sentence).toContain('0.144. How sure that is cannot be told: without some of the models');
  });

  it('that an interval leaves open say so', () => {
    const [power, floor] = verdicts(0.1, 0.1, 'confirmed');
    for (const claim of [power, floor])
      expect(claim?.sentence).toMatch(/\)\. Its interval holds zero: there may be none\.$/);
  });
});
