import { describe, expect, it } from 'vitest';
import { difference, scoreOf, standardError } from '../../core/downstream/task-score.ts';
import { seededRandom } from '../../core/law/random.ts';
import { accuracy, perplexity } from './metrics.ts';

const hits = [1, 0, 1, 1, 0, 1, 1, 0, 1, 1];

describe('the standard error of a score', () => {
  it('of a share is that of a mean: s/√n', () => {
    const mean = 0.7;
    const s = Math.sqrt(hits.reduce((sum, hit) => sum + (hit - mean) ** 2, 0) / 9);
    expect(standardError(accuracy(hits))).toBeCloseTo(s / Math.sqrt(10), 12);
  });

  it('of a perplexity is that of its exponent times the perplexity', () => {
    const values = [-3, -5, -4, -6.5, -2];
    const own = standardError(accuracy(values)) ?? 0;
    expect(standardError(perplexity(values))).toBeCloseTo(own * Math.exp(4.1), 9);
  });

  it("is the harness's own where the items do not say", () => {
    const whole = accuracy(hits, { form: null, numerators: null, weights: null, stderr: 0.12 });
    expect(standardError(whole)).toBe(0.12);
    expect(scoreOf({ ...whole, stderr: null })).toEqual({ value: 0.7, low: null, high: null });
  });

  it('is not known of one item', () => {
    expect(standardError(accuracy([1]))).toBeNull();
  });

  it('counts items by their weights', () => {
    const bits = accuracy([-10, -30], {
      form: 'bits',
      value: 40 / 60 / Math.LN2,
      weights: Float32Array.of(20, 40),
    });
    // r = −2/3; x − r·w = 10/3 and −10/3; √(n/(n−1)) = √2.
    expect(standardError(bits)).toBeCloseTo((Math.SQRT2 * Math.hypot(10 / 3, 10 / 3)) / 60 / Math.LN2, 9);
  });
});

describe('a difference', () => {
  it('of models that agree on every item has no error', () => {
    expect(difference(accuracy(hits), accuracy(hits), 5)).toEqual({ value: 0, low: 0, high: 0 });
  });

  it('is paired: much surer than two scores by themselves', () => {
    const other = [...hits.slice(0, 9), 0];
    const paired = difference(accuracy(hits), accuracy(other), 1);
    const apart = difference(accuracy(hits), accuracy(other, { form: 'bits' }), 1);
    const width = ({ low, high }: typeof paired) => (high ?? 0) - (low ?? 0);
    expect(paired.value).toBeCloseTo(0.1, 6);
    expect(width(paired)).toBeLessThan(0.6 * width(apart));
  });

  it('is wider the more comparisons it is one of', () => {
    const other = accuracy([0, ...hits.slice(1)]);
    const one = difference(accuracy(hits), other, 1);
    const twenty = difference(accuracy(hits), other, 20);
    expect(twenty.high).toBeGreaterThan(one.high ?? Number.NaN);
  });

  it('covers the truth in 95 of 100 draws', () => {
    const random = seededRandom(11);
    let inside = 0;
    for (let draw = 0; draw < 2000; draw++) {
      const a: number[] = [];
      const b: number[] = [];
      for (let i = 0; i < 80; i++) {
        const hard = random.uniform();
        a.push(Number(random.uniform() < 0.9 * hard + 0.1));
        b.push(Number(random.uniform() < 0.9 * hard));
      }
      const { low, high } = difference(accuracy(a), accuracy(b), 1);
      inside += Number((low ?? 1) <= 0.1 && 0.1 <= (high ?? 0));
    }
    expect(inside / 2000).toBeGreaterThan(0.93);
    expect(inside / 2000).toBeLessThan(0.97);
  });
});

describe('the interval of a share', () => {
  const of = (right: number, n: number) =>
    scoreOf(accuracy(Array.from({ length: n }, (_, i) => Number(i < right))));

  it("is Wilson's, within 0 and 1, and never certain", () => {
    // t of 19 degrees of freedom is 2.0930: (1 + t²/2n) ∓ t²/2n, over 1 + t²/n.
    const all = of(20, 20);
    expect(all.low).toBeCloseTo(1 / (1 + 2.093024 ** 2 / 20), 5);
    expect(all).toMatchObject({ value: 1, high: 1 });
    const none = of(0, 20);
    expect(none.low).toBe(0);
    expect(none.high).toBeCloseTo(1 - (all.low ?? 0), 12);
  });

  it('of many items is that of their mean', () => {
    const { value, low, high } = of(500, 1000);
    expect(value).toBe(0.5);
    expect(((high ?? 0) - (low ?? 0)) / 2).toBeCloseTo(1.962 * Math.sqrt(0.25 / 1000), 3);
  });
});
