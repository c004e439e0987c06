import { describe, expect, it } from 'vitest';
import { coverage, DESIGNS } from './coverage.ts';

/** The long run is in scripts/soak-ensemble.ts; here each design only has to be far from wrong. */
const REPLICATES = 100;
const FEW = 24;

describe('intervals of an ensemble hold the truth', () => {
  it.each(DESIGNS.map((design) => [design.name, design] as const))('%s', (name, design) => {
    const rows = coverage(design, name.startsWith('power law') ? FEW : REPLICATES);
    expect(rows.length).toBeGreaterThan(0);
    for (const { quantity, covered, of, spread } of rows) {
      const error = Math.sqrt((0.95 * 0.05) / of);
      expect(covered / of, quantity).toBeGreaterThan(0.95 - 3.5 * error);
      // Of a mean of n squares of normal variables. A gain takes the best single model as known, and so is a little off.
      if (spread !== null && !/^gain of [45]$/.test(quantity))
        expect(spread ** 2, quantity).toBeLessThan(1 + 3 * Math.sqrt(2 / of));
    }
  });
});
