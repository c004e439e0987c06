import { describe, expect, it } from 'vitest';
import { makeEnsembleReport } from '../../core/ensemble/make-report.ts';
import type { EnsembleInput, EnsembleReport } from '../../core/ensemble/types.ts';
import { Cancelled } from '../../core/law/cancelled.ts';
import { complementary, domainsOf, inputOf, noise } from './pools.ts';

const complete = (input: EnsembleInput) => makeEnsembleReport(input, { stage: 'complete' });

/** Every number within a value, with its path. */
function numbersIn(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => numbersIn(inner, `${path}.${key}`));
}

function expectFinite(report: EnsembleReport): void {
  expect(numbersIn(report).filter(([, value]) => !Number.isFinite(value))).toEqual([]);
}

describe('reseeds of one model', () => {
  it.each([1, 2, 3, 4, 5, 6])('are not called collaboration, however fine their curve (seed %i)', (seed) => {
    const report = complete(inputOf(noise(8, 200, seed), [], domainsOf(200, 4)));
    const gains = report.oracle.map(({ gain }) => gain.value);
    expect(gains.at(-1)).toBeGreaterThan(0.1);
    expect(report.beyond_noise).not.toBe('confirmed');
    expect(report.sentence).not.toContain('more than noise.');
    expect(report.controls.independence?.share.value).toBeGreaterThan(0.9);
  });

  it('declared as such show how little a pool of them is worth', () => {
    const nulls = noise(6, 200, 3).map((row) => row);
    const report = complete(
      inputOf(nulls, [{}, {}, {}, {}, { nullOf: 'm0' }, { nullOf: 'm0' }], domainsOf(200, 1)),
    );
    expect(report.pool).toEqual(['m0', 'm1', 'm2', 'm3']);
    expect(report.oracle).toHaveLength(4);
    const [group] = report.controls.nulls;
    expect(group).toMatchObject({ model: 'm0', kind: 'reseed', members: ['m0', 'm4', 'm5'], k: 2 });
    expect(report.beyond_noise).not.toBe('confirmed');
  });
});

describe('planted complementary models', () => {
  it('are in the best pool', () => {
    const report = complete(inputOf(complementary(8, 240, 4, 10, 1), [], domainsOf(240, 4)));
    const kinds = report.best_pools[3]?.members.map((name) => Number(name.slice(1)) % 4);
    expect(kinds?.toSorted()).toEqual([0, 1, 2, 3]);
  });

  it('beat their mixture, which beats every one of them', () => {
    const report = complete(inputOf(complementary(4, 240, 4, 10, 1)));
    const oracle = report.oracle.at(-1)?.bits_per_byte.value ?? 0;
    const mixture = report.controls.mixture.bits_per_byte.value;
    expect(mixture).toBeGreaterThan(oracle);
    expect(mixture).toBeLessThan(oracle + Math.log2(4) / 100 + 1e-12);
    for (const { bits_per_byte } of report.models) expect(mixture).toBeLessThan(bits_per_byte.value);
  });
});

describe('the report of an ensemble', () => {
  it('has points first, and the same ones when it is complete', () => {
    const input = inputOf(noise(5, 60, 2), [], domainsOf(60, 3));
    const points = makeEnsembleReport(input, { stage: 'points' });
    const whole = complete(input);
    const values = ({ oracle, models }: EnsembleReport) =>
      [...oracle, ...models].map(({ bits_per_byte, nats }) => [
        bits_per_byte.value.toFixed(12),
        nats.toFixed(10),
      ]);
    expect(values(points)).toEqual(values(whole));
    expect(points.study).toBeNull();
    expect(points.oracle.every(({ bits_per_byte }) => bits_per_byte.low === null)).toBe(true);
    for (const {
      bits_per_byte: { low, value, high },
    } of whole.oracle) {
      expect(low ?? Number.NaN).toBeLessThan(value);
      expect(high ?? Number.NaN).toBeGreaterThan(value);
    }
  });

  it('has the same digits again, and ends when asked', () => {
    const input = inputOf(noise(5, 60, 2), [], domainsOf(60, 3));
    expect(complete(input)).toEqual(complete(input));
    expect(() => makeEnsembleReport(input, { stage: 'complete', cancelled: () => true })).toThrow(Cancelled);
  });

  it('counts what it leaves out, and uses nothing of it', () => {
    const matrix = noise(3, 40, 5);
    const spoiled = matrix.map((row, m) => row.map((value, s) => (s === 7 && m === 1 ? Number.NaN : value)));
    const report = complete(inputOf(spoiled, [{}, {}, { overlong: [9] }]));
    expect(report.samples).toMatchObject({ total: 40, used: 38, missing: 1, overlong: 1 });
    const kept = matrix.map((row) => row.filter((_, s) => s !== 7 && s !== 9));
    const same = complete(inputOf(kept));
    expect(report.oracle.map(({ bits_per_byte }) => bits_per_byte.value)).toEqual(
      same.oracle.map(({ bits_per_byte }) => bits_per_byte.value),
    );
  });

  it('has bits per byte over domains and nats per sample', () => {
    const report = complete(
      inputOf([[100, 200, 50]], [], {
        domains: [
          { name: 'a', weight: 1 },
          { name: 'b', weight: 3 },
        ],
        domainOf: [0, 0, 1],
        bytes: [100, 300, 100],
      }),
    );
    expect(report.models[0]?.domains[0]).toBeCloseTo(300 / 400 / Math.LN2, 12);
    expect(report.models[0]?.bits_per_byte.value).toBeCloseTo((0.25 * 0.75 + 0.75 * 0.5) / Math.LN2, 12);
    expect(report.models[0]?.nats).toBeCloseTo(0.25 * 150 + 0.75 * 50, 12);
    // A domain of one sample tells nothing of its error.
    expect(report.models[0]?.bits_per_byte.low).toBeNull();
  });

  it('shuffles without changing any model', () => {
    const report = complete(inputOf(noise(6, 90, 4), [], domainsOf(90, 3)));
    expect(Math.abs(report.oracle[0]?.independent_gain ?? 1)).toBeLessThan(1e-12);
    expect(report.oracle[0]?.gain.value).toBeCloseTo(0, 12);
  });

  it('reports averaged logits beside oracle and mixture of the same models', () => {
    const matrix = noise(3, 60, 4);
    const nll = Float64Array.from(matrix[0] ?? [], (value) => value - 5);
    const report = complete(inputOf(matrix, [], { averagedLogits: [{ members: ['m0', 'm2'], nll }] }));
    const [averaged] = report.controls.averaged_logits;
    expect(averaged?.members).toEqual(['m0', 'm2']);
    expect(averaged?.bits_per_byte.value).toBeCloseTo(
      (report.models[0]?.bits_per_byte.value ?? 0) - 5 / 100 / Math.LN2,
      12,
    );
    expect(averaged?.oracle).toBeLessThan(averaged?.mixture ?? 0);
  });

  it('keeps the asked limits, and says so where none can', () => {
    const sizes = [1e9, 2e9, 3e9, 4e9].map((parameters) => ({ parameters }));
    const goal = { k: 2, parameters: 5e9, memory: null };
    const report = complete(inputOf(noise(4, 60, 1), sizes, { goal }));
    expect(report.goal?.members).toHaveLength(2);
    expect(report.goal?.parameters).toBeLessThanOrEqual(5e9);
    expect(report.goal?.tied?.pools).toContainEqual(report.goal?.members);
    const none = complete(
      inputOf(noise(4, 60, 1), sizes, { goal: { k: null, parameters: 1e6, memory: null } }),
    );
    expect(none.goal).toBeNull();
    expect(none.warnings).toContainEqual({
      code: 'no_pool_within_limit',
      message:
        'No model is within the limits that `pool` sets (1.0M parameters): the smallest, m0, takes 1.0B parameters.',
    });
  });

  it('says what can be had within the limits: the pool that mixes best, on samples that it was not chosen on', () => {
    const matrix = complementary(6, 240, 2, 10, 1).map((row, m) =>
      row.map((value) => value + (m < 2 ? 0 : 1.5)),
    );
    const { goal, models } = complete(
      inputOf(matrix, [], { goal: { k: 4, parameters: null, memory: null } }),
    );
    // The dull ones lower the oracle a little, and spoil every mixture.
    expect(goal?.members.length).toBeGreaterThan(2);
    expect(goal?.served?.members).toEqual(['m0', 'm1']);
    const single = models.find(({ name }) => name === goal?.served?.single)?.bits_per_byte.value ?? 0;
    expect(goal?.served?.gain.value).toBeCloseTo(single - (goal?.served?.mixed.value ?? 0), 12);
    expect(goal?.served?.gain.low).toBeGreaterThan(0);
  });

  it.each([
    ['one model', inputOf(noise(1, 30, 1))],
    ['two models', inputOf(noise(2, 30, 1))],
    ['one sample', inputOf(noise(4, 1, 1))],
    ['three samples', inputOf(noise(4, 3, 1), [], domainsOf(3, 3))],
    ['copies', inputOf(new Array(5).fill(noise(1, 30, 1)[0]))],
    ['losses of zero', inputOf(new Array(3).fill(new Array(20).fill(0)))],
    ['enormous losses', inputOf(noise(4, 30, 1).map((row) => row.map((value) => value * 1e12)))],
    [
      'families of one',
      inputOf(
        noise(7, 50, 1),
        Array.from({ length: 7 }, (_, m) => ({ family: `f${m}`, parameters: 1e9 * (m + 1) })),
      ),
    ],
  ])('has no number that is none: %s', (_, input) => {
    expectFinite(complete(input));
    expectFinite(makeEnsembleReport(input, { stage: 'points' }));
  });

  it('has more models than can be enumerated', () => {
    const report = complete(inputOf(noise(24, 80, 1)));
    expectFinite(report);
    for (const { bound, bits_per_byte } of report.best_pools)
      expect(bound).toBeLessThanOrEqual(bits_per_byte.value);
    expect(report.diversity?.pairs).toHaveLength((24 * 23) / 2);
  });
});
