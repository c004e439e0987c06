/** A tuned step length on the dashboard, as data: every number is the report's. */
import { describe, expect, it } from 'vitest';
import { makeReport } from '../../core/report/make-report.ts';
import { curveFigure } from '../../webview/page/figures/curve/curve-figure.ts';
import { stepFigure } from '../../webview/page/figures/study/step-figure.ts';
import { studyOf } from '../../webview/page/state/view.ts';
import { inputOf, World } from '../report/world.ts';
import { must, sampleReport, scopeIn } from './sample.ts';

const world = new World({ seed: 5, experts: 7, domains: 3, samples: 40, scaled: true });
const report = makeReport(
  inputOf(world, {
    methods: [{ method: 'task_arithmetic', scale: 'tuned', normalize: true, compatibility: 'none' }],
  }),
  { stage: 'complete' },
);
const scope = scopeIn(report);
const step = must(studyOf(scope)?.step);

describe('the tuned curve', () => {
  const figure = curveFigure(scope, null);
  const tuned = must(figure.series.find(({ id }) => id === 'tuned'));

  it('stands dashed beside the typical one, where it was tuned', () => {
    expect(tuned.line?.length).toBeGreaterThan(0);
    expect(tuned.points.map(({ x }) => Math.round(x))).toEqual(step.by_k.map(({ k }) => k));
    expect(tuned.points.map(({ y }) => y)).toEqual(step.by_k.map(({ tuned: { value } }) => value));
    expect(must(tuned.tip)(0).rows.map(([what]) => what)).toContain('tuning saves');
  });

  it('is in the table and its CSV, and in no other table', () => {
    const titles = figure.table.columns.map(({ title }) => title);
    expect(titles).toContain('Typical, tuned');
    for (const row of figure.table.rows) expect(row).toHaveLength(titles.length);
    for (const row of figure.table.csv.rows) expect(row).toHaveLength(figure.table.csv.columns.length);
    const column = figure.table.csv.columns.indexOf('tuned');
    expect(figure.table.csv.rows.map((row) => row[column])).toEqual(
      step.by_k.map(({ tuned: { value } }) => value),
    );
    for (const other of [scopeIn(report, 'd1'), scopeIn(sampleReport())]) {
      const plain = curveFigure(other, null);
      expect(plain.series.some(({ id }) => id === 'tuned')).toBe(false);
      expect(plain.table.columns.map(({ title }) => title)).not.toContain('Typical, tuned');
    }
  });
});

describe('loss over the step length', () => {
  const figure = must(stepFigure(scope));

  it('draws some k, both ends among them, from the base on', () => {
    expect(figure.series).toHaveLength(5);
    expect(figure.series.map(({ label }) => label)).toEqual(expect.arrayContaining(['k = 1', 'k = 7']));
    const whole = must(figure.series.at(-1));
    expect(whole.points.map(({ x, y }) => ({ scale: x, loss: y }))).toEqual(must(step.subsets.at(-1)).merges);
    expect(must(whole.tip)(0).title).toBe('k = 7, the base');
    const singles = step.subsets.filter(({ members }) => members.length === 1);
    const mean = singles.reduce((sum, { merges }) => sum + (merges[1]?.loss ?? 0), 0) / singles.length;
    expect(must(figure.series[0]).points[1]?.y).toBeCloseTo(mean, 12);
  });

  it('has every subset in the table, and every merge in the CSV', () => {
    expect(figure.table.rows).toHaveLength(step.subsets.length);
    for (const row of figure.table.rows) expect(row).toHaveLength(figure.table.columns.length);
    const merges = step.subsets.reduce((sum, each) => sum + each.merges.length, 0);
    expect(figure.table.csv.rows).toHaveLength(merges);
    for (const row of figure.table.csv.rows) expect(row).toHaveLength(figure.table.csv.columns.length);
    expect(JSON.stringify(figure.table)).not.toMatch(/NaN|undefined/);
  });

  it('is not there for a fixed scale, a domain, or without a study', () => {
    expect(stepFigure(scopeIn(sampleReport()))).toBeNull();
    expect(stepFigure(scopeIn(report, 'd1'))).toBeNull();
    expect(stepFigure(scopeIn({ ...report, study: null }))).toBeNull();
  });
});
