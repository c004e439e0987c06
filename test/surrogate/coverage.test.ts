import { describe, expect, it } from 'vitest';
import { DESIGNS, stoppingCoverage, surrogateCoverage } from './coverage.ts';

const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

/** Gates of mathematics §8, three Monte Carlo errors allowed; the points of one curve count as one. */
const LEAST = 0.91;
const allowed = (n: number) => LEAST - 3 * Math.sqrt((LEAST * (1 - LEAST)) / n);

describe('coverage of 95% intervals', () => {
  it.each(DESIGNS.filter(({ pool }) => pool < 9))('$name', (design) => {
    const { fitted, curve, points, weights, error, se } = surrogateCoverage(design, 30);
    console.log(
      `${design.name.padEnd(36)} curve ${percent(curve)} of ${points}, error ${(1e3 * error).toFixed(2)} and se ${(1e3 * se).toFixed(2)} mnat; best weights ${percent(weights)} of ${fitted}`,
    );
    expect(fitted).toBeGreaterThan(20);
    expect(curve).toBeGreaterThanOrEqual(allowed(fitted));
    expect(weights).toBeGreaterThanOrEqual(allowed(fitted));
    // Intervals that always hold by being wide would pass the gate.
    expect(se).toBeLessThan(8 * error);
  });

  it('holds for all sizes at once when a run stops at a precision, where naive stopping fails', () => {
    const { ours, naive, merges, naiveMerges, precise } = stoppingCoverage(
      { pool: 7, spread: 0.5, rough: 0.002 },
      0.02,
      60,
    );
    console.log(
      `stopping at 20 mnat: ours ${percent(ours)} with ${merges.toFixed(0)} merges, naive ${percent(naive)} with ${naiveMerges.toFixed(0)}`,
    );
    expect(precise).toBe(1);
    expect(ours).toBeGreaterThanOrEqual(LEAST);
    expect(naive).toBeLessThan(0.8);
  });
});
