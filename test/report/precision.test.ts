import { describe, expect, it } from 'vitest';
import { makeReport, ReportMaker } from '../../core/report/make-report.ts';
import type { CellPrecision, Report } from '../../core/report/report.ts';
import type { Plan } from '../../core/store/format.ts';
import { experimentOf, inputOf, planOf, type SweepOptions, World, WorldResults } from './world.ts';

const world = new World({ seed: 3, experts: 8, domains: 2, samples: 40, spread: 0.4 });
const subsets = { kind: 'precision', precision: 0.01, at_most: 200 } as const;

/** The report with the first `count` lines of the plan scored. */
function reportAfter(
  count: number,
  options: SweepOptions = {},
  stage: 'points' | 'complete' = 'points',
): Report {
  const { input, plan } = started(options);
  return makeReport({ ...input, results: scored(plan, count) }, { stage });
}

function started(options: SweepOptions) {
  const experiment = experimentOf(world, { subsets, ...options });
  const plan = planOf(experiment);
  return { plan, input: { ...inputOf(world, { subsets, ...options }), experiment, plan } };
}

function scored(plan: Plan, count: number): WorldResults {
  return new WorldResults(world).feed(plan, plan.lines.slice(0, count));
}

function cellOf(report: Report, index = 0): CellPrecision {
  const precision = report.cells[index]?.precision;
  if (!precision) throw new Error('no precision');
  return precision;
}

/** Mean over all subsets of size k of this pool, scored on these samples. */
function truth(k: number): number {
  const point = makeReport(inputOf(world), { stage: 'points' }).cells[0]?.curves[0]?.points.find(
    (each) => each.k === k,
  );
  return point?.mean ?? Number.NaN;
}

/** Lines scored when the run may stop. */
function stopsAfter(options: SweepOptions = {}): number {
  const { input, plan } = started(options);
  const maker = new ReportMaker();
  const results = new WorldResults(world);
  for (const [i, line] of plan.lines.entries()) {
    results.feed(plan, [line]);
    if (maker.make({ ...input, results }, { stage: 'points' }).precision?.stop === 'precise') return i + 1;
  }
  return Number.POSITIVE_INFINITY;
}

describe('the precision of a report', () => {
  it('is none where the sweep asks for none', () => {
    const report = makeReport(inputOf(world), { stage: 'points' });
    expect(report.precision).toBeNull();
    expect(report.cells[0]?.precision).toBeNull();
  });

  it('waits for the anchors, then for six of each size', () => {
    for (const count of [0, 12, 18, 18 + 35]) {
      expect(cellOf(reportAfter(count))).toMatchObject({ stop: null, reached: null, points: [] });
    }
    const first = cellOf(reportAfter(18 + 36));
    expect(first.points.map(({ merges }) => merges)).toEqual([6, 6, 6, 6, 6, 6]);
    expect(first.reached).toBeGreaterThan(0);
    expect(first).toMatchObject({ merges: 9 + 36, at_most: 200 });
  });

  it('is precise well before everything is merged, with the truth within every bound', () => {
    const count = stopsAfter();
    expect(count).toBeLessThan(100);
    const report = reportAfter(count);
    expect(report.precision).toMatchObject({ asked: 0.01, stop: 'precise', merges: count - 9, at_most: 200 });
    expect(report.headline.state).toBe('complete');
    expect(report.headline.sentence).not.toContain('So far');
    const { points, reached } = cellOf(report);
    expect(reached).toBeLessThanOrEqual(0.01);
    expect(points.map(({ k }) => k)).toEqual([2, 3, 4, 5, 6, 7]);
    for (const { k, loss, half } of points) expect(Math.abs(loss - truth(k))).toBeLessThanOrEqual(half ?? 0);
    expect(reportAfter(count - 1).headline.state).toBe('partial');
  });

  it('stays precise, by the same bounds, when more is merged', () => {
    const count = stopsAfter();
    const { points, stop } = cellOf(reportAfter(count + 40));
    expect(stop).toBe('precise');
    expect(points).toEqual(cellOf(reportAfter(count)).points);
  });

  it('is the same read at once as seen growing', () => {
    const { input, plan } = started({});
    const maker = new ReportMaker();
    const results = new WorldResults(world);
    for (const [i, line] of plan.lines.slice(0, 90).entries()) {
      results.feed(plan, [line]);
      const grown = maker.make({ ...input, results }, { stage: 'points' });
      if (i % 10 === 0) expect(cellOf(grown)).toEqual(cellOf(reportAfter(i + 1)));
    }
  });

  it('ends at what is allowed, and says how far it came', () => {
    const few = { subsets: { ...subsets, precision: 1e-6, at_most: 60 } };
    const report = reportAfter(9 + 60, few);
    expect(report.precision?.stop).toBe('at_most');
    expect(cellOf(report).reached).toBeGreaterThan(1e-6);
    expect(cellOf(report).merges).toBe(60);
  });

  it('ends where a single expert cannot be merged, without a bound', () => {
    const few = { subsets: { ...subsets, at_most: 60 } };
    const { input, plan } = started(few);
    const results = new WorldResults(world);
    const isLost = (subset: readonly string[], method: number | null) =>
      method !== null && subset.join() === world.pool[0];
    for (const line of plan.lines) {
      if (isLost(line.subset, line.method)) results.fail(line.key);
      else results.feed(plan, [line]);
    }
    const { stop, reached } = cellOf(makeReport({ ...input, results }, { stage: 'points' }));
    expect({ stop, reached }).toEqual({ stop: 'at_most', reached: null });
  });

  it('passes over merges that failed', () => {
    const { input, plan } = started({});
    const lost = plan.lines.filter(({ method, subset }) => method !== null && subset.length === 3)[2];
    const results = new WorldResults(world).feed(
      plan,
      plan.lines.filter((line) => line !== lost).slice(0, 90),
    );
    const before = cellOf(makeReport({ ...input, results }, { stage: 'points' }));
    expect(before.points).toEqual([]);
    results.fail(lost?.key as never);
    const after = cellOf(makeReport({ ...input, results }, { stage: 'points' }));
    expect(after.points).toHaveLength(6);
  });

  it('is of all methods together', () => {
    const methods = [
      { method: 'average', compatibility: 'none' },
      { method: 'dare', drop_rate: 0.2, seeds: [0, 1], compatibility: 'none' },
    ] as const;
    const { plan } = started({ methods });
    const all = reportAfter(plan.lines.length, { methods });
    expect(all.cells.map(({ precision }) => precision?.stop)).toEqual(['precise', 'precise']);
    // Of the second method one seed of each subset is missing.
    const { input } = started({ methods });
    const results = new WorldResults(world).feed(
      plan,
      plan.lines.filter(({ seed }) => seed !== 1),
    );
    const half = makeReport({ ...input, results }, { stage: 'points' });
    expect(half.cells.map(({ precision }) => precision?.stop)).toEqual(['precise', null]);
    expect(half.precision?.stop).toBeNull();
  });

  it('says what the samples alone leave once there are intervals', () => {
    expect(cellOf(reportAfter(60)).samples_alone).toBeNull();
    const alone = cellOf(reportAfter(60, {}, 'complete')).samples_alone;
    expect(alone).toBeGreaterThan(0);
  });

  it('is at once there for pools whose anchors are all there is', () => {
    for (const experts of [1, 2]) {
      const tiny = new World({ seed: 1, experts, domains: 1, samples: 20 });
      const experiment = experimentOf(tiny, { subsets });
      const plan = planOf(experiment);
      const input = {
        ...inputOf(tiny, { subsets }),
        experiment,
        plan,
        results: new WorldResults(tiny).feed(plan),
      };
      expect(makeReport(input, { stage: 'complete' }).cells[0]?.precision).toMatchObject({
        stop: 'precise',
        reached: 0,
      });
    }
  });
});
