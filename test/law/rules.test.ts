import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitCurve } from '../../core/law/fit-curve.ts';
import { kAtReturn, recommendedK } from '../../core/law/rules.ts';
import { asked, curveOf, NINE } from './curves.ts';

const curve = (losses: number[], base: number | null = null, chosenBeatsBase: boolean | null = null) => ({
  losses,
  base,
  floor: 0.7,
  chosenBeatsBase,
});

describe('recommended k', () => {
  it('within: the smallest k within the given nats of the best of all k, also one that is not the last', () => {
    const losses = [0.8, 0.74, 0.725, 0.715, 0.73];
    expect(recommendedK({ rule: 'within', value: 0.01 }, curve(losses))).toBe(3);
    expect(recommendedK({ rule: 'within', value: 0 }, curve(losses))).toBe(4);
    expect(recommendedK({ rule: 'within', value: 1 }, curve(losses))).toBe(1);
  });

  it('meets a limit that decimals state but binary misses', () => {
    expect(0.73 - 0.72 > 0.01).toBe(true);
    expect(recommendedK({ rule: 'within', value: 0.01 }, curve([0.8, 0.73, 0.72]))).toBe(2);
  });

  it('is 0 only where neither the typical nor the chosen curve beats the base', () => {
    const goal = { rule: 'within', value: 0.01 } as const;
    expect(recommendedK(goal, curve([0.8, 0.75], 0.75, null))).toBe(0);
    expect(recommendedK(goal, curve([0.8, 0.75], 0.75, false))).toBe(0);
    expect(recommendedK(goal, curve([0.8, 0.75], 0.75, true))).toBe(2);
    expect(recommendedK(goal, curve([0.8, 0.75], 0.76, false))).toBe(2);
    expect(recommendedK(goal, curve([0.8, 0.75]))).toBe(2);
  });

  it('return starts at the base, so that making good one expert’s damage is no gain', () => {
    // k = 1 is worse than the base; from the base 0.7 to 0.6, 80% is reached at 0.62.
    const losses = [1.5, 0.9, 0.65, 0.62, 0.6];
    expect(kAtReturn(0.8, losses, 0.7)).toBe(4);
    expect(kAtReturn(0.8, losses, null)).toBe(3);
    expect(kAtReturn(0.8, losses, 0.5)).toBe(0);
    expect(kAtReturn(0.8, [0.6, 0.7, 0.8], 0.9)).toBe(0);
    expect(recommendedK({ rule: 'return', value: 0.8 }, curve([0.6, 0.7, 0.8], 0.9))).toBe(1);
    expect(kAtReturn(1.1, losses, null)).toBeNull();
  });

  it('return uses the running minimum: a later rise takes nothing away', () => {
    expect(kAtReturn(0.9, [1, 0.5, 0.8, 0.9], null)).toBe(2);
  });

  it('return follows (k − 1)(M + b)/((M − 1)(k + b)) under the law', () => {
    fc.assert(
      fc.property(
        fc.double({ min: -0.7, max: 8, noNaN: true }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (b, q) => {
          const closed = NINE.find((k) => ((k - 1) * (9 + b)) / (8 * (k + b)) >= q - 1e-9);
          const losses = NINE.map((k) => 0.7 + 0.1 / (k + b));
          expect(kAtReturn(q, losses, null)).toBe(closed);
        },
      ),
      { seed: 2 },
    );
  });

  it('epsilon: ⌈A/ε − b⌉, and not reachable beyond the pool', () => {
    const [Linf, A, b] = [0.7, 0.2, 0.3];
    const data = curveOf(
      NINE,
      NINE.map((k) => Linf + A / (k + b)),
    );
    const law = fitCurve(data, asked({ epsilon: 0.03, stage: 'points' }));
    expect(law.k_epsilon).toEqual({ k: Math.ceil(A / 0.03 - b), epsilon: 0.03, reason: null });
    const far = fitCurve(
      data,
      asked({ epsilon: 0.01, goal: { rule: 'epsilon', value: 0.01 }, stage: 'points' }),
    );
    expect(far.k_epsilon?.k).toBeNull();
    expect(far.k_epsilon?.reason).toContain('not reachable in this pool');
    expect(far.recommended_k).toBeNull();
    expect(far.reasons['recommended_k']).toContain('no k up to 9');
    expect(fitCurve(data, asked({ stage: 'points' })).k_epsilon).toBeNull();
  });

  it('always reports the returns 0.8, 0.85 and 0.9, and those asked for', () => {
    const data = curveOf(
      NINE,
      NINE.map((k) => 0.7137 + 0.0783 / (k + 0.6875)),
    );
    const law = fitCurve(data, asked({ returns: [0.5] }));
    // R(2) = 0.45, R(3) = 0.66, R(4) = 0.775, R(5) = 0.852, R(6) = 0.905
    expect(law.k_return).toEqual({ '0.5': 3, '0.8': 5, '0.85': 5, '0.9': 6 });
  });

  it('takes the law where a k of the pool is not measured, and nothing at all where there is no law', () => {
    const k = [1, 2, 3, 5, 8];
    const law = fitCurve(
      curveOf(
        k,
        k.map((kk) => 0.7 + 0.1 / kk),
        { pool: 20 },
      ),
      asked({ stage: 'points' }),
    );
    // 0.1/k ≤ 0.1/20 + 0.01
    expect(law.recommended_k?.k).toBe(7);
    const two = fitCurve(curveOf([1, 9], [0.8, 0.7]), asked({ stage: 'points' }));
    expect(two.form).toBe('flat');
    expect(two.recommended_k).toBeNull();
    const whole = fitCurve(curveOf([1, 2], [0.8, 0.7]), asked({ stage: 'points' }));
    expect(whole.recommended_k?.k).toBe(2);
  });

  it('is sure where the errors are small, and says how unsure where they are not', () => {
    const losses = NINE.map((k) => 0.7 + 0.1 / (k + 0.5));
    const at = (sd: number) => {
      const covariance = new Float64Array(81);
      for (let i = 0; i < 9; i++) covariance[i * 10] = sd ** 2;
      const k = fitCurve(curveOf(NINE, losses, { covariance }), asked()).recommended_k;
      return [k?.low, k?.k, k?.high];
    };
    expect(at(1e-6)).toEqual([5, 5, 5]);
    const [low = 0, , high = 0] = at(0.005);
    expect(low).toBeLessThan(5);
    expect(high).toBeGreaterThan(5);
  });
});
