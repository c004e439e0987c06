import { describe, expect, it } from 'vitest';
import { ensembleData } from '../../core/ensemble/data.ts';
import { UNLIMITED } from '../../core/ensemble/limits.ts';
import { makeEnsembleReport } from '../../core/ensemble/make-report.ts';
import { beyondNoise, noiseSentence } from '../../core/ensemble/noise-sentence.ts';
import { nullGroups } from '../../core/ensemble/null-groups.ts';
import { routedByDomain } from '../../core/ensemble/routed.ts';
import { bitsPerByte } from '../../core/ensemble/rows.ts';
import type { Controls, EnsembleInput, NullGroup, Verdict } from '../../core/ensemble/types.ts';
import type { Losses } from '../../core/selection/measured.ts';
import { complementary, type Declared, domainsOf, inputOf, noise, retrained } from './pools.ts';

const reseeds = (pool: number, count: number): readonly Declared[] =>
  Array.from({ length: pool + count }, (_, m) => (m < pool ? {} : { nullOf: 'm0' }));

function judge(input: EnsembleInput, k = 2): { verdict: Verdict; nulls: readonly NullGroup[] } {
  const data = ensembleData(input);
  const rows = data.pool.map((m) => data.rows[m] as Losses);
  const nulls = nullGroups({ k, limit: UNLIMITED }, data, true);
  const { routed, gain } = routedByDomain(rows, data);
  const controls = {
    nulls,
    independence: null,
    routed: { bits_per_byte: bitsPerByte(routed, data, true), nats: 0, gain: bitsPerByte(gain, data, true) },
  };
  return { verdict: beyondNoise(controls as unknown as Controls), nulls };
}

const verdicts = (make: (seed: number) => EnsembleInput, count = 12) =>
  Array.from({ length: count }, (_, i) => judge(make(i + 1)).verdict);

describe('reseeds that differ persistently, in level and by domain,', () => {
  // Standard deviations in nats as between four runs of one model of the sample.
  const SAMPLE = { level: 1.28, domain: 1.21, own: 6.34 };

  it.each([
    ['as those of the sample, few samples', 360, SAMPLE],
    ['as those of the sample, many samples', 1800, SAMPLE],
    ['far more by domain', 900, { level: 0, domain: 3, own: 6 }],
    ['in one domain', 360, { level: 4, domain: 0, own: 10 }, 1],
    ['far more in level', 900, { level: 6, domain: 1, own: 6 }],
  ])('are not called collaboration: %s', (_, S, differ, D = 9) => {
    const found = verdicts((seed) =>
      inputOf(retrained(11, S, D, differ, 100 * seed), reseeds(8, 3), domainsOf(S, D)),
    );
    expect(found).not.toContain('confirmed');
  });

  it.each([2, 3, 5])('by %i domains as much as by sample, are so in one world of forty at most', (D) => {
    const differ = { level: 0, domain: 6, own: 6 };
    const found = verdicts(
      (seed) => inputOf(retrained(11, 360, D, differ, 1000 * seed), reseeds(8, 3), domainsOf(360, D)),
      120,
    );
    expect(found.filter((verdict) => verdict === 'confirmed').length).toBeLessThanOrEqual(3);
  });

  it('have more noise than their levels alone would show, which the interval allows for', () => {
    const input = inputOf(retrained(11, 900, 9, SAMPLE, 1), reseeds(8, 3), domainsOf(900, 9));
    const [group] = judge(input).nulls;
    expect(group).toMatchObject({ model: 'm0', kind: 'reseed', k: 2, weaker: null });
    expect(group?.members).toEqual(['m0', 'm8', 'm9', 'm10']);
    const { gain, pool } = group ?? {};
    expect(gain?.value).toBeGreaterThan(pool?.gain.value ?? Number.NaN);
    expect((gain?.high ?? 0) - (gain?.low ?? 0)).toBeGreaterThan(0.002);
  });
});

describe('what is declared', () => {
  const planted = (seed: number) => complementary(4, 240, 4, 10, seed);
  /** m0 with other noise of the size that all have there. */
  const again = (matrix: readonly (readonly number[])[], seed: number, size = 1) => {
    const S = matrix[0]?.length ?? 0;
    const other = noise(1, S, seed, 1)[0] ?? [];
    const none = noise(1, S, seed, 0)[0] ?? [];
    return (matrix[0] ?? []).map((value, s) => value + size * ((other[s] ?? 0) - (none[s] ?? 0)));
  };
  const withReseeds = (count: number, declared: Declared = {}) => {
    const matrix = planted(1);
    const runs = Array.from({ length: count }, (_, i) => again(matrix, 50 + i));
    return inputOf(
      [...matrix, ...runs],
      [{}, {}, {}, {}, ...runs.map(() => ({ nullOf: 'm0', ...declared }))],
    );
  };

  it('as three reseeds shows that planted complements are more than noise', () => {
    const { verdict, nulls } = judge(withReseeds(3));
    expect(verdict).toBe('confirmed');
    expect(nulls[0]?.excess?.value).toBeGreaterThan(nulls[0]?.gain.value ?? Number.NaN);
  });

  it('as reseeds shows it also where complements are domains, if these are at least five', () => {
    const found = (D: number) => {
      const matrix = complementary(4, 360, D, 10, 1);
      const runs = [60, 61, 62].map((seed) => again(matrix, seed));
      return judge(inputOf([...matrix, ...runs], reseeds(4, 3), domainsOf(360, D)));
    };
    expect(found(6).verdict).toBe('confirmed');
    const few = found(4);
    expect(few.verdict).toBe('cannot tell');
    expect(few.nulls[0]).toMatchObject({ routed_excess: null });
    expect(few.nulls[0]?.excess?.low).toBeGreaterThan(0);
  });

  it('as one or two reseeds gives no verdict', () => {
    for (const count of [1, 2]) expect(judge(withReseeds(count)).verdict).toBe('cannot tell');
  });

  it('as of another size than its original is refused', () => {
    const wrong = withReseeds(3, { parameters: 2e9 });
    expect(() => makeEnsembleReport(wrong, { stage: 'points' })).toThrow('which has other parameters');
  });

  it('as a quantisation never confirms', () => {
    const { verdict, nulls } = judge(withReseeds(3, { nullKind: 'quantisation' }));
    expect(nulls[0]?.kind).toBe('quantisation');
    expect(verdict).toBe('cannot tell');
    const runs = noise(6, 300, 3);
    const quantised = (runs[0] ?? []).map((value, s) => value + (s % 2 ? 0.5 : -0.5));
    const declared = [{}, {}, {}, {}, {}, {}, { nullOf: 'm0', nullKind: 'quantisation' }] as const;
    expect(judge(inputOf([...runs, quantised], declared)).verdict).toBe('cannot tell');
  });

  it('of a strong model says little of a pool with a weaker, noisier one', () => {
    const base = noise(1, 240, 1, 0)[0] ?? [];
    const with_ = (level: number, size: number, seed: number) =>
      (noise(1, 240, seed, size)[0] ?? []).map(
        (value, s) => value - (noise(1, 240, seed, 0)[0]?.[s] ?? 0) + level * (base[s] ?? 0),
      );
    const weak = [11, 12, 13].map((seed) => with_(1.2, 30, seed));
    const strong = [21, 22, 23, 24].map((seed) => with_(1, 1, seed));
    const [first, ...others] = strong;
    const input = inputOf([first ?? [], ...weak, ...others], reseeds(4, 3));
    const { verdict, nulls } = judge(input);
    expect(nulls[0]?.excess?.low).toBeGreaterThan(0);
    expect(nulls[0]?.weaker).toMatch(/^m[123]$/);
    expect(verdict).toBe('cannot tell');
  });

  it('is held against the recommended pool and said with both gains', () => {
    const report = makeEnsembleReport(withReseeds(3), { stage: 'complete' });
    expect(report.beyond_noise).toBe('confirmed');
    expect(report.sentence).toMatch(
      /Of the 0\.\d+ \(0\.\d+ to 0\.\d+\) that the best pool of 2 gains .*, noise as between 4 runs of m0 would give 0\.\d+ \(/,
    );
    expect(report.sentence).toContain('So part of the gain is more than noise.');
  });
});

it('the gain of a pool is over the best model within its limits, not over one that could not be served', () => {
  const matrix = complementary(4, 240, 4, 10, 1);
  const better = (matrix[0] ?? []).map((value) => value - 30);
  const sizes = [1e9, 1e9, 1e9, 1e9, 9e9];
  const input = inputOf(
    [...matrix, better, ...noise(3, 240, 5)],
    Array.from({ length: 8 }, (_, m) => ({
      parameters: sizes[m] ?? 1e9,
      ...(m > 4 ? { nullOf: 'm0' } : {}),
    })),
    { goal: { k: null, parameters: 2e9, memory: null } },
  );
  const { controls, goal } = makeEnsembleReport(input, { stage: 'points' });
  const [group] = controls.nulls;
  expect(group?.pool?.members).toEqual(goal?.members);
  expect(group?.pool?.gain.value).toBeGreaterThan(0);
});

describe('without reseeds', () => {
  it('the sentence says what routing keeps, and nothing of its being more than noise', () => {
    const report = makeEnsembleReport(inputOf(complementary(8, 240, 4, 10, 1), [], domainsOf(240, 4)), {
      stage: 'complete',
    });
    expect(report.controls.routed.gain.low).toBeGreaterThan(0.05);
    expect(report.beyond_noise).toBe('cannot tell');
    expect(report.sentence).toContain('by domain keeps');
    expect(report.sentence).toContain('3 reseeds of the pool');
    expect(report.sentence).not.toContain('noise cannot');
  });

  it('a conclusion is drawn also where some replicates gain nothing', () => {
    const open = { value: 2, low: null, high: null };
    const controls = {
      nulls: [],
      independence: { bins: 10, shuffles: 2, gain: 0.02, share: open },
      routed: { bits_per_byte: open, nats: 0, gain: open },
    } as unknown as Controls;
    const said = (complete: boolean) =>
      noiseSentence(
        { k: 3, gain: { value: 0.01, low: null, high: null } },
        controls,
        'cannot tell',
        complete,
      );
    expect(said(true)).toContain('does not tell');
    expect(said(false)).not.toContain('does not tell');
  });
});

describe('choosing by domain', () => {
  it('does not look at the only sample of a domain to choose for it', () => {
    const S = 402;
    const domainOf = Array.from({ length: S }, (_, s) => (s < 400 ? s % 2 : 2 + (s - 400)));
    const domains = ['a', 'b', 'c', 'd'].map((name) => ({ name, weight: null }));
    const data = ensembleData(inputOf(noise(8, S, 3), [], { domains, domainOf }));
    const rows = data.pool.map((m) => data.rows[m] as Losses);
    const alone = (row: Losses) => [2, 3].map((d) => row.nll[data.samples.start[d] as number]);
    const oracle = [0, 1].map((i) => Math.min(...rows.map((row) => alone(row)[i] as number)));
    const { routed } = routedByDomain(rows, data);
    expect(alone(routed)).not.toEqual(oracle);
    expect(rows.some((row) => alone(row)[0] === alone(routed)[0])).toBe(true);
  });
});
