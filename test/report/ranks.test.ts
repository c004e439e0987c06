import { describe, expect, it } from 'vitest';
import { rankMethods } from '../../core/report/ranks.ts';

/** Losses at the one k where all are measured. */
const same = (losses: readonly number[]) => (own: number, other: number) =>
  (losses[own] as number) - (losses[other] as number);

describe('ranks of methods', () => {
  it('follow the differences beside them, not the losses at other k', () => {
    // At their own k the second loses less than the third; on the same subsets it is the other way round.
    const ranked = rankMethods([2.2, 2.205, 2.206], same([2.2, 2.2106, 2.2094]));
    expect(ranked).toEqual({ best: 0, at: 0, ranks: [1, 3, 2] });
  });

  it('put first what is best where all are compared', () => {
    expect(rankMethods([2.2, 2.204, 2.3], same([2.2, 2.198, 2.3]))).toEqual({
      best: 1,
      at: 0,
      ranks: [2, 1, 3],
    });
  });

  it('go by losses where no subset is shared, share a place at equal losses, and leave methods out', () => {
    expect(rankMethods([2.3, 2.2, 2.25], () => null).ranks).toEqual([3, 1, 2]);
    expect(rankMethods([2.2, null, 2.2, 2.3], same([2.2, 2.1, 2.2, 2.3])).ranks).toEqual([1, null, 1, 3]);
    expect(rankMethods([null], () => null)).toEqual({ best: null, at: null, ranks: [null] });
  });
});
