import { describe, expect, it } from 'vitest';
import type { Returns } from '../../core/law/returns.ts';
import { floorSentence, returnText, sharesSentence } from '../../words/returns.ts';

const point = (value: number, low: number | null = null, high: number | null = null) => ({
  k: 3,
  value,
  low,
  high,
  measured: true,
});
const returns = (more: Partial<Returns>): Returns => ({
  curve: [point(0.5)],
  shares: [],
  to_floor: [],
  reason: null,
  ...more,
});

describe('returns in words', () => {
  it('are a share with its interval, and never all of it before it is', () => {
    expect(returnText(point(0.5772, 0.4976, 0.662))).toBe('57.7% (49.8% to 66.2%)');
    expect(returnText(point(0.5772))).toBe('57.7%');
    expect(returnText(point(0.99996, 0.9991, 1))).toBe('over 99.9% (99.9% to 100%)');
    expect(returnText(point(1))).toBe('100%');
  });

  it('say how many experts a share takes', () => {
    const shares = [
      { share: 0.8, k: 3, low: 3, high: 4 },
      { share: 0.85, k: 4, low: 4, high: 4 },
      { share: 0.9, k: 5, low: 4, high: null },
      { share: 0.95, k: 6, low: null, high: null },
      { share: 0.99, k: null, low: null, high: null },
    ];
    expect(sharesSentence(returns({ shares }))).toBe(
      'Of all that typical merges gain: 80% by k = 3 (3 to 4), 85% by k = 4 alone, 90% by k = 5 (4 to beyond the pool), 95% by k = 6, 99% by no k of this pool.',
    );
    expect(sharesSentence(returns({ curve: null, reason: 'the curve is not known at every k' }))).toBe(
      'How much is there by which k is not known: the curve is not known at every k.',
    );
  });

  it('say how far the floor is', () => {
    const to_floor = [
      { epsilon: 0.005, k: null, low: null, high: null },
      { epsilon: 0.02, k: 7, low: 6, high: 9 },
    ];
    expect(floorSentence(returns({ to_floor }))).toBe(
      "To the law's floor: within 0.02 nats by k = 7 (6 to 9).",
    );
    expect(floorSentence(returns({ to_floor: to_floor.slice(0, 1) }))).toMatch(
      /^No k of this pool is within 0\.\d+ nats of the law's floor\.$/,
    );
    expect(floorSentence(returns({}))).toBe('');
  });
});
