import { describe, expect, test } from 'vitest';
import { BLOCK } from '../../core/design/blocks.ts';
import { countMerges } from '../../core/design/count-merges.ts';
import { designOf } from '../../core/design/design.ts';
import type { PlanLine } from '../../core/store/format.ts';
import { experimentOf, poolOf, sweepOf } from './sweeps.ts';

const name = ({ subset }: PlanLine): string => subset.join();

function merges(lines: readonly PlanLine[]): PlanLine[] {
  return lines.filter(({ method }) => method !== null);
}

function countsByK(lines: readonly PlanLine[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { subset } of lines) counts.set(subset.length, (counts.get(subset.length) ?? 0) + 1);
  return counts;
}

describe('a sweep until its means are known', () => {
  const sweep = '{ subsets: { precision: 0.01, at_most: 100 } }';
  const { lines } = sweepOf(poolOf(9), { sweep });

  test('is planned to its end: anchors, then random subsets of each k, as many as are allowed', () => {
    expect(merges(lines)).toHaveLength(100);
    expect(new Set(lines.map(({ key }) => key)).size).toBe(110);
    expect(countMerges(experimentOf(poolOf(9), { sweep }))).toBe(100);
    const first = lines.slice(10, 20);
    expect(first.every(({ purpose }) => purpose.includes('anchor') && purpose.includes('design'))).toBe(true);
    const drawn = lines.slice(20);
    expect(drawn.every(({ purpose, draws }) => purpose.join() === 'design' && draws === 1)).toBe(true);
    // 90 over seven sizes: 9 of 9 for k = 8, then 13 or 14 of each other
    expect([...countsByK(drawn)].sort(([a], [b]) => a - b)).toEqual([
      [2, 14],
      [3, 14],
      [4, 14],
      [5, 13],
      [6, 13],
      [7, 13],
      [8, 9],
    ]);
  });

  test('is fair at the end of each block, and complete at each look', () => {
    const drawn = lines.slice(20);
    for (let end = BLOCK - 20; end < drawn.length; end += BLOCK) {
      const counts = [...countsByK(drawn.slice(0, end)).entries()].filter(([k]) => k < 8);
      const sizes = counts.map(([, count]) => count);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
    }
    const { strata, looks } = designOf(experimentOf(poolOf(9), { sweep }));
    expect(looks).toEqual([6, 9, 14]);
    for (const [rounds, merged] of [
      [6, 42],
      [9, 63],
    ] as const) {
      const there = new Set(drawn.slice(0, merged).map(name));
      for (let k = 2; k <= 8; k++) {
        const wanted = (strata.get(k)?.subsets ?? []).slice(0, rounds);
        for (const { members } of wanted) expect(there).toContain(members.map((i) => `expert_${i}`).join());
      }
    }
  });

  test('grows where more is allowed: what was merged stays the first of each size', () => {
    const more = sweepOf(poolOf(9), { sweep: '{ subsets: { precision: 0.001, at_most: 300 } }' });
    const keys = new Set(more.lines.map(({ key }) => key));
    for (const { key } of lines) expect(keys).toContain(key);
  });

  test('asks for the same merges whatever the precision', () => {
    const other = sweepOf(poolOf(9), { sweep: '{ subsets: { precision: 0.5, at_most: 100 } }' });
    expect(other).toEqual(sweepOf(poolOf(9), { sweep }));
  });

  test('merges everything where that is allowed, and no more', () => {
    const all = sweepOf(poolOf(6), { sweep: '{ subsets: { precision: 0.01, at_most: 5000 } }' });
    expect(merges(all.lines)).toHaveLength(63);
    const byDefault = sweepOf(poolOf(12), { sweep: '{ subsets: { precision: 0.01 } }' });
    expect(merges(byDefault.lines)).toHaveLength(1000);
  });

  test('counts for each method, seed and size', () => {
    const { lines: several } = sweepOf(poolOf(5), {
      sizes: ['S', 'L'],
      methods: ['average', '{ method: dare, seeds: [0, 1] }'],
      sweep: '{ subsets: { precision: 0.01, at_most: 20 } }',
    });
    const cells = new Map<string, number>();
    for (const { size, method, seed } of merges(several)) {
      const cell = `${size} ${method} ${seed}`;
      cells.set(cell, (cells.get(cell) ?? 0) + 1);
    }
    expect([...cells.values()]).toEqual([20, 20, 20, 20, 20, 20]);
  });

  test.each([
    [1, 1],
    [2, 3],
  ])('a pool of %i has its anchors alone', (pool, count) => {
    const { lines: few } = sweepOf(poolOf(pool), { sweep: '{ subsets: { precision: 0.01 } }' });
    expect(merges(few)).toHaveLength(count);
  });
});
