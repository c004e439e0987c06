import { describe, expect, it } from 'vitest';
import { mergePoints } from '../../core/report/merge-table.ts';
import { arrange, type MergeFilter } from '../../webview/page/merges/arrange.ts';
import { findRow, lossAt, membersOf, subsetSizes } from '../../webview/page/merges/columns.ts';
import { filterOf, typedLoss } from '../../webview/page/merges/set-filter.ts';
import { spreadByK } from '../../webview/page/merges/spread-by-k.ts';
import { type Arranged, findAgain } from '../../webview/page/panels/subsets/find-again.ts';
import { must, sampleReport } from './sample.ts';
import { names, syntheticReport } from './synthetic-report.ts';

const table = must(sampleReport().cells[0]).merges;
const points = mergePoints(table);
const any: MergeFilter = { has: [], hasNot: [], k: null, atMost: null };

describe('columns', () => {
  it('say of every merge what the table says one by one', () => {
    const sizes = subsetSizes(table);
    for (const [i, { members, objective, domains }] of points.entries()) {
      expect(membersOf(table, i)).toEqual(members);
      expect(sizes[i]).toBe(members.length);
      expect(lossAt(table, i, null)).toBe(objective);
      expect(lossAt(table, i, 8)).toBe(domains[8]);
    }
  });

  it('find a subset among experts beyond the 32nd, by seed; without one only where it is alone', () => {
    const { merges } = must(
      syntheticReport({ pool: names(40, 'e'), domains: ['d'], merges: 9, seeds: [5, 6] }).cells[0],
    );
    merges.members[2 * 4 + 1] = 1 << 7;
    merges.members[2 * 4] = 1;
    expect(findRow(merges, [0, 39], 5)).toBe(4);
    expect(findRow(merges, [0, 39])).toBe(4);
    expect(findRow(merges, [0, 39], 6)).toBeNull();
    expect(findRow(merges, [1], 6)).toBe(3);
    expect(findRow(merges, [1])).toBeNull();
  });
});

describe('arrange', () => {
  it('sorts by each column, both ways, equals by loss', () => {
    const lowest = arrange(table, any, { by: 'objective', descending: false });
    const losses = [...lowest].map((row) => table.objective[row] as number);
    expect(losses).toEqual([...table.objective].sort((a, b) => a - b));
    const byK = arrange(table, any, { by: 'k', descending: true });
    expect(membersOf(table, byK[0] as number)).toHaveLength(9);
    const [first, second] = [...byK].filter((row) => subsetSizes(table)[row] === 8);
    expect(table.objective[first as number]).toBeLessThan(table.objective[second as number] as number);
    const byDomain = arrange(table, any, { by: 4, descending: false });
    expect(lossAt(table, byDomain[0] as number, 4)).toBe(
      Math.min(...points.map(({ domains }) => domains[4] as number)),
    );
  });

  it('filters by experts, k and loss together', () => {
    const filter = { has: [0, 3], hasNot: [4], k: 4, atMost: 2.23 };
    const rows = arrange(table, filter, { by: 'k', descending: false });
    const wanted = points.filter(
      ({ members, objective }) =>
        members.includes(0) &&
        members.includes(3) &&
        !members.includes(4) &&
        members.length === 4 &&
        objective <= 2.23,
    );
    expect(rows).toHaveLength(wanted.length);
    expect(wanted.length).toBeGreaterThan(0);
  });

  it('a loss that is no number filters nothing; an expert that is gone filters nothing', () => {
    expect(typedLoss('')).toBeNull();
    expect(typedLoss(' 2,23 ')).toBe(2.23);
    expect(filterOf(['a', 'b'], { has: ['b', 'gone'], hasNot: [], k: null, atMost: 'low' })).toEqual({
      has: [1],
      hasNot: [],
      k: null,
      atMost: null,
    });
  });
});

describe('a merge of an older table', () => {
  it('is found again where others have come between, and not where it is filtered out', () => {
    const order = { by: 'objective', descending: false } as const;
    const older = { ...table, count: 100 };
    const [was, is] = [older, table].map((merges) => ({ merges, rows: arrange(merges, any, order) })) as [
      Arranged,
      Arranged,
    ];
    for (const place of [0, 17, 99]) {
      const again = findAgain(was, place, is);
      expect(is.rows[again]).toBe(was.rows[place]);
    }
    const without = { merges: table, rows: arrange(table, { ...any, k: 1 }, order) };
    expect(findAgain(was, 5, without)).toBe(-1);
    expect(findAgain(was, 5000, is)).toBe(-1);
  });
});

describe('spread by k', () => {
  it('every number is the loss of a measured merge, at its rank', () => {
    for (const at of spreadByK(table, null)) {
      const losses = points
        .filter(({ members }) => members.length === at.k)
        .map(({ objective }) => objective);
      const sorted = losses.sort((a, b) => a - b);
      expect(at.merges).toBe(sorted.length);
      expect([at.lowest, at.highest]).toEqual([sorted[0], sorted.at(-1)]);
      expect(at.p50).toBe(sorted[Math.ceil(sorted.length / 2) - 1]);
      expect(sorted.filter((value) => value <= at.p95).length).toBeGreaterThanOrEqual(0.95 * sorted.length);
      expect(table.objective[at.lowestRow]).toBe(at.lowest);
      expect(table.objective[at.highestRow]).toBe(at.highest);
    }
  });
});
