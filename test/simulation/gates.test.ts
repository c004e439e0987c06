import { describe, expect, it } from 'vitest';
import { missedGates } from './gates.ts';
import { type Row, type RowKind, simulateDesign } from './tally.ts';

function row(kind: RowKind, hits: number, of = 2000): Row {
  return { design: 'd', quantity: kind, kind, hits, of, replicates: of, bias: null, width: 1 };
}

describe('gates', () => {
  it('see what misses too often, too rarely, cries wolf, or is silent', () => {
    expect(
      missedGates([row('interval', 1900), row('cautious', 2000), row('alarm', 100), row('told', 1950)]),
    ).toEqual([]);
    expect(missedGates([row('interval', 1800)])).toEqual(['d: interval 90.0%', 'mean coverage 90.00%']);
    expect(missedGates([row('interval', 1990)])).toEqual(['mean coverage 99.50%']);
    expect(missedGates([row('cautious', 1800)])).toEqual(['d: cautious 90.0%']);
    expect(missedGates([row('alarm', 140)])).toEqual(['d: alarm 7.0%']);
    expect(missedGates([row('told', 1800)])).toEqual(['d: told 90.0%']);
    expect(missedGates([row('approximate', 100), row('power', 0), row('value', 0, 0)])).toEqual([]);
  });

  it('allow what few replicates leave open', () => {
    expect(missedGates([row('interval', 10, 12), row('alarm', 3, 12)], 'few')).toEqual([]);
    expect(missedGates([row('cautious', 10, 12)])).toEqual([]);
    expect(missedGates([row('interval', 6, 12)], 'few').length).toBeGreaterThan(0);
    expect(missedGates([row('told', 7, 12)], 'few')).toEqual(['d: told 58.3%']);
    expect(missedGates([row('alarm', 5, 12)], 'few')).toEqual(['d: alarm 41.7%']);
  });
});

describe('a tally', () => {
  const replicates = 400;
  const half = 1.959964;
  const rows = simulateDesign(
    {
      name: 'normal',
      seed: 3,
      replicate: (tally, random) => {
        const value = 5.1 + random.normal();
        tally.interval('biased', 5, { value, low: value - half, high: value + half });
        tally.interval('nothing claimed', 5, { value, low: null, high: null });
        tally.interval('one end', 5, { value, low: value - half, high: null });
        tally.value('value', 5, value);
      },
    },
    replicates,
  );
  const find = (quantity: string) => rows.find((each) => each.quantity === quantity);

  it('counts what is covered, how far off and how wide it is', () => {
    const biased = find('biased');
    expect(biased?.of).toBe(replicates);
    expect((biased?.hits ?? 0) / replicates).toBeCloseTo(0.95, 1);
    expect(biased?.width).toBeCloseTo(2 * half, 9);
    expect(biased?.bias?.error).toBeCloseTo(1 / Math.sqrt(replicates), 2);
    expect(Math.abs((biased?.bias?.mean ?? 0) - 0.1)).toBeLessThan(4 * (biased?.bias?.error ?? 0));
    expect(find('value')?.bias?.mean).toBeCloseTo(biased?.bias?.mean ?? 0, 12);
  });

  it('counts no interval that claims nothing, and no width without a limit', () => {
    expect(find('nothing claimed')).toBeUndefined();
    expect(find('one end')?.width).toBeNull();
    expect((find('one end')?.hits ?? 0) / replicates).toBeGreaterThan(0.95);
  });
});
