import { describe, expect, it } from 'vitest';
import { makeReport } from '../../core/report/make-report.ts';
import type { Report } from '../../core/report/report.ts';
import { inputOf, type SweepOptions, World } from './world.ts';

const shape = { seed: 11, domains: 2, samples: 60 };
const five = new World({ ...shape, experts: 5 });

function reportOf(world: World, goals: NonNullable<SweepOptions['goals']> = {}): Report {
  return makeReport(inputOf(world, { goals }), { stage: 'complete' });
}

/** The order of sums decides the last digits. */
function rounded<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (_, each: unknown) => (typeof each === 'number' ? Number(each.toFixed(6)) : each)),
  );
}

describe('excluded experts', () => {
  it('give the report of a file that does not name them', () => {
    const answer = ({ cells: [cell], study, pool, sizes, headline }: Report) =>
      rounded({
        pool,
        sizes,
        said: headline.sentence,
        curves: cell?.curves.map(({ points, recommended_k }) => ({ points, recommended_k })),
        selection: cell?.selection,
        study: { ...study?.cells[0], pools: null, spread: null, returns: null },
      });
    const without = reportOf(five, { must_exclude: ['e4'] });
    expect(answer(without)).toEqual(answer(reportOf(new World({ ...shape, experts: 4 }))));
    expect(without.excluded).toEqual(['e4']);
  });

  it('leave no gap in the numbering of the others', () => {
    const { pool, cells } = reportOf(five, { must_exclude: ['e1'] });
    expect(pool).toEqual(['e0', 'e2', 'e3', 'e4']);
    expect(cells[0]?.curves[0]?.points.map(({ k, subsets, of }) => [k, subsets, of])).toEqual([
      [1, 4, 4],
      [2, 6, 6],
      [3, 4, 4],
      [4, 1, 1],
    ]);
    const whole = reportOf(five).cells[0]?.merges;
    expect(whole?.count).toBe(31);
    expect(cells[0]?.merges.count).toBe(15);
  });

  it('leave what permutations draw without them', () => {
    const goals = { must_exclude: ['e0'] };
    const subsets = { kind: 'permutations', count: 6 } as const;
    const report = makeReport(inputOf(five, { goals, subsets }), { stage: 'complete' });
    for (const { k, mean, low, high, subsets: measured, of } of report.cells[0]?.curves[0]?.points ?? []) {
      expect(measured).toBeLessThanOrEqual(of);
      expect([k, low !== null && high !== null && low <= mean && mean <= high]).toEqual([k, true]);
    }
    expect(report.headline.sentence).not.toContain('e0');
  });
});
