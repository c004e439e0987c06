import { describe, expect, it } from 'vitest';
import { RETURN_DESIGNS, SPREAD_DESIGNS, THREE_POINT_DESIGNS } from './designs/returns.ts';
import { TUNING_DESIGNS } from './designs/tuning.ts';
import { WARNING_DESIGNS } from './designs/warnings.ts';
import { missedGates } from './gates.ts';
import { shareOf, simulateDesign } from './tally.ts';

describe('what follows from curves', () => {
  it.each([...WARNING_DESIGNS, ...RETURN_DESIGNS, ...TUNING_DESIGNS])('$name', (design) => {
    const rows = simulateDesign(design, 30);
    expect(missedGates(rows, 'few')).toEqual([]);
    expect(rows.length).toBeGreaterThan(0);
  });

  it.each(SPREAD_DESIGNS)('$name', (design) => {
    for (const row of simulateDesign(design, 30))
      if (row.kind === 'power') expect(shareOf(row)).toBeGreaterThan(0.8);
  });

  it('three points forecast without bias where errors are small', () => {
    const [design] = THREE_POINT_DESIGNS;
    const row = design && simulateDesign(design, 200).find(({ kind }) => kind === 'value');
    expect(Math.abs(row?.bias?.mean ?? Number.NaN)).toBeLessThan(4 * (row?.bias?.error ?? 0));
  });
});
