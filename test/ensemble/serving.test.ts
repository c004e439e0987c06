import { describe, expect, it } from 'vitest';
import { compareServing } from '../../core/ensemble/serving.ts';

const merge = (k: number, bitsPerByte: number) => ({ k, servingBytes: 2e9, flopsPerToken: 3e9, bitsPerByte });
const pool = (k: number, bitsPerByte: number, mixture: number) => ({
  k,
  servingBytes: 2e9 * k,
  flopsPerToken: 3e9 * k,
  bitsPerByte,
  mixture,
});

describe('merging against ensembling', () => {
  const merges = [merge(1, 1), merge(3, 0.9), merge(5, 0.92)];
  const pools = [pool(1, 1, 1), pool(2, 0.88, 0.95), pool(4, 0.8, 0.89)];

  it('is on the axis of serving bytes, each with its best so far', () => {
    const { steps, sentence } = compareServing(merges, pools, 'bytes');
    expect(steps).toEqual([
      { cost: 2e9, merge: 0.9, oracle: 1, mixture: 1 },
      { cost: 4e9, merge: 0.9, oracle: 0.88, mixture: 0.95 },
      { cost: 8e9, merge: 0.9, oracle: 0.8, mixture: 0.89 },
    ]);
    expect(sentence).toBe(
      'Merging against the ensemble with its mixture, in bits per byte: from 2.0 GB on merging is better (0.900 and ' +
        '1.000), from 8.0 GB on the ensemble is better (0.900 and 0.890). Merging against the ensemble with its ' +
        'oracle, which knows the best model of each sample, in bits per byte: from 2.0 GB on merging is better (0.900 ' +
        'and 1.000), from 4.0 GB on the ensemble is better (0.900 and 0.880).',
    );
  });

  it('is on the axis of FLOPs too', () => {
    const { steps, sentence } = compareServing(merges, pools, 'flops');
    expect(steps.map(({ cost }) => cost)).toEqual([3e9, 6e9, 12e9]);
    expect(sentence).toContain('FLOPs per token');
  });

  it('says where one side is missing, and refuses what is no number', () => {
    expect(compareServing(merges, [], 'bytes').sentence).toContain('nothing to compare');
    expect(compareServing([], [], 'bytes').steps).toEqual([]);
    expect(() => compareServing([merge(1, Number.NaN)], pools, 'bytes')).toThrow(/k = 1/);
  });

  it('begins where both can be had', () => {
    const large = merges.map((point) => ({ ...point, servingBytes: 5e9 }));
    const { steps, sentence } = compareServing(large, pools, 'bytes');
    expect(steps[0]).toEqual({ cost: 2e9, merge: null, oracle: 1, mixture: 1 });
    expect(sentence).toContain('from 5.0 GB on');
  });
});
