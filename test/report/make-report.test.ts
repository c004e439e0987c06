import { describe, expect, it } from 'vitest';
import type { Experiment } from '../../core/experiment/experiment.ts';
import { makeReport, ReportMaker } from '../../core/report/make-report.ts';
import { mergePoints } from '../../core/report/merge-table.ts';
import type { Cell, Curve, Report } from '../../core/report/report.ts';
import { digest } from '../../core/store/canonical.ts';
import type { EvaluationId, Fingerprint } from '../../core/store/format.ts';
import { experimentOf, inputOf, planOf, subsetsOf, World, WorldResults } from './world.ts';

function only(report: Report): Cell {
  const [cell] = report.cells;
  if (!cell || report.cells.length !== 1) throw new Error('one cell');
  return cell;
}

function objective(report: Report): Curve {
  const [curve] = only(report).curves;
  if (!curve) throw new Error('no curve');
  return curve;
}

/** Every number in a report, with where it is. */
function numbers(value: unknown, path = ''): [string, number][] {
  if (typeof value === 'number') return [[path, value]];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([name, inner]) => numbers(inner, `${path}.${name}`));
}

function expectFinite(report: Report): void {
  for (const [path, value] of numbers(report)) expect(Number.isFinite(value), path).toBe(true);
  const text = JSON.stringify(report);
  expect(JSON.stringify(JSON.parse(text))).toBe(text);
  expect(report.headline.sentence).not.toMatch(/NaN|undefined|null/);
}

const world = new World({ seed: 3, experts: 6, domains: 3, samples: 40 });

describe('a report of all subsets', () => {
  const input = inputOf(world);
  const report = makeReport(input, { stage: 'complete' });
  const cell = only(report);

  it('has the exact mean over all subsets, and the truth within its intervals', () => {
    expect(objective(report).points.map(({ k }) => k)).toEqual([1, 2, 3, 4, 5, 6]);
    for (const point of objective(report).points) {
      const merges = mergePoints(cell.merges).filter(({ members }) => members.length === point.k);
      const mean = merges.reduce((sum, { objective: loss }) => sum + loss, 0) / merges.length;
      expect(point.mean).toBeCloseTo(mean, 12);
      expect(point.subsets).toBe(point.of);
      expect(point.low ?? Number.NaN).toBeLessThan(world.typical(point.k));
      expect(point.high ?? Number.NaN).toBeGreaterThan(world.typical(point.k));
      expect(point.min).toBeLessThanOrEqual(point.mean);
      expect(point.max).toBeGreaterThanOrEqual(point.mean);
    }
  });

  it('recovers the floor: with fixed steps and subsets without replacement the mean is L∞ + A/k', () => {
    const signed = objective(report).forms.find(({ form }) => form === 'quadratic');
    const tail = (world.typical(1) - world.typical(2)) * 2;
    expect(Math.abs((signed?.parameters['A'] ?? 0) / tail - 1)).toBeLessThan(0.1);
  });

  it('chooses the subsets that are truly best, or as good', () => {
    for (const chosen of cell.selection?.chosen ?? []) {
      const best = Math.min(...subsetsOf(6, chosen.k).map((members) => world.macro(members)));
      expect(world.macro(chosen.members) - best).toBeLessThan(0.02);
      expect(chosen.tied ?? 0).toBeGreaterThanOrEqual(1);
      expect(chosen.measured).toBe(chosen.of);
      expect(chosen.difference?.value ?? 0).toBeLessThanOrEqual(0);
    }
    expect(cell.selection?.chosen.at(-1)?.difference).toEqual({ value: 0, low: 0, high: 0 });
  });

  it('attributes as the truth does', () => {
    const truth = world.pool.map((_, d) => {
      let sum = 0;
      for (let t = 1; t < 6; t++) {
        const change = (expert: number) => {
          const sets = subsetsOf(6, t).filter((members) => !members.includes(expert));
          return (
            sets.reduce(
              (total, set) => total + world.macro([...set, expert].sort((a, b) => a - b)) - world.macro(set),
              0,
            ) / sets.length
          );
        };
        sum += change(d) - world.pool.reduce((total, _name, e) => total + change(e) / 6, 0);
      }
      return sum / 5;
    });
    for (const [d, attribution] of (cell.selection?.attribution ?? []).entries()) {
      const { value, low, high } = attribution?.effect ?? { value: Number.NaN, low: null, high: null };
      expect(Math.abs(value - (truth[d] ?? Number.NaN))).toBeLessThan(0.05);
      expect((high ?? 0) - (low ?? 0)).toBeGreaterThan(0);
      expect(attribution?.comparisons).toBe(31);
    }
  });

  it('is finite everywhere, survives JSON, and shows the same digits again', () => {
    expectFinite(report);
    expect(makeReport(input, { stage: 'complete' })).toEqual(report);
    expect(report.progress).toEqual({ done: 70, failed: 0, total: 70 });
    expect(report.headline.state).toBe('complete');
  });

  it('has the same points before intervals, and no interval then', () => {
    const early = makeReport(input, { stage: 'points' });
    expectFinite(early);
    expect(objective(early).points.map(({ mean }) => mean)).toEqual(
      objective(report).points.map(({ mean }) => mean),
    );
    expect(objective(early).points.every(({ low, high }) => low === null && high === null)).toBe(true);
    expect(early.headline.recommended_k?.k).toBe(report.headline.recommended_k?.k);
    expect(early.headline.subset).toEqual(report.headline.subset);
  });
});

describe('weights, constraints and goals', () => {
  it("of one domain alone are that domain's own curve, errors of subsets included", () => {
    const few = { subsets: { kind: 'per_k', count: 6 } } as const;
    const [, own] = only(makeReport(inputOf(world, few), { stage: 'points' })).curves;
    const weights = new Map(world.domains.map((name, d) => [name, d === 0 ? 1 : 0]));
    const alone = only(makeReport(inputOf(world, { ...few, goals: { weights } }), { stage: 'points' }))
      .curves[0];
    expect(own?.domain).toBe(world.domains[0]);
    expect(own?.parameters).not.toBeNull();
    expect(alone && { ...alone, domain: own?.domain }).toEqual(own);
  });

  it('weighs domains as told', () => {
    const weights = new Map([
      ['d0', 2],
      ['d1', 1],
      ['d2', 0],
    ]);
    const report = makeReport(inputOf(world, { goals: { weights } }), { stage: 'complete' });
    expectFinite(report);
    expect(report.domains.map(({ weight }) => weight)).toEqual([2 / 3, 1 / 3, 0]);
    for (const { objective: loss, domains } of mergePoints(only(report).merges))
      expect(loss).toBeCloseTo((2 * (domains[0] ?? 0) + (domains[1] ?? 0)) / 3, 12);
  });

  it('chooses within the constraints, of the size asked for', () => {
    const goals = { must_include: ['e1'], must_exclude: ['e4'], pick: 3 };
    const winning = new World({ seed: 3, experts: 6, domains: 3, samples: 40, gain: 1.5, spread: 0.5 });
    const report = makeReport(inputOf(winning, { goals }), { stage: 'points' });
    const { selection } = only(report);
    expect(selection?.chosen.map(({ k }) => k)).toEqual([1, 2, 3, 4, 5]);
    for (const { members, measured, of, k } of selection?.chosen ?? []) {
      const names = members.map((d) => report.pool[d]);
      expect(names).toContain('e1');
      expect(names).not.toContain('e4');
      expect(measured).toBe(of);
      expect(of).toBe([1, 4, 6, 4, 1][k - 1]);
    }
    expect(selection?.recommended?.k).toBe(3);
    expect(report.headline.subset).toHaveLength(3);
    expect(report.headline.subset).toContain('e1');
  });

  it('widens intervals that speak of experts like these', () => {
    const pool = makeReport(inputOf(world), { stage: 'complete' });
    const population = makeReport(inputOf(world, { goals: { interval: 'population' } }), {
      stage: 'complete',
    });
    expectFinite(population);
    const width = (report: Report, k: number) => {
      const point = objective(report).points.find((candidate) => candidate.k === k);
      return (point?.high ?? Number.NaN) - (point?.low ?? Number.NaN);
    };
    expect(width(population, 1)).toBeGreaterThan(1.5 * width(pool, 1));
    // No pool that lacks an expert has a merge of all of them.
    expect(objective(population).points.at(-1)?.low).toBeNull();
  });
});

describe('merges that lose to the base', () => {
  it('says so first, and recommends nothing', () => {
    const bad = new World({ seed: 5, experts: 5, domains: 3, samples: 60, gain: -1, spread: 0.3 });
    const report = makeReport(inputOf(bad), { stage: 'complete' });
    expectFinite(report);
    expect(report.headline.recommended_k?.k).toBe(0);
    expect(report.headline.beats_base).toBe(false);
    expect(report.headline.subset).toBeNull();
    expect(report.headline.sentence).toMatch(/^No merge beats the base/);
    expect(only(report).selection?.recommended).toBeNull();
    expect(only(report).selection?.reason).toMatch(/beats the base/);
  });

  it('says where only chosen subsets win, and recommends one of them', () => {
    const mixed = new World({ seed: 3, experts: 6, domains: 3, samples: 60, gain: 0.1, spread: 0.5 });
    const report = makeReport(inputOf(mixed, { goals: { goal: { rule: 'within', value: 0.01 } } }), {
      stage: 'complete',
    });
    const base = report.sizes[0]?.base?.objective.value ?? Number.NaN;
    expect(objective(report).points.every(({ mean }) => mean > base)).toBe(true);
    expect(only(report).selection?.chosen.some(({ cross_fitted }) => cross_fitted.value < base)).toBe(true);
    expect(report.headline.sentence).toMatch(/^Typical merges lose to the base at every k/);
    expect(report.headline.recommended_k?.k).toBeGreaterThan(0);
    expect(report.headline.beats_base).toBe(true);
    expect(report.headline.loss?.value).toBeLessThan(base);
    expect(report.warnings.map(({ code }) => code)).toContain('only_chosen_beats_base');
  });
});

describe('any prefix of a plan', () => {
  it.each([
    { kind: 'all' } as const,
    { kind: 'per_k', count: 4 } as const,
    { kind: 'permutations', count: 5 } as const,
  ])('gives a sane report under $kind', (subsets) => {
    const { experiment, plan, evaluations } = inputOf(world, { subsets });
    const results = new WorldResults(world);
    const maker = new ReportMaker();
    for (let done = 0; done <= plan.lines.length; done++) {
      results.feed(plan, plan.lines.slice(0, done));
      for (const stage of ['points', 'complete'] as const) {
        if (stage === 'complete' && done % 5 !== 0) continue;
        const report = maker.make({ experiment, plan, results, evaluations, otherPlans: [] }, { stage });
        expectFinite(report);
        expect(report.progress.done).toBe(done);
        expect(report.headline.state === 'complete').toBe(done === plan.lines.length);
        for (const point of objective(report).points) {
          if (point.low !== null && point.high !== null) {
            expect(point.low).toBeLessThanOrEqual(point.mean);
            expect(point.high).toBeGreaterThanOrEqual(point.mean);
          }
        }
      }
    }
  });

  it('says that no merge is measured, then that it is too little', () => {
    expect(makeReport(inputOf(world, {}, 0), { stage: 'complete' }).headline).toMatchObject({
      state: 'waiting',
      sentence: 'No merge is measured yet.',
      recommended_k: null,
    });
  });

  it('says that an end without a recommended k is one, and why, and still names the subset that was asked for', () => {
    const far = { goal: { rule: 'epsilon', value: 1e-6 } } as const;
    const { headline } = makeReport(inputOf(world, { goals: far }), { stage: 'points' });
    expect(headline).toMatchObject({ state: 'complete', recommended_k: null, subset: null });
    expect(headline.sentence).toBe(
      '63 of 63 merges are measured, and there is no recommended k: no k up to 6 meets the goal.',
    );
    const two = makeReport(inputOf(world, { k: [1, 2], goals: { pick: 2 } }), { stage: 'complete' });
    expectFinite(two);
    expect(two.headline).toMatchObject({ state: 'complete', recommended_k: null });
    expect(two.headline.subset).toHaveLength(2);
    expect(two.headline.sentence).toMatch(
      /only 2 of the 6 k's are measured, and a law needs three\.\nMerging e\d and e\d by average/,
    );
  });

  it('says in the same breath that a k comes from a law of three points, or lies beyond what is measured', () => {
    const goals = { goal: { rule: 'return', value: 1 } } as const;
    const falling = new World({ seed: 7, experts: 6, domains: 3, samples: 40 });
    const of = (k: readonly number[]) =>
      makeReport(inputOf(falling, { k, goals }), { stage: 'points' }).headline;
    expect(of([1, 2, 3])).toMatchObject({ rests_on: [1, 2, 3] });
    expect(of([1, 2, 3]).sentence).toMatch(
      /^By a law that rests on only 3 points \(k = 1, 2 and 3\), extrapolated beyond them, (all )?\d experts /,
    );
    expect(of([1, 2, 6]).sentence).toMatch(
      /^By a law that rests on only 3 points \(k = 1, 2 and 6\), (all )?\d /,
    );
    expect(of([1, 2, 3, 4]).sentence).toMatch(/^Extrapolating the law beyond k = 4, where measuring ends, /);
    expect(of([1, 2, 3, 4, 6]).sentence).toMatch(/^(All )?\d experts /);
    expect(of([1, 2, 3, 4, 5, 6])).toMatchObject({ rests_on: null });
  });

  it('does not call the base the best where the law falls below it at a k that is not measured', () => {
    const input = inputOf(world, { k: [1, 2, 3], subsets: { kind: 'per_k', count: 1 } });
    const before = makeReport(input, { stage: 'points' });
    const three = objective(before).points[2]?.mean ?? Number.NaN;
    const six = objective(before).forecast.at(-1)?.loss ?? Number.NaN;
    const shift = (three + six) / 2 - (before.sizes[0]?.base?.objective.value ?? Number.NaN);
    const key = input.plan.lines[0]?.key ?? raise();
    for (const [name, id] of Object.entries(input.plan.header.evaluations)) {
      const { nll, tokens, perSample } = input.results.get(key, id) ?? raise();
      const each = input.evaluations.get(name)?.tokens ?? raise();
      const shifted = perSample.map((value, s) => value + shift * (each[s] ?? 0));
      input.results.replace(key, id, { nll: nll + shift * tokens, tokens, perSample: shifted });
    }
    const { headline } = makeReport(input, { stage: 'points' });
    expect(headline.recommended_k?.k).toBeGreaterThan(0);
    expect(headline.beats_base).toBe(true);
    expect(headline.sentence).not.toMatch(/keep the base/);
  });

  it('is the same by steps as at once', () => {
    const { experiment, plan, evaluations } = inputOf(world);
    const results = new WorldResults(world);
    const maker = new ReportMaker();
    for (const done of [10, 40, 69, plan.lines.length]) {
      results.feed(plan, plan.lines.slice(0, done));
      maker.make({ experiment, plan, results, evaluations, otherPlans: [] }, { stage: 'points' });
    }
    const input = { experiment, plan, results, evaluations, otherPlans: [] };
    expect(maker.make(input, { stage: 'complete' })).toEqual(makeReport(input, { stage: 'complete' }));
  });
});

describe('failures', () => {
  it('are counted, named and missing from the means', () => {
    const input = inputOf(world);
    const [failing] = input.plan.lines.filter(({ subset, method }) => subset.length === 3 && method === 0);
    const results = new WorldResults(world).feed(
      input.plan,
      input.plan.lines.filter((line) => line !== failing),
    );
    if (failing) results.fail(failing.key);
    const report = makeReport({ ...input, results }, { stage: 'complete' });
    expectFinite(report);
    expect(report.progress).toEqual({ done: 69, failed: 1, total: 70 });
    expect(report.headline.state).toBe('complete');
    expect(report.warnings.map(({ code }) => code)).toContain('merges_failed');
    expect(objective(report).points[2]).toMatchObject({ subsets: 19, of: 20 });
  });

  it('of every merge of the size that was asked for are said, not waited for', () => {
    const input = inputOf(world, { goals: { pick: 4 } });
    const isFour = ({ subset, method }: (typeof input.plan.lines)[number]) =>
      subset.length === 4 && method === 0;
    const results = new WorldResults(world).feed(
      input.plan,
      input.plan.lines.filter((line) => !isFour(line)),
    );
    for (const { key } of input.plan.lines.filter(isFour)) results.fail(key);
    const report = makeReport({ ...input, results }, { stage: 'points' });
    expect(report.cells[0]?.selection?.reason).toBe(
      'No subset of 4 experts could be merged and scored: all 15 merges failed.',
    );
  });

  it('leaves out results of another shape, or not finite, and says so', () => {
    const input = inputOf(world);
    const [line] = input.plan.lines.filter(({ subset, method }) => subset.length === 2 && method === 0);
    const id = Object.values(input.plan.header.evaluations)[0];
    const score = line && id ? input.results.get(line.key, id) : undefined;
    if (!line || !id || !score) throw new Error('a merge of two');
    for (const wrong of [
      { ...score, perSample: score.perSample.slice(1) },
      { ...score, tokens: score.tokens + 1 },
      { ...score, nll: Number.NaN },
      { ...score, perSample: score.perSample.map((value, i) => (i === 3 ? Number.NaN : value)) },
    ]) {
      input.results.replace(line.key, id, wrong);
      const report = makeReport(input, { stage: 'points' });
      expectFinite(report);
      expect(report.warnings.map(({ code }) => code)).toContain('results_unusable');
      expect(objective(report).points[1]?.subsets).toBe(14);
    }
  });

  it('of the evaluation data: a domain of one sample leaves every interval open', () => {
    // Six experts leave a law residuals, which know nothing of the samples that all k share.
    for (const interval of ['pool', 'population'] as const) {
      const tiny = new World({ seed: 2, experts: 6, domains: 2, samples: 1 });
      const input = inputOf(tiny, { k: [1, 2, 3, 4, 6], goals: { interval } });
      const report = makeReport(input, { stage: 'complete' });
      expectFinite(report);
      const curve = objective(report);
      expect(curve.intervals).toBeNull();
      expect(curve.reasons['intervals']).toContain('do not show');
      expect(curve.recommended_k).toMatchObject({ low: null, high: null });
      const rows = [...curve.points, ...curve.forecast, ...(curve.marginal_gain ?? [])];
      expect(rows).toHaveLength(5 + 6 + 5);
      expect(rows.filter(({ low, high }) => low !== null || high !== null)).toEqual([]);
      expect(report.sizes[0]?.base?.objective.low).toBeNull();
      expect(report.headline.sentence).not.toContain('95%');
    }
  });

  it('of a single expert, or two', () => {
    for (const experts of [1, 2]) {
      const few = new World({ seed: 2, experts, domains: 2, samples: 20 });
      expectFinite(makeReport(inputOf(few), { stage: 'complete' }));
    }
  });
});

describe('a plan that grows', () => {
  const wide = new World({ seed: 8, experts: 7, domains: 3, samples: 40 });
  const before = experimentOf(
    { pool: wide.pool.slice(0, 6), domains: wide.domains },
    { subsets: { kind: 'all' } },
  );
  const after = experimentOf(wide, { subsets: { kind: 'per_k', count: 6 } });

  it('uses older merges for the choice, never for the typical curve', () => {
    const older = planOf(before);
    const plan = planOf(after);
    const results = new WorldResults(wide).feed(older).feed(plan);
    const input = { experiment: after, plan, results, evaluations: wide.evaluations(), otherPlans: [older] };
    const alone = makeReport({ ...input, otherPlans: [] }, { stage: 'points' });
    const grown = makeReport(input, { stage: 'points' });
    expectFinite(grown);
    for (const k of [2, 3, 4, 5]) {
      const at = (report: Report) => objective(report).points.find((point) => point.k === k);
      expect(at(grown)).toEqual(at(alone));
      const chosen = (report: Report) => only(report).selection?.chosen.find((each) => each.k === k);
      expect(chosen(grown)?.measured ?? 0).toBeGreaterThan(chosen(alone)?.measured ?? 0);
      expect(chosen(grown)?.loss ?? 0).toBeLessThanOrEqual(chosen(alone)?.loss ?? 0);
    }
  });

  it('takes nothing from plans of another base, method or type', () => {
    const older = planOf(before);
    const plan = planOf(after);
    const results = new WorldResults(wide).feed(older).feed(plan);
    const input = { experiment: after, plan, results, evaluations: wide.evaluations() };
    const alone = makeReport({ ...input, otherPlans: [] }, { stage: 'points' });
    const size = older.header.sizes['default'] ?? raise();
    const fingerprint = digest('another base') as Fingerprint;
    for (const header of [
      { ...older.header, dtype: 'bfloat16' as const },
      { ...older.header, embeddings: 'common_rows' as const },
      { ...older.header, sizes: { default: { ...size, base: { ...size.base, fingerprint } } } },
      { ...older.header, methods: [{ method: 'average' as const, compatibility: 'mergekit' as const }] },
    ])
      expect(makeReport({ ...input, otherPlans: [{ ...older, header }] }, { stage: 'points' })).toEqual(
        alone,
      );
  });

  it('waits for a domain that was added', () => {
    const input = inputOf(world);
    const header = {
      ...input.plan.header,
      evaluations: { ...input.plan.header.evaluations, new: digest('new') as EvaluationId },
    };
    const [tokens] = [...input.evaluations.values()];
    const evaluations = new Map([...input.evaluations, ['new', tokens ?? raise()] as const]);
    const report = makeReport(
      { ...input, plan: { ...input.plan, header }, evaluations },
      { stage: 'points' },
    );
    expectFinite(report);
    expect(report.progress.done).toBe(0);
    expect(report.headline.state).toBe('waiting');
  });
});

describe('random methods', () => {
  const methods = [{ method: 'dare', drop_rate: 0.2, seeds: [0, 1, 2], compatibility: 'none' }] as const;
  const noisy = new World({ seed: 4, experts: 5, domains: 3, samples: 40, maskNoise: 0.3 });

  it('averages seeds within a subset', () => {
    const report = makeReport(inputOf(noisy, { methods }), { stage: 'complete' });
    expectFinite(report);
    const cell = only(report);
    expect(cell.seeds).toEqual([0, 1, 2]);
    expect(cell.merges.count).toBe(3 * 31);
    for (const point of objective(report).points) {
      const merges = mergePoints(cell.merges).filter(({ members }) => members.length === point.k);
      expect(point.mean).toBeCloseTo(merges.reduce((sum, m) => sum + m.objective, 0) / merges.length, 10);
      expect(point.subsets).toBe(point.of);
    }
    const [first] = cell.selection?.chosen ?? [];
    const same = mergePoints(cell.merges).filter(({ members }) => members.join() === first?.members.join());
    expect(first?.loss).toBeCloseTo(same.reduce((sum, m) => sum + m.objective, 0) / 3, 10);
    expect(first?.measured).toBe(5);
  });
});

describe('several methods', () => {
  it('ranks them by the typical loss at their recommended k, mergekit variants apart', () => {
    const methods = [
      { method: 'average', compatibility: 'none' },
      { method: 'task_arithmetic', scale: 0.8, normalize: true, compatibility: 'none' },
      { method: 'average', compatibility: 'mergekit' },
    ] as const;
    const input = inputOf(world, { methods });
    const report = makeReport(input, { stage: 'complete' });
    expectFinite(report);
    expect(report.cells.map(({ label }) => label)).toEqual([
      'average',
      'task_arithmetic',
      'average mergekit',
    ]);
    expect(report.cells.map(({ rank }) => rank)).toEqual([1, 1, null]);
    expect(report.cells.map(({ claims_law }) => claims_law)).toEqual([true, true, false]);
    expect(report.headline.cell).toBe(0);
    expect(report.warnings.map(({ code }) => code)).toContain('outside_law');
    const asked = makeReport(
      { ...input, experiment: experimentOf(world, { methods, goals: { method: 'task_arithmetic' } }) },
      { stage: 'points' },
    );
    expect(asked.headline.cell).toBe(1);
  });
});

describe('choosing with care', () => {
  const rich = new World({ seed: 7, experts: 6, domains: 3, samples: 40 });
  const within = (value: number) => ({ goal: { rule: 'within', value } as const });
  const reportOf = (goals: Partial<Experiment['goals']>, stage: 'points' | 'complete' = 'points') =>
    makeReport(inputOf(rich, { goals }), { stage });

  it('needs fewer experts than the typical merge: the smallest chosen subset within the goal of the best', () => {
    // Chosen cross-fitted losses by k: 1.816, 1.383, 1.392, 1.320, 1.307, 1.336; the base has 1.779.
    for (const [value, k] of [
      [0.01, 5],
      [0.05, 4],
      [0.08, 2],
      // A single expert would be near enough to the best, but loses to the base.
      [0.6, 2],
    ] as const) {
      const { selection } = only(reportOf({ ...within(value), pick: 6 }));
      expect(selection?.recommended?.k).toBe(6);
      expect(selection?.fewest?.k).toBe(k);
      expect(selection?.fewest).toBe(selection?.chosen[k - 1]);
    }
  });

  it('is told in the headline, beside the better one and what one more would buy', () => {
    const { sentence } = reportOf(within(0.05), 'complete').headline;
    expect(sentence).toContain(
      ' With fewer, 4 chosen with care stay within 0.05 nats of the best chosen merge: ' +
        'e0, e2, e4 and e5 have 1.32 (95% interval 1.21 to 1.43).',
    );
    const picked = reportOf({ ...within(0.01), pick: 6 }, 'complete');
    expect(only(picked).selection?.better?.chosen.k).toBe(5);
    expect(picked.headline.sentence).toContain(
      'Another size is surely better: e0, e1, e2, e4 and e5 have 1.307.',
    );
    expect(picked.headline.sentence).not.toContain('with care');
  });

  it('takes another size where that of the recommended k is surely worse by more than the goal allows', () => {
    for (const stage of ['points', 'complete'] as const) {
      const report = reportOf(within(0.01), stage);
      const { selection } = only(report);
      expect(report.headline.recommended_k?.k).toBe(6);
      expect(selection?.recommended).toBe(selection?.chosen[4]);
      expect(report.headline.subset).toEqual(['e0', 'e1', 'e2', 'e4', 'e5']);
      expect(selection?.passed_over?.chosen.k).toBe(6);
      expect(selection?.passed_over?.difference.value).toBeCloseTo(0.029, 2);
      expect([selection?.better, selection?.fewest]).toEqual([null, null]);
      expect(report.headline.sentence).toMatch(
        /^All 6 experts are needed, taken blindly.*\nChosen with care, these 5 do better: merging e0, e1, e2, e4 and e5 by .* The best 6 have 1\.336: \+0\.0\d+/,
      );
    }
    // What the goal allows to lose is not worth more experts, and what is not sure is no reason.
    expect(only(reportOf(within(0.05))).selection?.passed_over).toBeNull();
    const few = new World({ seed: 7, experts: 6, domains: 3, samples: 3 });
    const unsure = makeReport(inputOf(few, { goals: within(0.01) }), { stage: 'complete' });
    expect(only(unsure).selection?.passed_over).toBeNull();
  });

  it('takes the smallest subset that the goal allows, not the best one', () => {
    const { selection } = only(reportOf(within(0.02)));
    expect(selection?.passed_over?.chosen.k).toBe(6);
    expect(selection?.recommended).toBe(selection?.chosen[3]);
  });

  it('is judged within the constraints, and only under the goal that speaks of the best merge', () => {
    const included = only(reportOf({ ...within(0.05), must_include: ['e3'] })).selection;
    expect(included?.fewest?.members).toContain(3);
    expect(only(reportOf({ goal: { rule: 'return', value: 0.9 } })).selection?.fewest).toBeNull();
    expect(only(reportOf({ ...within(0.05), pick: 4 })).selection?.fewest).toBeNull();
    expect(only(reportOf({ ...within(0.05), pick: 5 })).selection?.fewest?.k).toBe(4);
  });

  it('says how many subsets cannot be told from it, and that the next expert is of a typical merge', () => {
    const tied = (k: number) => reportOf({ ...within(0.05), pick: k }, 'complete');
    const chosen = only(tied(3)).selection?.chosen;
    expect(chosen?.map((each) => each.tied)).toEqual([1, 1, 3, 1, 2, 1]);
    expect(tied(3).headline.sentence).toContain(' 2 other subsets of 3 cannot be told from these.');
    expect(tied(5).headline.sentence).toContain(' 1 other subset of 5 cannot be told from these.');
    expect(tied(4).headline.sentence).not.toContain('told from');
    const { headline } = reportOf(within(0.1), 'complete');
    expect(headline.recommended_k?.k).toBe(5);
    expect(headline.next_expert?.value).toBeGreaterThan(0);
    expect(headline.sentence).toMatch(/ One more expert, taken blindly, would buy 0\.\d+ \(95% interval/);
  });
});

describe('what the samples cannot tell', () => {
  it('claims no tie and no better size where a domain has a single sample', () => {
    const single = new World({ seed: 5, experts: 4, domains: 2, samples: 1 });
    const cell = only(makeReport(inputOf(single, { goals: { pick: 1 } }), { stage: 'complete' }));
    expect(cell.selection?.chosen.map(({ tied }) => tied)).toEqual([null, null, null, null]);
    expect(cell.selection?.better).toBeNull();
  });
});

describe('cancelling', () => {
  it('ends the work', () => {
    expect(() => makeReport(inputOf(world), { stage: 'complete', cancelled: () => true })).toThrow(
      'Cancelled',
    );
  });
});

function raise(): never {
  throw new Error('missing');
}
