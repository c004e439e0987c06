import { describe, expect, it } from 'vitest';
import { rankAgreement } from '../../core/downstream/rank-agreement.ts';
import { kendall, midRanks, spearman } from '../../core/downstream/rank-correlation.ts';
import { seededRandom } from '../../core/law/random.ts';
import { accuracy, perplexity } from './metrics.ts';

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
  });
});

describe('agreement of loss and score', () => {
  /** Each model is right on its share of 200 items, the same ones first. */
  const models = (shares: readonly number[], items = 200) =>
    shares.map((share, i) => ({
      loss: 3 - i / 10,
      metric: accuracy(Array.from({ length: items }, (_, item) => Number(item < share * items))),
    }));
  const rising = (n: number) => Array.from({ length: n }, (_, i) => 0.2 + (0.6 * i) / n);

  it('is 1 where lower loss is a better score, and is surely so', () => {
    const found = rankAgreement(models(rising(12)), 3);
    expect(found?.spearman).toMatchObject({ value: 1 });
    expect(found?.spearman.low).toBeGreaterThan(0.8);
    expect(found?.spearman.low).toBeLessThan(0.97);
    expect(rankAgreement(models(rising(12).reverse()), 3)?.kendall.value).toBe(-1);
  });

  it('turns with a score that is better when it is lower', () => {
    const lower = Array.from({ length: 10 }, (_, i) => ({
      loss: 3 - i / 10,
      metric: perplexity(Array.from({ length: 30 }, (__, item) => -4 + i / 5 - (item % 4) / 10)),
    }));
    expect(rankAgreement(lower, 0)?.spearman.value).toBe(1);
    expect(rankAgreement(lower, 0)?.spearman.low).toBeGreaterThan(0.7);
  });

  it('of models of which none is better holds nothing, though they fail alike', () => {
    let open = 0;
    for (let seed = 0; seed < 12; seed++) {
      const random = seededRandom(seed);
      // Half of the models share one weakness, half another: they agree by chance, in groups.
      const weak = [0, 1].map(() => Array.from({ length: 60 }, () => random.uniform()));
      const groups = Array.from({ length: 12 }, (_, i) => ({
        loss: 3 - i / 10,
        metric: accuracy((weak[i % 2] ?? []).map((at) => Number(at + random.normal() / 5 < 0.6))),
      }));
      const found = rankAgreement(groups, seed)?.kendall;
      open += Number((found?.low ?? 0) <= 0 && (found?.high ?? 0) >= 0);
    }
    expect(open).toBeGreaterThanOrEqual(11);
  });

  it('holds the rank correlation of a population from which few models are drawn', () => {
    const random = seededRandom(11);
    for (const [r, n] of [
      [0, 8],
      [0.9, 8],
      [0.5, 14],
    ] as const) {
      const truth = (6 / Math.PI) * Math.asin(r / 2);
      let held = 0;
      for (let seed = 0; seed < 100; seed++) {
        const drawn = Array.from({ length: n }, () => {
          const low = random.normal();
          const value = r * low + Math.sqrt(1 - r * r) * random.normal();
          return {
            loss: -low,
            metric: accuracy([0], { value, numerators: null, weights: null, form: null }),
          };
        });
        const found = rankAgreement(drawn, seed)?.spearman;
        held += Number((found?.low ?? 1) <= truth && truth <= (found?.high ?? -1));
      }
      expect(held).toBeGreaterThanOrEqual(92);
    }
  });

  it('has no interval over fewer than eight models, and none without variation', () => {
    expect(rankAgreement(models([0.1, 0.2, 0.4, 0.3]), 0)?.spearman).toEqual({
      value: 0.8,
      low: null,
      high: null,
    });
    expect(rankAgreement(models([0.5, 0.5, 0.5]), 0)).toBeNull();
    expect(rankAgreement(models([0.5, 0.6]), 0)).toBeNull();
  });

  it('is the same every time', () => {
    expect(rankAgreement(models(rising(9)), 9)).toEqual(rankAgreement(models(rising(9)), 9));
  });
});
