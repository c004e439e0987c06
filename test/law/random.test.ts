import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../core/law/random.ts';

describe('seeded random numbers', () => {
  it('repeat with the seed and differ without it', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return [random.uniform(), random.normal(), random.chiSquared(5)];
    };
    expect(draw(5)).toEqual(draw(5));
    expect(draw(5)).not.toEqual(draw(6));
  });

  it('have the moments of their distributions', () => {
    const random = seededRandom(1);
    const n = 40_000;
    const moments = (draw: () => number) => {
      const values = Array.from({ length: n }, draw);
      const mean = values.reduce((a, b) => a + b) / n;
      return [mean, values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n] as const;
    };
    const [mean, variance] = moments(() => random.normal());
    expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt(2 / n));
    for (const df of [0.7, 1, 6]) {
      const [m, v] = moments(() => random.chiSquared(df));
      expect(Math.abs(m - df)).toBeLessThan(4 * Math.sqrt((2 * df) / n));
      expect(v / (2 * df)).toBeGreaterThan(0.85);
      expect(v / (2 * df)).toBeLessThan(1.15);
    }
  });
});
