import { describe, expect, it } from 'vitest';
import { makeReport } from '../../core/report/make-report.ts';
import { mergePoints } from '../../core/report/merge-table.ts';
import type { Report } from '../../core/report/report.ts';
import { inputOf, type SweepOptions, World } from './world.ts';

const shape = { seed: 11, domains: 2, samples: 60 };
const five = new World({ ...shape, experts: 5 });

function reportOf(world: World, goals: NonNullable<SweepOptions['goals']> = {}): Report {
  return makeReport(inputOf(world, { goals }), { stage: 'complete' });
}

const OF_GOALS = / Every number here, the law's too, is about subsets without e\d, as the goals ask\.$/;

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
        said: headline.sentence.replace(OF_GOALS, ''),
        curves: cell?.curves.map(({ points, recommended_k }) => ({ points, recommended_k })),
        selection: cell?.selection,
        study: { ...study?.cells[0], pools: null, spread: null, returns: null },
      });
    const without = reportOf(five, { must_exclude: ['e4'] });
    expect(answer(without)).toEqual(answer(reportOf(new World({ ...shape, experts: 4 }))));
    expect(without.excluded).toEqual(['e4']);
    expect(without.headline.sentence).toMatch(OF_GOALS);
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
    expect(report.headline.sentence.replace(OF_GOALS, '')).not.toContain('e0');
  });
});

describe('required experts', () => {
  const whole = reportOf(five);
  const report = reportOf(five, { must_include: ['e1', 'e3'] });
  const [cell] = report.cells;
  const curve = cell?.curves[0];

  it('are in every subset of every mean', () => {
    expect(report.required).toEqual(['e1', 'e3']);
    const merges = mergePoints(whole.cells[0]?.merges ?? raise()).filter(
      ({ members }) => members.includes(1) && members.includes(3),
    );
    expect(curve?.points.map(({ k, subsets, of }) => [k, subsets, of])).toEqual([
      [2, 1, 1],
      [3, 3, 3],
      [4, 3, 3],
      [5, 1, 1],
    ]);
    for (const { k, mean } of curve?.points ?? []) {
      const own = merges.filter(({ members }) => members.length === k);
      expect(mean).toBeCloseTo(own.reduce((sum, { objective }) => sum + objective, 0) / own.length, 6);
    }
    expect(cell?.merges.count).toBe(8);
  });

  it('bound k from below, everywhere', () => {
    const ks = (rows: readonly { readonly k: number }[] | null | undefined) => rows?.map(({ k }) => k);
    expect(curve?.recommended_k?.k).toBeGreaterThanOrEqual(2);
    expect(report.headline.rests_on).toBeNull();
    expect(ks(curve?.forecast)).toEqual([2, 3, 4, 5]);
    expect(ks(curve?.marginal_gain)).toEqual([2, 3, 4]);
    expect(ks(cell?.selection?.chosen)).toEqual([2, 3, 4, 5]);
    const study = report.study?.cells[0];
    expect(ks(study?.returns?.curve)).toEqual([2, 3, 4, 5]);
    expect(study?.pools.filter(({ without }) => without.includes(1) || without.includes(3))).toEqual([]);
  });

  it('neither come nor go', () => {
    const { attribution, recommended } = cell?.selection ?? raise();
    expect(attribution.map((own) => own !== null)).toEqual([true, false, true, false, true]);
    const { drop, add } = report.study?.cells[0]?.neighbours ?? raise();
    const others = [0, 2, 4].filter((d) => recommended?.members.includes(d));
    expect(drop.map(({ expert }) => expert)).toEqual(others);
    expect(drop.length + add.length).toBe(3);
  });

  it('leave what a free expert brings to them as its effect, beside them alone too', () => {
    const loss = (members: readonly number[]) =>
      mergePoints(whole.cells[0]?.merges ?? raise()).find((each) => each.members.join() === members.join())
        ?.objective ?? Number.NaN;
    const joins = (d: number, t: readonly number[]) =>
      loss([1, 3, d, ...t].sort((a, b) => a - b)) - loss([1, 3, ...t].sort((a, b) => a - b));
    const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
    const free = [0, 2, 4];
    const others = (d: number) => free.filter((e) => e !== d);
    const gains = (d: number) => [
      joins(d, []),
      mean(others(d).map((e) => joins(d, [e]))),
      joins(d, others(d)),
    ];
    const average = [0, 1, 2].map((t) => mean(free.map((d) => gains(d)[t] as number)));
    const effect = mean(gains(0).map((gain, t) => gain - (average[t] as number)));
    expect(cell?.selection?.attribution[0]?.effect.value).toBeCloseTo(effect, 6);
  });
});

describe('goals that leave hardly anything', () => {
  it.each<SweepOptions>([
    { goals: { must_exclude: ['e0', 'e1', 'e2', 'e3'] } },
    { goals: { must_include: ['e0', 'e1', 'e2', 'e3', 'e4'] } },
    { goals: { must_exclude: ['e1', 'e2'], must_include: ['e3', 'e4'], interval: 'population' } },
    { goals: { must_exclude: ['e1', 'e2'] }, subsets: { kind: 'permutations', count: 3 }, k: [2, 4] },
  ])('give numbers or nothing: %j', (options) => {
    const report = makeReport(inputOf(five, options), { stage: 'complete', shapley: true });
    expect(notFinite(report)).toEqual([]);
  });
});

/** Paths of numbers that are none. */
function notFinite(value: unknown, path = ''): string[] {
  if (typeof value === 'number') return Number.isFinite(value) ? [] : [path];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => notFinite(each, `${path}.${name}`));
}

function raise(): never {
  throw new Error('a complete report has it');
}
