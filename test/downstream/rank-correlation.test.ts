import { describe, expect, it } from 'vitest';
import { kendall, midRanks, rankAgreement, spearman } from '../../core/downstream/rank-correlation.ts';

describe('rank correlation', () => {
  it('is 1 for the same order, −1 for the reverse, whatever the distances', () => {
    const x = [1, 2, 3, 4];
    expect([spearman(x, [1, 10, 11, 1000]), kendall(x, [1, 10, 11, 1000])]).toEqual([1, 1]);
    expect([spearman(x, [9, 3, 2, 1]), kendall(x, [9, 3, 2, 1])]).toEqual([-1, -1]);
  });

  it('without ties follows the textbook formulas', () => {
    const x = [1, 2, 3, 4, 5];
    const y = [2, 1, 4, 3, 5];
    expect(spearman(x, y)).toBeCloseTo(1 - (6 * 4) / (5 * 24), 12);
    expect(kendall(x, y)).toBeCloseTo((8 - 2) / 10, 12);
  });

  it('gives ties the mean of their ranks, and Kendall leaves out tied pairs', () => {
    expect(midRanks([3, 1, 3, 2])).toEqual([3.5, 1, 3.5, 2]);
    const x = [1, 2, 2, 3];
    const y = [1, 2, 3, 4];
    expect(kendall(x, y)).toBeCloseTo(5 / Math.sqrt(5 * 6), 12);
    expect(spearman(x, y)).toBeCloseTo(4.5 / Math.sqrt(4.5 * 5), 12);
  });

  it('of a side that does not vary is nothing', () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(rankAgreement([1, 2, 3], [5, 5, 5], 0)).toBeNull();
    expect(rankAgreement([1, 2], [1, 2], 0)).toBeNull();
  });

  it('has no interval over fewer than five models', () => {
    expect(rankAgreement([1, 2, 3, 4], [1, 2, 4, 3], 0)?.spearman).toEqual({
      value: 0.8,
      low: null,
      high: null,
    });
  });

  it('has an interval that is the same every time and narrows with more models', () => {
    const noisy = (n: number) => Array.from({ length: n }, (_, i) => i + (i % 3) * 4);
    const plain = (n: number) => Array.from({ length: n }, (_, i) => i);
    const few = rankAgreement(plain(12), noisy(12), 7);
    expect(rankAgreement(plain(12), noisy(12), 7)).toEqual(few);
    const many = rankAgreement(plain(60), noisy(60), 7);
    const width = (found: typeof few) => (found?.kendall.high ?? 9) - (found?.kendall.low ?? 0);
    expect(width(few)).toBeGreaterThan(0);
    expect(width(many)).toBeLessThan(width(few));
  });
});
