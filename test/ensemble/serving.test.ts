import { describe, expect, it } from 'vitest';
import { compareServing, type PoolKind, type ServingAxis } from '../../core/ensemble/serving.ts';

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

  it('is on the axis of serving bytes, each with its best so far', () => {
    const { steps, sentence } = compared('bytes');
    expect(steps).toMatchObject([
      { cost: 2e9, merge: 0.9, oracle: 1, mixture: 1 },
      { cost: 4e9, merge: 0.9, oracle: 0.88, mixture: 0.95 },
      { cost: 8e9, merge: 0.9, oracle: 0.8, mixture: 0.89 },
    ]);
    expect(steps[1]?.against_oracle?.value).toBeCloseTo(0.02, 12);
    expect(steps[1]?.against_mixture?.value).toBeCloseTo(-0.05, 12);
    expect(sentence).toBe(
      'Merging against the ensemble with its mixture, in bits per byte: from 2.0 GB on merging is better (0.900 and ' +
        '1.000), by 0.100; from 8.0 GB on the ensemble is better (0.900 and 0.890), by 0.010. Merging against the ' +
        'ensemble with its oracle, which knows the best model of each sample, in bits per byte: from 2.0 GB on ' +
        'merging is better (0.900 and 1.000), by 0.100; from 4.0 GB on the ensemble is better (0.900 and 0.880), ' +
        'by 0.020.',
    );
  });

  it('is not judged where the interval of the difference holds zero', () => {
    const { sentence } = compared('bytes', 0.03);
    expect(sentence).toContain(
      'with its mixture, in bits per byte: from 2.0 GB on merging is better (0.900 and 1.000), by 0.100 (0.070 to ' +
        '0.130); from 8.0 GB on neither is surely better (0.900 and 0.890), by +0.010 (−0.020 to +0.040).',
    );
    expect(sentence).toContain(
      'from 8.0 GB on the ensemble is better (0.900 and 0.800), by 0.100 (0.070 to 0.130).',
    );
  });

  it('is on the axis of FLOPs too', () => {
    const { steps, sentence } = compared('flops');
    expect(steps.map(({ cost }) => cost)).toEqual([3e9, 6e9, 12e9]);
    expect(sentence).toContain('FLOPs per token');
  });

  it('says where one side is missing, and refuses what is no number', () => {
    expect(compareServing(merges, [], 'bytes', within(null)).sentence).toContain('nothing to compare');
    expect(compareServing([], [], 'bytes', within(null)).steps).toEqual([]);
    expect(() => compareServing([merge(1, Number.NaN)], pools, 'bytes', within(null))).toThrow(/k = 1/);
  });

  it('begins where both can be had', () => {
    const large = merges.map((point) => ({ ...point, servingBytes: 5e9 }));
    const { steps, sentence } = compareServing(large, pools, 'bytes', within(null));
    expect(steps[0]).toMatchObject({ cost: 2e9, merge: null, oracle: 1, mixture: 1, against_oracle: null });
    expect(sentence).toContain('from 5.0 GB on');
  });
});
