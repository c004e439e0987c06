import { describe, expect, it } from 'vitest';
import { missedGates } from '../simulation/gates.ts';
import { simulateDesign } from '../simulation/tally.ts';
import { LAW_DESIGNS } from './coverage.ts';

/** The long study runs 2,000 of each design; these few find what is broken, not what is slightly off. */
const REPLICATES = 12;

describe('coverage of 95% intervals, a few replicates of each design', () => {
  const rows = LAW_DESIGNS.map((design) => simulateDesign(design, REPLICATES));

  it('designs have names and seeds of their own', () => {
    expect(new Set(LAW_DESIGNS.map(({ name }) => name)).size).toBe(LAW_DESIGNS.length);
    expect(new Set(LAW_DESIGNS.map(({ seed }) => seed)).size).toBe(LAW_DESIGNS.length);
  });

  it('holds, on average and for each', () => {
    expect(missedGates(rows.flat(), 'few')).toEqual([]);
    expect(rows.flat().length).toBeGreaterThan(7 * LAW_DESIGNS.length);
  });
});
