import { describe, expect, it } from 'vitest';
import { luckByDomain } from '../../core/ensemble/lucky-domains.ts';
import { seededRandom } from '../../core/law/random.ts';
import type { Losses } from '../../core/selection/measured.ts';

const runsOf = (count: number, D: number, seed: number): Losses[] => {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => ({
    nll: new Float64Array(0),
    domains: Float64Array.from({ length: D }, () => random.normal()),
  }));
};
const weightsOf = (D: number) => new Float64Array(D).fill(1 / D);

/** Of the best pair, levels taken away, by looking at all. */
function bestPair(models: readonly Losses[]): number {
  const level = models.map(({ domains }) => {
    const values = Array.from(domains);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => mean - value);
  });
  const gain = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, d) => sum + Math.max(value, b[d] as number), 0) / a.length;
  return Math.max(...level.flatMap((a, m) => level.slice(m + 1).map((b) => gain(a, b))));
}

describe('luck with domains', () => {
  it('holds what the best of many models gain by it in 95% of worlds, from four runs', () => {
    const D = 5;
    const within = Array.from({ length: 200 }, (_, world) => {
      const { low, high } = luckByDomain(runsOf(4, D, 2 * world + 1), 2, 8, weightsOf(D), world);
      const found = bestPair(runsOf(8, D, 2 * world + 2));
      return found >= (low ?? Number.NaN) && found <= (high ?? Number.NaN);
    });
    const share = within.filter(Boolean).length / within.length;
    expect(share).toBeGreaterThan(0.9);
    expect(share).toBeLessThan(0.99);
  });

  it('is more among more models and in larger pools, and none where runs differ only in level', () => {
    const luck = (k: number, M: number) => luckByDomain(runsOf(4, 6, 1), k, M, weightsOf(6), 7).value;
    expect(luck(2, 24)).toBeGreaterThan(luck(2, 4));
    expect(luck(4, 8)).toBeGreaterThan(luck(2, 8));
    const level = runsOf(4, 6, 1).map(({ nll }, r) => ({ nll, domains: new Float64Array(6).fill(r) }));
    expect(luckByDomain(level, 2, 8, weightsOf(6), 7)).toEqual({ value: 0, low: 0, high: 0 });
  });
});
