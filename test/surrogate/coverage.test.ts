import { describe, expect, it } from 'vitest';
import { missedGates } from '../simulation/gates.ts';
import { type Row, shareOf, simulateDesign } from '../simulation/tally.ts';
import { STOPPING_STUDY, SURROGATE_STUDY } from './coverage.ts';

function find(rows: readonly Row[], quantity: string): Row {
  const row = rows.find((each) => each.quantity === quantity);
  if (!row) throw new Error(`There is no row "${quantity}".`);
  return row;
}

describe('coverage of 95% intervals', () => {
  it.each(SURROGATE_STUDY.filter(({ name }) => !name.includes('nine')))('$name', (design) => {
    const rows = simulateDesign(design, 30);
    expect(missedGates(rows, 'few')).toEqual([]);
    expect(shareOf(find(rows, 'predicts (R² within k of 0.9)'))).toBeGreaterThan(0.6);
    // Intervals that always hold by being wide would pass the gate.
    const { width, bias, replicates } = find(rows, 'predicted curve');
    expect(width).toBeLessThan(30 * (bias?.error ?? 0) * Math.sqrt(replicates));
  });

  it('holds for all sizes at once when a run stops at a precision, where naive stopping fails', () => {
    const [design] = STOPPING_STUDY;
    const rows = design ? simulateDesign(design, 40) : [];
    expect(missedGates(rows, 'few')).toEqual([]);
    expect(shareOf(find(rows, 'naive stopping holds'))).toBeLessThan(0.8);
  });
});
