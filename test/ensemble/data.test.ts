import { describe, expect, it } from 'vitest';
import { checkInput } from '../../core/ensemble/check-input.ts';
import { ensembleData } from '../../core/ensemble/data.ts';
import { mixtureOf } from '../../core/ensemble/mixture.ts';
import { oracleOf } from '../../core/ensemble/rows.ts';
import { ProblemError } from '../../core/problem.ts';
import { inputOf, noise } from './pools.ts';

describe('the common samples', () => {
  it('leave out for all what any model misses or cannot take, and count both', () => {
    const matrix = noise(3, 12, 1);
    (matrix[0] as number[])[2] = Number.NaN;
    (matrix[1] as number[])[2] = Number.NaN;
    (matrix[1] as number[])[5] = Number.NaN;
    const input = inputOf(matrix, [{}, { overlong: [5] }, { overlong: [7] }], {
      domains: [
        { name: 'a', weight: 3 },
        { name: 'b', weight: 1 },
      ],
      domainOf: Array.from({ length: 12 }, (_, s) => s % 2),
      bytes: Array.from({ length: 12 }, (_, s) => 100 + s),
    });
    const { count, samples, rows } = ensembleData(input);
    expect(count).toMatchObject({ total: 12, used: 9, missing: 1, overlong: 2 });
    expect(count.domains).toEqual([
      { name: 'a', used: 5, excluded: 1, bytes: 528, weight: 0.75 },
      { name: 'b', used: 4, excluded: 2, bytes: 424, weight: 0.25 },
    ]);
    expect([...samples.tokens]).toEqual([100, 104, 106, 108, 110, 101, 103, 109, 111]);
    for (const [m, row] of rows.entries())
      expect([...row.nll]).toEqual([0, 4, 6, 8, 10, 1, 3, 9, 11].map((s) => matrix[m]?.[s]));
  });

  it('do not depend on an empty domain, which is warned of', () => {
    const input = inputOf(noise(2, 4, 1), [], {
      domains: [
        { name: 'here', weight: 1 },
        { name: 'gone', weight: 5 },
      ],
    });
    const { count, warnings, weights } = ensembleData(input);
    expect(count.domains.map(({ weight }) => weight)).toEqual([1, 0]);
    expect([...weights]).toEqual([1]);
    expect(warnings.map(({ code }) => code)).toEqual(['domain_without_samples']);
  });

  it('name the model that takes many from all others', () => {
    const matrix = noise(4, 200, 1);
    for (let s = 0; s < 190; s++) (matrix[2] as number[])[s] = Number.NaN;
    const overlong = Array.from({ length: 180 }, (_, s) => s);
    const [warning] = ensembleData(inputOf(matrix, [{}, {}, { overlong }])).warnings;
    expect(warning?.code).toBe('model_lacks_samples');
    expect(warning?.message).toBe(
      'm2 has no loss for 190 of 200 samples, 180 of them too long for it: they are left out for every model. Leave it out, or lower `max_bytes`, and the others are compared on more.',
    );
    expect(ensembleData(inputOf(noise(4, 200, 1))).warnings).toEqual([]);
  });

  it('are refused by name where there are none', () => {
    const matrix = noise(2, 3, 1);
    matrix[1] = [Number.NaN, Number.NaN, Number.NaN];
    expect(() => ensembleData(inputOf(matrix))).toThrow(/m1 lacks 3/);
  });
});

describe('wrong input', () => {
  const good = noise(2, 3, 1);
  it.each([
    ['a negative loss', inputOf([[1, -2, 3]]), /m0 has a loss of -2 nats on sample 1/],
    ['an infinite loss', inputOf([[1, Number.POSITIVE_INFINITY, 3]]), /m0 has a loss of Infinity/],
    ['no bytes', inputOf(good, [], { bytes: [100, 0, 100] }), /Sample 1 has 0 scored bytes/],
    ['an unknown domain', inputOf(good, [], { domainOf: [0, 1, 0] }), /Sample 1 is of domain 1/],
    [
      'a short row',
      inputOf([
        [1, 2, 3],
        [1, 2],
      ]),
      /m1 has 2 losses for 3 samples/,
    ],
    ['no size', inputOf(good, [{ parameters: 0 }]), /m0 has 0 parameters/],
    ['an unknown original', inputOf(good, [{ nullOf: 'x' }]), /m0 is declared .* of x, which is not there/],
    [
      'a chain of nulls',
      inputOf(noise(3, 3, 1), [{}, { nullOf: 'm0' }, { nullOf: 'm1' }]),
      /m1, which is itself/,
    ],
    [
      'a limit of zero',
      inputOf(good, [], { goal: { k: 0, parameters: null, memory: null } }),
      /limit of k is 0/,
    ],
    ['an overlong sample outside', inputOf(good, [{ overlong: [3] }]), /calls sample 3 overlong/],
    ['no model', inputOf([]), /There is no model/],
  ])('is named: %s', (_, input, message) => {
    expect(() => checkInput(input)).toThrow(message);
    expect(() => checkInput(input)).toThrow(ProblemError);
  });
});

describe('the uniform mixture', () => {
  it('lies between the oracle and ln K above it, sample by sample', () => {
    for (let M = 1; M <= 8; M++) {
      const rows = noise(M, 200, M, 3).map((row) => ({
        nll: Float64Array.from(row, (value) => value * 20),
        domains: new Float64Array(0),
      }));
      const [oracle, mixture] = [oracleOf(rows), mixtureOf(rows)];
      for (const [s, value] of mixture.entries()) {
        expect(value - (oracle[s] ?? Number.NaN)).toBeGreaterThanOrEqual(-1e-9);
        expect(value - (oracle[s] ?? Number.NaN)).toBeLessThanOrEqual(Math.log(M) + 1e-9);
      }
    }
  });

  it('is ln K above the oracle where one model alone is good, and at it where all are the same', () => {
    const rowOf = (value: number) => ({ nll: Float64Array.of(value), domains: new Float64Array(0) });
    expect(mixtureOf([rowOf(1), rowOf(1e4), rowOf(1e4)])[0]).toBeCloseTo(1 + Math.log(3), 12);
    expect(mixtureOf([rowOf(5), rowOf(5)])[0]).toBeCloseTo(5, 12);
  });
});
