import { describe, expect, it } from 'vitest';
import { curveAxis } from '../../webview/page/figures/ensemble/axes.ts';
import { budgetFigure } from '../../webview/page/figures/ensemble/budget-figure.ts';
import { familyFigure } from '../../webview/page/figures/ensemble/family-figure.ts';
import { gainFigure } from '../../webview/page/figures/ensemble/gain-figure.ts';
import { modelFigure } from '../../webview/page/figures/ensemble/model-figure.ts';
import { aloneNote, oracleFigure } from '../../webview/page/figures/ensemble/oracle-figure.ts';
import { servingFigure } from '../../webview/page/figures/ensemble/serving-figure.ts';
import type { Figure } from '../../webview/page/figures/figure.ts';
import { ensembleAnswer, waitingOf } from '../../webview/page/panels/ensemble/ensemble-answer.ts';
import { csv } from '../../words/csv.ts';
import { poolLawAt } from '../../words/pool-law.ts';
import { chosenPool } from '../../words/to-serve.ts';
import { complementary, families, inputOf, noise } from '../ensemble/pools.ts';
import { ensembleDocument, ensembleState } from './ensemble-state.ts';
import { must } from './sample.ts';

const DECLARED = [1, 2, 4, 8].flatMap((parameters) =>
  ['x', 'y'].map((family) => ({ parameters: parameters * 1e8, family })),
);
const goal = { k: 2, parameters: null, memory: null };
const report = ensembleDocument(
  inputOf(
    families(DECLARED, 80, 20, 20, 7),
    [...DECLARED.slice(0, -1), { ...must(DECLARED[7]), nullOf: 'm6' }],
    { goal },
  ),
);
const figures = { oracleFigure, gainFigure, servingFigure, budgetFigure, modelFigure, familyFigure };

describe('figures of an ensemble', () => {
  it.each(Object.entries(figures))('%s says the same as its table, with all digits in the CSV', (_, make) => {
    const figure = must<Figure>(make(report));
    const { table } = figure;
    for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
    const lines = csv(table.csv).trimEnd().split('\r\n');
    for (const row of table.csv.rows) expect(row).toHaveLength(table.csv.columns.length);
    expect(lines.length).toBeGreaterThan(table.rows.length);
    expect(JSON.stringify(figure.table.rows)).not.toMatch(/NaN|undefined|Infinity/);
    if (figure.kind === 'xy')
      for (const { x, y } of figure.series.flatMap(({ points }) => points))
        expect([Number.isFinite(x), Number.isFinite(y)]).toEqual([true, true]);
  });

  it('draws the oracle, the best pools on other samples, and the benchmark below the best member', () => {
    const { series, levels } = oracleFigure(report);
    const of = (id: string) => must(series.find((one) => one.id === id)).points;
    expect(of('oracle').map(({ y }) => y)).toEqual(
      report.oracle.map(({ bits_per_byte }) => bits_per_byte.value),
    );
    expect(of('best').map(({ x }) => x)).toEqual(report.best_pools.map(({ limit }) => limit.k));
    const third = must(report.oracle[2]);
    expect(of('independent')[2]?.y).toBeCloseTo(
      third.best_member - (third.independent_gain ?? Number.NaN),
      12,
    );
    expect(levels.map(({ id }) => id)).toEqual(['single', 'all-mixed', 'routed']);
    expect(must(gainFigure(report)).series.map(({ id }) => id)).toContain('nulls');
  });

  it('gives the height to pools where a model alone would take it, and says where that lies', () => {
    const figure = oracleFigure(report);
    const drawn = (first: number) => {
      const oracle = must(figure.series.find(({ id }) => id === 'oracle'));
      const points = [first, 1, 0.9, 0.85].map((y, i) => ({ x: i + 1, y, low: null, high: null }));
      const series = [{ ...oracle, points }];
      return { ...figure, series, y: curveAxis(series, []) };
    };
    const [high, low] = [drawn(3), drawn(1.1)];
    expect(high.y.max).toBeLessThan(1.1);
    expect(high.y.most).toBeGreaterThan(3);
    expect(aloneNote(high)).toBe(
      'An average model alone has 3.000 and lies above what is drawn: zoom out to see it.',
    );
    expect(low.y.max).toBeGreaterThan(1.1);
    expect(aloneNote(low)).toBe('');
  });

  it('has a pool in the row of each k, even where another model adds nothing', () => {
    const [own] = noise(1, 40, 1);
    const worse = must(own).map((value) => value + 1);
    const dull = ensembleDocument(inputOf([must(own), worse, worse]));
    expect(dull.best_pools.map(({ members }) => members)).toEqual([['m0'], ['m0'], ['m0']]);
    const { table, series } = oracleFigure(dull);
    expect(table.rows.map((row) => row.at(-1))).toEqual(['m0', 'm0', 'm0']);
    expect(must(series.find(({ id }) => id === 'best')).points.map(({ x }) => x)).toEqual([1, 2, 3]);
    expect(ensembleAnswer(dull).sentence[0]).toMatch(/^Serve m0 alone, with/);
  });

  it('draws the law that forecasts best through the budgets', () => {
    const { typical } = must(report.study);
    const [best] = typical.forms;
    const law = must(must(budgetFigure(report)).series.find(({ id }) => id === 'typical-law')).points;
    const { parameters, k } = must(typical.points[0]);
    expect(law[0]?.y).toBeCloseTo(poolLawAt(must(best), parameters / 1e9, k), 9);
  });

  it('shows what pools reach, and has models far above them a zoom away', () => {
    const [fine, good, ...others] = complementary(5, 60, 2, 5, 1);
    const bad = others.map((row) => row.map((value) => value + 500));
    const { y, series } = must(servingFigure(ensembleDocument(inputOf([must(fine), must(good), ...bad]))));
    const worst = Math.max(...must(series.find(({ id }) => id === 'single')).points.map((point) => point.y));
    const best = must(series.find(({ id }) => id === 'best')).points.map((point) => point.y);
    expect(y.max).toBeLessThan(worst / 2);
    expect(y.most).toBeGreaterThan(worst);
    expect(y.min).toBeLessThan(Math.min(...best));
    expect(y.max).toBeGreaterThan(Math.max(...best));
  });

  it('draws so many models as can be told apart, and has all in the table', () => {
    const { bars, table, summary } = modelFigure(ensembleDocument(inputOf(noise(70, 12, 3)), {}, 'points'));
    expect([bars.length, table.rows.length]).toEqual([64, 70]);
    expect(summary).toContain('the best 64 are drawn');
  });

  it('without intervals has no law and no families, but everything else', () => {
    const points = ensembleDocument(inputOf(noise(4, 30, 1)), {}, 'points');
    expect([budgetFigure(points), familyFigure(points)]).toEqual([null, null]);
    expect(oracleFigure(points).series.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['oracle', 'best']),
    );
  });
});

describe('the answer of an ensemble', () => {
  it('is what to serve, beside what it is better than and the oracle', () => {
    const answer = ensembleAnswer(report);
    const served = must(must(report.goal).served);
    expect([answer.large, answer.take, answer.members]).toEqual(['2', 'Serve together', served.members]);
    expect(answer.facts.map(({ label }) => label)).toEqual([
      'Together',
      'Alone',
      'It takes',
      'Best oracle',
      'More than noise',
    ]);
    expect(answer.sentence[0]).toMatch(/^Serve .* together, mixed with equal weights: /);
    expect(answer.sentence.join(' ')).toContain(report.sentence);
    expect(answer.realisable).toHaveLength(2);
  });

  it('is one model alone where no mixture is surely better', () => {
    const [fine = [], ...others] = noise(4, 60, 1);
    const worse = others.map((row) => row.map((value) => value + 25));
    const answer = ensembleAnswer(ensembleDocument(inputOf([fine, ...worse], [], { goal })));
    expect([answer.large, answer.take, answer.members]).toEqual(['1', 'Serve alone', ['m0']]);
    expect(answer.facts.map(({ label }) => label)).toContain('Best pool mixed');
    expect(answer.sentence.slice(0, 2)).toEqual([
      expect.stringMatching(/^Serve m0 alone, with /),
      expect.stringMatching(/^Mixed with equal weights, pools within the limits are worse: /),
    ]);
  });

  it('is that nothing fits where no model is within the limits', () => {
    const limit = { k: null, parameters: 10, memory: null };
    const answer = ensembleAnswer(ensembleDocument(inputOf(noise(3, 40, 1), [], { goal: limit })));
    expect([answer.large, answer.members]).toEqual(['0', []]);
    expect(answer.sentence[0]).toBe('No model is within the limits that `pool` sets, and so no pool.');
    expect(answer.warnings.join(' ')).toContain('takes 1.0B parameters');
  });

  it('has the averaged logits of the pool beside its mixture, and says of which they are still to be measured', () => {
    const input = inputOf(complementary(3, 40, 3, 5, 2));
    const members = chosenPool(ensembleDocument(input))?.members ?? [];
    const nll = Float64Array.from(input.models[0]?.nll ?? [], (value) => value / 2);
    const answer = ensembleAnswer(
      ensembleDocument(
        { ...input, averagedLogits: [{ members, nll }] },
        { unaveraged: [{ members: ['m0', 'm2'], seconds: 20, cheap: true }] },
      ),
    );
    expect(answer.facts.find(({ label }) => label === 'Logits averaged')?.detail).toContain(
      'of 2, on all samples',
    );
    expect(answer.realisable.slice(2)).toEqual([
      expect.stringMatching(
        /^The logits of m\d and m\d averaged: \d.*; the same mixed \d.*, \d.* \(.* to .*\) more; their oracle \d/,
      ),
      'Models that share a tokenizer can average their logits. Not measured yet: m0 and m2. "run --verify" (in the editor "Average logits of 1 pool") does, in 20 s.',
    ]);
    expect(ensembleAnswer(ensembleDocument(input)).realisable).toHaveLength(2);
  });

  it('while models are being scored says how far it is, and names only those that failed', () => {
    const left_out = ['model_failed', 'model_not_scored'].map((code) => ({
      code,
      model: 'm9',
      message: code,
      fix: '',
    }));
    const progress = { done: 3, failed: 1, total: 6 };
    const part = ensembleDocument(inputOf(complementary(3, 40, 3, 5, 2)), { progress, left_out }, 'points');
    const answer = ensembleAnswer(part);
    expect(answer.certainty).toContain('so far, 3 of 6 models scored');
    expect(answer.warnings).toContain('model_failed');
    expect(answer.warnings).not.toContain('model_not_scored');
    expect(answer.warnings).toContain('Not scored yet, and so left out: m9.');
    expect(answer.sentence[0]).toMatch(/^Only 3 of 6 models scored so far/);
    expect(waitingOf(ensembleState(null, { run: { state: 'idle', workers: [], pace: [] } })).title).toBe(
      'Nothing is scored yet',
    );
  });
});
