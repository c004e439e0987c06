import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { threePointTable } from '../../core/law/three-point-table.ts';
import { NINE } from './curves.ts';

const curve = (law: (k: number) => number, k: readonly number[] = NINE, domain = 'code') => ({
  domain,
  method: 'average',
  N: 0.5,
  k,
  mean: Float64Array.from(k, law),
});

describe('the table of three-point forecasts', () => {
  it('has no errors where the law is true, whatever it is', () => {
    const laws = fc.record({
      A: fc.double({ min: 0.05, max: 1, noNaN: true }),
      b: fc.double({ min: -0.7, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(laws, ({ A, b }) => {
        const [row] = threePointTable([curve((k) => 0.5 + A / (k + b))]).rows;
        expect(row?.law?.b).toBeCloseTo(b, 5);
        expect(row?.forecasts.map(({ k }) => k)).toEqual([5, 6, 7, 8, 9]);
        expect(row?.rms).toBeLessThan(1e-9);
      }),
      { seed: 6 },
    );
  });

  it('gives each error, and sums all of them up', () => {
    const truth = (k: number) => 0.5 + 0.2 / (k + 0.5);
    const off = (by: number, from: number) => (k: number) => truth(k) - (k >= from ? by : 0);
    const { rows, summary } = threePointTable([
      curve(off(0.01, 9), [9, 1, 4, 2]),
      curve(off(-0.03, 6), [1, 2, 4, 6, 8], 'math'),
      curve((k) => k, NINE),
      curve(truth, [1, 2, 3]),
      curve(truth, [1, 2, 4]),
    ]);
    expect(rows[0]?.forecasts).toEqual([
      {
        k: 9,
        forecast: expect.closeTo(truth(9), 10),
        measured: truth(9) - 0.01,
        error: expect.closeTo(0.01, 10),
        share: expect.closeTo(0.01 / (truth(1) - truth(9) + 0.01), 8),
      },
    ]);
    expect(rows[1]?.forecasts.map(({ error }) => error)).toEqual([
      expect.closeTo(-0.03, 10),
      expect.closeTo(-0.03, 10),
    ]);
    expect(rows[2]).toMatchObject({
      law: null,
      forecasts: [],
      reason: expect.stringContaining('ever more slowly'),
    });
    expect(rows[3]?.reason).toBe('k = 4 not measured');
    expect(rows[4]?.reason).toBe('no k beyond 4 is measured');
    expect(rows[4]?.law).not.toBeNull();
    expect(summary).toEqual({
      curves: 2,
      of: 5,
      forecasts: 3,
      rms: expect.closeTo(Math.sqrt((0.01 ** 2 + 2 * 0.03 ** 2) / 3), 10),
      mean_error: expect.closeTo(-0.05 / 3, 10),
      median_absolute: expect.closeTo(0.03, 10),
      largest_absolute: expect.closeTo(0.03, 10),
      worst: 1,
    });
  });

  it('is empty without curves', () => {
    expect(threePointTable([])).toEqual({
      rows: [],
      summary: {
        curves: 0,
        of: 0,
        forecasts: 0,
        rms: null,
        mean_error: null,
        median_absolute: null,
        largest_absolute: null,
        worst: null,
      },
    });
  });
});
