import { describe, expect, it } from 'vitest';
import { OFFSETS_STUDY } from '../law/sizes/coverage.ts';
import { PLANNING_DESIGNS } from './designs/planning.ts';
import { missedGates } from './gates.ts';
import { shareOf, simulateDesign } from './tally.ts';

describe('sizes and money', () => {
  it.each(PLANNING_DESIGNS)('$name', (design) => {
    const rows = simulateDesign(design, 100);
    expect(missedGates(rows, 'few')).toEqual([]);
    expect(rows.length).toBe(6);
  });

  it('offsets that differ are seen', () => {
    const [, apart] = OFFSETS_STUDY;
    expect((apart ? simulateDesign(apart, 10) : []).map(shareOf)).toEqual([1]);
  });
});
