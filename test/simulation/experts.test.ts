import { describe, expect, it } from 'vitest';
import { EXPERTS_DESIGNS } from './designs/experts.ts';
import { missedGates } from './gates.ts';
import { simulateDesign } from './tally.ts';

describe('who helps whom', () => {
  it.each(EXPERTS_DESIGNS)('$name', (design) => {
    const rows = simulateDesign(design, 40);
    expect(missedGates(rows, 'few')).toEqual([]);
    expect(rows.length).toBeGreaterThan(14);
  });
});
