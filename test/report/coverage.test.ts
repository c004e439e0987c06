import { describe, expect, it } from 'vitest';
import { missedGates } from '../simulation/gates.ts';
import { simulateDesign } from '../simulation/tally.ts';
import { REPORT_DESIGNS } from './coverage.ts';
import { PRECISION_DESIGNS } from './precision-coverage.ts';

/** A few replicates here; `scripts/soak-report.ts` runs 2,000.  */
const REPLICATES = 12;

describe('95% intervals of a report hold the truth', () => {
  it.each(REPORT_DESIGNS)('$name', (design) => {
    const rows = simulateDesign(design, REPLICATES);
    expect(missedGates(rows, 'few')).toEqual([]);
    expect(rows.filter(({ quantity }) => quantity.startsWith('typical')).length).toBeGreaterThanOrEqual(7);
  });

  // The others merge nearly everything; `scripts/soak-report.ts` runs them.
  it.each(PRECISION_DESIGNS.filter(({ name }) => name.includes('merges')))('$name', (design) => {
    const rows = simulateDesign(design, 8);
    expect(missedGates(rows, 'few')).toEqual([]);
    const spread = (quantity: string) => rows.find((row) => row.quantity === quantity)?.width ?? Number.NaN;
    expect(spread('assisted mean, on these samples')).toBeLessThan(spread('plain means, on these samples'));
  });
});
