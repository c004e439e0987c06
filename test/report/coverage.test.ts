import { describe, expect, it } from 'vitest';
import { coverage, DESIGNS } from './coverage.ts';

/** A few replicates here; `scripts/soak-report.ts` runs at least a thousand. Three binomial errors are allowed. */
const REPLICATES = 12;

describe('95% intervals of a report hold the truth', () => {
  it.each(DESIGNS)('$name', (design) => {
    const result = coverage(design, 0, REPLICATES);
    const lowest = 0.95 - 3 * Math.sqrt((0.95 * 0.05) / REPLICATES);
    expect(result.typical.size).toBeGreaterThanOrEqual(7);
    for (const { share, total } of result.typical.values()) {
      expect(total).toBe(REPLICATES);
      expect(share).toBeGreaterThan(lowest);
    }
    if (design.interval === 'population') return;
    expect(result.attribution.share).toBeGreaterThan(0.88);
    expect(result.chosen.share).toBeGreaterThan(0.85);
    expect(result.recommended.share).toBeGreaterThan(lowest);
  });
});
