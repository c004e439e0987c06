import { describe, expect, it } from 'vitest';
import { expectedMinima, expectedRows, rankShares, rankTotals } from '../../core/ensemble/expected-oracle.ts';
import { seededRandom } from '../../core/law/random.ts';
import { noise, subsets } from './pools.ts';

const rowsOf = (matrix: readonly (readonly number[])[]) =>
  matrix.map((row) => ({ nll: Float64Array.from(row), domains: new Float64Array(0) }));

const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('the expected oracle', () => {
  it.each([1, 2, 3, 7, 12])('of %i models is the mean over all subsets, to 1e-12', (M) => {
    const S = 9;
    const matrix = noise(M, S, M);
    const ones = new Float64Array(S).fill(1);
    const [totals] = rankTotals(rowsOf(matrix), [ones]) as [Float64Array];
    const found = expectedMinima(totals);
    const rows = expectedRows(
      rowsOf(matrix),
      Array.from({ length: M }, (_, i) => i + 1),
    );
    for (let k = 1; k <= M; k++) {
      const all = subsets(M, k);
      const bySample = Array.from({ length: S }, (_, s) =>
        mean(all.map((members) => Math.min(...members.map((m) => matrix[m]?.[s] ?? Number.NaN)))),
      );
      const brute = bySample.reduce((a, b) => a + b, 0);
      expect(Math.abs((found[k - 1] ?? Number.NaN) / brute - 1)).toBeLessThan(1e-12);
      for (const [s, value] of bySample.entries())
        expect(Math.abs((rows[k - 1]?.[s] ?? Number.NaN) / value - 1)).toBeLessThan(1e-12);
    }
  });

  it('of 60 models agrees with random subsets', () => {
    const [M, S, draws] = [60, 20, 4000];
    const matrix = noise(M, S, 3);
    const rows = expectedRows(rowsOf(matrix), [5, 30]);
    const random = seededRandom(11);
    for (const [i, k] of [5, 30].entries()) {
      const means: number[] = [];
      for (let draw = 0; draw < draws; draw++) {
        const order = Array.from({ length: M }, (_, m) => [random.uniform(), m] as const)
          .sort(([a], [b]) => a - b)
          .slice(0, k);
        means.push(
          mean(
            Array.from({ length: S }, (_, s) =>
              Math.min(...order.map(([, m]) => matrix[m]?.[s] ?? Number.NaN)),
            ),
          ),
        );
      }
      const exact = mean(Array.from(rows[i] ?? []));
      const error = Math.sqrt(mean(means.map((value) => (value - mean(means)) ** 2)) / draws);
      expect(Math.abs(mean(means) - exact)).toBeLessThan(4 * error);
    }
  });

  it.each([1, 2, 500, 1999, 2000])('has shares of 2,000 ranks that sum to 1 at k = %i', (k) => {
    const shares = rankShares(2000, k);
    expect(Math.abs(shares.reduce((a, b) => a + b, 0) - 1)).toBeLessThan(1e-12);
    expect(shares.every((share) => share >= 0)).toBe(true);
  });

  it('of equal numbers by rank 1..M is (M + 1)/(k + 1), for thousands of models', () => {
    const M = 3000;
    const found = expectedMinima(Float64Array.from({ length: M }, (_, j) => j + 1));
    for (const k of [1, 2, 10, 1500, 3000])
      expect(Math.abs(((found[k - 1] ?? 0) * (k + 1)) / (M + 1) - 1)).toBeLessThan(1e-12);
  });
});
