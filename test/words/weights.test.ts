import { describe, expect, it } from 'vitest';
import { bestWeightsText } from '../../words/weights.ts';

const known = { value: 2, low: 1.9, high: 2.1 };
const best = { weights: [0.3, 0.5], loss: known, gain: known, verify: true };

describe('best weights', () => {
  it('are the best of those with the sum of the sweep, where that has one', () => {
    const average = { method: 'average', compatibility: 'none' } as const;
    expect(bestWeightsText(average, { ...best, length: 0.9999999999999964 })).toBe(
      'best weights that sum to 1',
    );
    const shorter = {
      method: 'task_arithmetic',
      scale: 0.8,
      normalize: true,
      compatibility: 'none',
    } as const;
    expect(bestWeightsText(shorter, { ...best, length: 0.8 })).toBe('best weights that sum to 0.8');
    expect(bestWeightsText({ ...shorter, normalize: false }, { ...best, length: 2.4 })).toBe('best weights');
  });
});
