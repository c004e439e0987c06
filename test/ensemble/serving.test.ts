import { describe, expect, it } from 'vitest';
import { compareServing, type PoolKind, type ServingAxis } from '../../core/ensemble/serving.ts';
import { servingSentences } from '../../core/ensemble/serving-sentence.ts';

const merge = (k: number, bitsPerByte: number) => ({ k, servingBytes: 2e9, flopsPerToken: 3e9, bitsPerByte });
const pool = (k: number, bitsPerByte: number, mixture: number) => ({
  k,
  servingBytes: 2e9 * k,
  flopsPerToken: 3e9 * k,
  bitsPerByte,
  mixture,
});
type Pool = ReturnType<typeof pool>;

/** Differences of the values, with ends this far away; null for no ends. */
const within =
  (half: number | null) =>
  ({ bitsPerByte }: ReturnType<typeof merge>, pool: Pool, kind: PoolKind) => {
    const value = bitsPerByte - (kind === 'oracle' ? pool.bitsPerByte : pool.mixture);
    const end = (sign: number) => (half === null ? null : value + sign * half);
    return { value, low: end(-1), high: end(1) };
  };

describe('merging against ensembling', () => {
  const merges = [merge(1, 1), merge(3, 0.9), merge(5, 0.92)];
  const pools = [pool(1, 1, 1), pool(2, 0.88, 0.95), pool(4, 0.8, 0.89)];

  const compared = (axis: ServingAxis, half: number | null = null) =>
    compareServing(merges, pools, axis, within(half));
  const said = (half: number | null = null) =>
    servingSentences(compared('bytes', half), compared('flops', half));

  it('is on the axis of serving bytes, each with its best so far', () => {
    const { steps } = compared('bytes');
    expect(steps).toMatchObject([
      { cost: 2e9, merge: 0.9, oracle: 1, mixture: 1 },
      { cost: 4e9, merge: 0.9, oracle: 0.88, mixture: 0.95 },
      { cost: 8e9, merge: 0.9, oracle: 0.8, mixture: 0.89 },
    ]);
    expect(steps[1]?.against_oracle?.value).toBeCloseTo(0.02, 12);
    expect(steps[1]?.against_mixture?.value).toBeCloseTo(-0.05, 12);
  });

  it('is said once where memory and computation grow together', () => {
    expect(said()).toEqual([
      'Merging against the ensemble with its mixture, in bits per byte: from 2.0 GB (3.0 GFLOPs per token) on merging ' +
        'is better (0.900 and 1.000), by 0.100; from 8.0 GB (12.0 GFLOPs per token) on the ensemble is better (0.900 ' +
        'and 0.890), by 0.010.',
      'Merging against the ensemble with its oracle, which knows the best model of each sample, in bits per byte: ' +
        'from 2.0 GB (3.0 GFLOPs per token) on merging is better (0.900 and 1.000), by 0.100; from 4.0 GB (6.0 ' +
        'GFLOPs per token) on the ensemble is better (0.900 and 0.880), by 0.020.',
    ]);
  });

  it('is said of each where they do not', () => {
    const light = pools.map((own) => (own.k === 2 ? { ...own, flopsPerToken: 1e9 } : own));
    const along = (axis: ServingAxis) => compareServing(merges, light, axis, within(null));
    expect(servingSentences(along('bytes'), along('flops')).map((text) => text.split(':')[0])).toEqual([
      'Merging against the ensemble with its mixture, in bits per byte, by the memory of weights',
      'Merging against the ensemble with its mixture, in bits per byte, by what a token costs',
      'Merging against the ensemble with its oracle, which knows the best model of each sample, in bits per byte, by the memory of weights',
      'Merging against the ensemble with its oracle, which knows the best model of each sample, in bits per byte, by what a token costs',
    ]);
  });

  it('is not judged where the interval of the difference holds zero', () => {
    const text = said(0.03).join(' ');
    expect(text).toContain(
      'on merging is better (0.900 and 1.000), by 0.100 (0.070 to 0.130); from 8.0 GB (12.0 GFLOPs per token) on ' +
        'neither is surely better (0.900 and 0.890), by +0.010 (−0.020 to +0.040).',
    );
    expect(text).toContain('on the ensemble is better (0.900 and 0.800), by 0.100 (0.070 to 0.130).');
  });

  it('is on the axis of FLOPs too', () => {
    expect(compared('flops').steps.map(({ cost }) => cost)).toEqual([3e9, 6e9, 12e9]);
  });

  it('says where one side is missing, and refuses what is no number', () => {
    const alone = compareServing(merges, [], 'bytes', within(null));
    expect(servingSentences(alone, alone)).toEqual([expect.stringContaining('nothing to compare')]);
    expect(compareServing([], [], 'bytes', within(null)).steps).toEqual([]);
    expect(() => compareServing([merge(1, Number.NaN)], pools, 'bytes', within(null))).toThrow(/k = 1/);
  });

  it('begins where both can be had', () => {
    const large = merges.map((point) => ({ ...point, servingBytes: 5e9 }));
    const found = compareServing(large, pools, 'bytes', within(null));
    expect(found.steps[0]).toMatchObject({
      cost: 2e9,
      merge: null,
      oracle: 1,
      mixture: 1,
      against_oracle: null,
    });
    expect(servingSentences(found, found)[0]).toContain('from 5.0 GB (');
  });
});
