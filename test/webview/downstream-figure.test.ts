import { describe, expect, it } from 'vitest';
import { makeReport } from '../../core/report/make-report.ts';
import { scoreFigure } from '../../webview/page/figures/downstream/score-figure.ts';
import { withHeldStudy } from '../../webview/page/state/held-study.ts';
import { taskNamed, withTasks } from '../downstream/report-with-tasks.ts';
import { inputOf, World } from '../report/world.ts';
import { must } from './sample.ts';

const world = new World({ seed: 5, experts: 5, domains: 2, samples: 30, taste: 0.02 });
const input = inputOf(world, { goals: { pick: 3 } });
const report = withTasks(
  makeReport(input, { stage: 'complete' }),
  input.plan.header,
  ['arc_easy', 'piqa'].map(taskNamed),
  1,
);
const downstream = must(report.downstream);
const [first, second] = downstream.tasks;
const figureOf = (task: typeof first) => scoreFigure({ downstream, task: must(task), pool: report.pool });

describe('scores over losses', () => {
  const figure = must(figureOf(first));

  it('has a point for every model, with the numbers of the report', () => {
    const points = figure.series.flatMap((series) => series.points);
    expect(points.map(({ x }) => x).sort()).toEqual(downstream.models.map(({ loss }) => loss).sort());
    expect(points.every(({ low, high }) => low !== null && high !== null)).toBe(true);
    for (const { points: own, tip } of figure.series)
      for (let i = 0; i < own.length; i++) expect(must(tip)(i).rows[0]?.[0]).toBe('acc');
  });

  it('rings the recommended merge', () => {
    const at = downstream.models.findIndex(({ recommended }) => recommended);
    expect(figure.ringed).toMatchObject({ x: downstream.models[at]?.loss, y: 50 / 60 });
  });

  it('says the same as a table and as CSV', () => {
    const { columns, rows, csv } = figure.table;
    expect(rows).toHaveLength(downstream.models.length);
    for (const row of rows) expect(row).toHaveLength(columns.length);
    for (const row of csv.rows) expect(row).toHaveLength(csv.columns.length);
    expect(rows.filter((row) => row.includes('recommended'))).toHaveLength(1);
  });

  it('is not there before a model is scored', () => {
    expect(figureOf(second)).toBeNull();
  });
});

it('scores stay while a newer report is made', () => {
  const { downstream: _, ...points } = { ...report, stage: 'points' as const, study: null };
  expect(withHeldStudy(points, report).downstream).toBe(downstream);
});
