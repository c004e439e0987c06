import { expect, it } from 'vitest';
import { luckiestGain } from '../../core/ensemble/luckiest-pool.ts';
import { seededRandom } from '../../core/law/random.ts';
import { subsets } from './pools.ts';

/** Rows that sum to zero. */
function rowsOf(M: number, D: number, seed: number): Float64Array[] {
  const random = seededRandom(seed);
  return Array.from({ length: M }, () => {
    const row = Float64Array.from({ length: D }, () => random.normal());
    const mean = row.reduce((sum, value) => sum + value, 0) / D;
    return row.map((value) => value - mean);
  });
}

function exactGain(rows: readonly Float64Array[], k: number): number {
  return Math.max(
    ...subsets(rows.length, k).map((members) =>
      Array.from(rows[0] ?? [], (_, d) => Math.max(...members.map((m) => rows[m]?.[d] as number))).reduce(
        (sum, value) => sum + value,
        0,
      ),
    ),
  );
}

it('the luckiest pair is that of all pairs', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const rows = rowsOf(12, 5, seed);
    expect(luckiestGain(rows, 2)).toBeCloseTo(exactGain(rows, 2), 12);
  }
});

it.each([3, 4])('the luckiest pool of %i gains as much as that of all pools, but for half a percent', (k) => {
  const worlds = Array.from({ length: 40 }, (_, i) => rowsOf(11, 6, i + 1));
  const sum = (gain: (rows: Float64Array[]) => number) => worlds.reduce((all, rows) => all + gain(rows), 0);
  const found = sum((rows) => luckiestGain(rows, k));
  const best = sum((rows) => exactGain(rows, k));
  expect(found).toBeGreaterThan(0.995 * best);
  expect(found).toBeLessThanOrEqual(best * (1 + 1e-12));
});

it('a pool of all models has all of them, and one model gains nothing', () => {
  const rows = rowsOf(3, 6, 1);
  expect(luckiestGain(rows, 5)).toBeCloseTo(exactGain(rows, 3), 12);
  expect(luckiestGain(rows.slice(0, 1), 2)).toBe(0);
});
