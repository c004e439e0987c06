import { describe, expect, it } from 'vitest';
import { lawOf } from '../../webview/law.ts';
import { legendItems } from '../../webview/page/charts/legend.ts';
import { curveFigure } from '../../webview/page/figures/curve/curve-figure.ts';
import { differenceFigure } from '../../webview/page/figures/difference-figure.ts';
import { expertFigure } from '../../webview/page/figures/expert-figure.ts';
import type { Figure, Series, XyFigure } from '../../webview/page/figures/figure.ts';
import { overlayFigure, overlaysOf } from '../../webview/page/figures/overlay-figure.ts';
import { residualFigure, throughAllText } from '../../webview/page/figures/residual-figure.ts';
import { spreadFigure } from '../../webview/page/figures/spread-figure.ts';
import { findRow } from '../../webview/page/merges/columns.ts';
import { csv } from '../../words/csv.ts';
import { must, sampleReport, scopeIn } from './sample.ts';
import { names, syntheticReport } from './synthetic-report.ts';

const report = sampleReport();
const series = (figure: XyFigure, id: string): Series =>
  must(
    figure.series.find((one) => one.id === id),
    id,
  );

describe('law', () => {
  it.each(must(must(report.cells[0]).curves[0]).forms.map((fit) => [fit.form, fit] as const))(
    '%s misses the measured means by as much as the report says',
    (form, { parameters, rmse }) => {
      const law = must(lawOf({ form, parameters }));
      const squares = must(must(report.cells[0]).curves[0]).points.map(({ k, mean }) => (mean - law(k)) ** 2);
      const missed = Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
      expect(missed).toBeCloseTo(rmse, 6);
    },
  );

  it('without finite parameters there is no line', () => {
    expect(lawOf({ form: 'paper', parameters: { Linf: Number.NaN, A: 1, b: 0 } })).toBeNull();
    expect(lawOf({ form: null, parameters: null })).toBeNull();
  });
});

describe('curve', () => {
  const figure = curveFigure(scopeIn(report), null);

  it('carries means, chosen losses and intervals as the report has them', () => {
    const { points } = must(must(report.cells[0]).curves[0]);
    expect(series(figure, 'typical').points).toEqual(
      points.map(({ k, mean, low, high }) => ({ x: k, y: mean, low, high })),
    );
    const chosen = must(must(report.cells[0]).selection).chosen;
    expect(series(figure, 'chosen').points.map(({ y, low, high }) => ({ value: y, low, high }))).toEqual(
      chosen.map(({ cross_fitted }) => cross_fitted),
    );
  });

  it('has a dot for every merge, within a fifth of its k, at its loss, always at the same place', () => {
    const dots = series(figure, 'merges');
    expect(dots.points).toHaveLength(511);
    for (const { x } of dots.points) expect(Math.abs(x - Math.round(x))).toBeLessThan(0.2);
    expect(
      curveFigure(scopeIn(sampleReport()), null).series.find(({ id }) => id === 'merges')?.points,
    ).toEqual(dots.points);
    expect(new Set(dots.points.map(({ x }) => x)).size).toBeGreaterThan(500);
  });

  it('names a dot by its subset and rings the picked one where it is drawn', () => {
    const dots = series(figure, 'merges');
    const row = must(findRow(must(report.cells[0]).merges, [0, 5]), 'merge');
    const dot = dots.points.findIndex((_, i) => must(dots.merge)(i) === row);
    expect(must(dots.tip)(dot)).toMatchObject({ title: 'algebra and discrete' });
    expect(curveFigure(scopeIn(report), row).ringed).toEqual(dots.points[dot]);
  });

  it('says the base at the edge instead of squeezing the curve, and reaches it by zoom', () => {
    const base = must(figure.levels.find(({ id }) => id === 'base'));
    expect(base.value).toBeCloseTo(2.9826, 4);
    expect(figure.y.max).toBeLessThan(2.7);
    expect(figure.y.most).toBeGreaterThan(base.value);
    const floor = must(figure.levels.find(({ id }) => id === 'floor'));
    expect(floor.value).toBeGreaterThan(figure.y.min);
    expect(floor).toMatchObject({ label: 'Floor 2.177', interval: '2.088 to 2.267' });
  });

  it('marks the recommended k', () => {
    expect(figure.marks).toEqual([
      { id: 'recommended', label: 'k = 7, taken blindly', x: 7, low: 7, high: 7 },
    ]);
  });

  it('of a domain shows that domain: its means, its base, its best expert, and no cross-fitted number', () => {
    const scope = scopeIn(report, 'code');
    const ofCode = curveFigure(scope, null);
    const curve = must(must(report.cells[0]).curves.find(({ domain }) => domain === 'code'));
    expect(series(ofCode, 'typical').points.map(({ y }) => y)).toEqual(curve.points.map(({ mean }) => mean));
    expect(ofCode.levels.find(({ id }) => id === 'best-expert')?.label).toBe('Best expert 1.756 (code)');
    expect(series(ofCode, 'chosen').points.every(({ low, high }) => low === null && high === null)).toBe(
      true,
    );
    const all = must(series(ofCode, 'chosen').points.at(-1));
    expect(all.y).toBeCloseTo(must(curve.points.at(-1)).mean, 12);
  });

  it('above 2,000 merges draws ribbons of measured losses and the extremes, which can be picked', () => {
    const big = curveFigure(scopeIn(syntheticReport({ pool: names(12, 'e'), domains: ['d'] })), null);
    expect(big.series.map(({ id }) => id)).not.toContain('merges');
    const [wide, narrow] = [series(big, 'ribbon-90'), series(big, 'ribbon-50')];
    expect(wide.band?.points).toHaveLength(12);
    for (const [i, at] of must(wide.band).points.entries()) {
      const inner = must(narrow.band?.points[i]);
      expect(at.low).toBeLessThanOrEqual(inner.low);
      expect(at.high).toBeGreaterThanOrEqual(inner.high);
    }
    const extremes = series(big, 'extremes');
    expect(extremes.points).toHaveLength(2 * 11 + 1);
    expect(must(extremes.merge)(0)).toBeTypeOf('number');
  });

  it('the law is a line; the band is of the typical loss and says so', () => {
    expect(series(figure, 'law').band).toBeNull();
    expect(series(figure, 'law').points.length).toBeGreaterThan(9);
    const band = series(figure, 'typical-band');
    expect(band.label).toBe('95% of the typical loss: measured, or forecast where not measured');
    const { points } = must(must(report.cells[0]).curves[0]);
    expect(band.band?.points).toEqual(points.map(({ k, low, high }) => ({ x: k, low, high })));
    expect(legendItems(figure).find(({ id }) => id === band.id)).toMatchObject({ band: true, line: null });
  });

  it('its table calls forecast only what is not measured', () => {
    const part = syntheticReport({ pool: names(4, 'e'), domains: ['d'], merges: 7 });
    const { table } = curveFigure(scopeIn(part), null);
    const at = table.columns.findIndex(({ title }) => title === 'Forecast where not measured');
    expect(table.rows.map((row) => row[at])).toEqual(['–', '–', '–', '2.2750 (2.255 to 2.295)']);
    const measured = table.csv.columns.indexOf('measured');
    expect([...table.csv.rows].map((row) => row[measured])).toEqual(['yes', 'yes', 'yes', 'no']);
    expect(table.csv.columns.filter((name) => name.startsWith('forecast'))).toEqual([]);
  });

  it('its columns say whether the chosen losses are cross-fitted, and join members by a space', () => {
    const columns = (domain: string | null) => {
      const { table } = curveFigure(scopeIn(report, domain), null);
      const heads = [...table.columns.map(({ title }) => title), ...table.csv.columns];
      return heads.filter((title) => /cross|as.measured/.test(title));
    };
    expect(columns(null)).toEqual([
      'Chosen, cross-fitted',
      'chosen_cross_fitted',
      'chosen_cross_fitted_low',
      'chosen_cross_fitted_high',
    ]);
    expect(columns('code')).toEqual(['Chosen, as measured', 'chosen_as_measured']);
    const { csv: all } = figure.table;
    const last = must([...all.rows].at(-1));
    expect(last[all.columns.indexOf('chosen_subset')]).toBe(report.pool.join(' '));
    const chosen = must(must(must(report.cells[0]).selection).chosen.at(-1)).cross_fitted;
    expect(last[all.columns.indexOf('chosen_cross_fitted_low')]).toBe(chosen.low);
  });

  it('tells predicted from measured', () => {
    const part = syntheticReport({ pool: names(9, 'e'), domains: ['d'], merges: 7 });
    const predicted = series(curveFigure(scopeIn(part), null), 'predicted');
    expect(predicted.points.map(({ x }) => x)).toEqual([4, 5, 6, 7, 8, 9]);
    expect(predicted.hollow).toBe(true);
  });

  it('an end of an interval that has no limit leaves a gap, never a number', () => {
    const [cell] = report.cells;
    const [curve] = must(cell).curves;
    const forecast = must(curve).forecast.map((at, i) => (i === 3 ? { ...at, high: null } : at));
    const open = { ...report, cells: [{ ...must(cell), curves: [{ ...must(curve), forecast }] }] };
    expect(series(curveFigure(scopeIn(open), null), 'typical-band').band?.points.map(({ x }) => x)).toEqual([
      1, 2, 3, 5, 6, 7, 8, 9,
    ]);
  });

  it('before anything is measured has nothing, and no axis without end', () => {
    const empty = syntheticReport({ pool: names(3, 'e'), domains: ['d'], merges: 0 });
    const nothing = curveFigure(scopeIn(empty), null);
    expect(Number.isFinite(nothing.y.min + nothing.y.max)).toBe(true);
    expect(nothing.y.max).toBeGreaterThan(nothing.y.min);
  });
});

describe('other figures', () => {
  it('overlays methods of a size and sizes of a method, each told apart by more than colour', () => {
    const several = syntheticReport({
      pool: names(5, 'e'),
      domains: ['d'],
      methods: ['average', 'ties', 'dare'],
      sizes: ['S', 'L'],
    });
    const overlays = overlaysOf(several, must(several.cells[4]));
    expect(overlays.map(({ id, title }) => [id, title])).toEqual([
      ['methods', 'Methods at size L'],
      ['sizes', 'Sizes, merged by ties'],
    ]);
    const figure = overlayFigure(several, must(overlays[0]), null);
    expect(figure.series.map(({ label }) => label)).toEqual(['average', 'ties', 'dare']);
    expect(new Set(figure.series.map(({ shape }) => shape)).size).toBe(3);
    expect(new Set(figure.series.map(({ line }) => `${line}`)).size).toBe(3);
    expect(overlaysOf(report, must(report.cells[0]))).toEqual([]);
  });

  it('residuals are measured minus law, in thousandths', () => {
    const { points, rmse } = must(must(report.cells[0]).curves[0]);
    const residuals = series(must(residualFigure(scopeIn(report))), 'residuals').points;
    expect(residuals.map(({ x }) => x)).toEqual(points.map(({ k }) => k));
    const root = Math.sqrt(residuals.reduce((sum, { y }) => sum + y ** 2, 0) / residuals.length);
    expect(root).toBeCloseTo(1000 * must(rmse), 3);
    const figure = must(residualFigure(scopeIn(report)));
    expect(throughAllText(figure)).toBeNull();
    const rounded = figure.series.map((one) => ({
      ...one,
      points: one.points.map((point) => ({ ...point, y: 1e-10 })),
    }));
    expect(throughAllText({ ...figure, series: rounded })).toBe(
      `The law goes through all ${residuals.length} points: nothing is left that it misses.`,
    );
    const { csv: columns } = figure.table;
    const at = columns.columns.indexOf('residual_mnat');
    expect([...columns.rows].map((row) => row[at])).toEqual(residuals.map(({ y }) => y));
  });

  it('spread goes from lowest to highest around the mean', () => {
    const figure = must(spreadFigure(scopeIn(report)));
    const first = must(must(must(report.cells[0]).curves[0]).points[0]);
    expect(series(figure, 'highest').points[0]?.y).toBeCloseTo(first.max - first.mean, 12);
    expect(series(figure, 'lowest').points[0]?.y).toBeCloseTo(first.min - first.mean, 12);
    expect(series(figure, 'sd').points[0]?.y).toBe(first.sd);
  });

  it('experts go from the one that lowers the loss most, and say who is in the recommended subset', () => {
    const figure = must(expertFigure(scopeIn(report)));
    expect(figure.bars.map(({ label }) => label).slice(0, 2)).toEqual(['biology', 'chemistry']);
    expect(figure.bars.filter(({ group }) => group === 'out').map(({ label }) => label)).toEqual([
      'geometry',
      'code',
    ]);
    expect(figure.bars[0]?.value).toBe(must(must(report.cells[0]).selection).attribution[2]?.effect.value);
  });
});

describe('every series', () => {
  it('goes from left to right', () => {
    const many = syntheticReport({ pool: names(12, 'e'), domains: ['d'] });
    for (const figure of [curveFigure(scopeIn(report), null), curveFigure(scopeIn(many), null)])
      for (const { id, points } of figure.series)
        expect(
          points.map(({ x }) => x),
          id,
        ).toEqual(points.map(({ x }) => x).sort((a, b) => a - b));
  });
});

describe('every chart', () => {
  const figures: Figure[] = [
    curveFigure(scopeIn(report), null),
    must(residualFigure(scopeIn(report))),
    must(spreadFigure(scopeIn(report))),
    must(expertFigure(scopeIn(report))),
    curveFigure(scopeIn(report, 'code'), null),
  ];

  it.each(figures.map((figure) => [figure.title, figure] as const))(
    '%s has a table that says the same',
    (_, { table }) => {
      expect(table.rows.length).toBe(9);
      for (const row of table.rows) expect(row).toHaveLength(table.columns.length);
      for (const row of table.csv.rows) expect(row).toHaveLength(table.csv.columns.length);
      expect(csv(table.csv)).not.toMatch(/NaN|undefined|Infinity/);
      expect(table.rows.flat().join(' ')).not.toMatch(/NaN|undefined|Infinity/);
    },
  );
});

describe('methods against the best', () => {
  const report = syntheticReport({
    pool: ['a', 'b', 'c'],
    domains: ['d'],
    methods: ['average', 'ties', 'dare'],
    sizes: ['S', 'L'],
  });

  it('draws each other method of the size around zero, in the colours of the other charts', () => {
    const figure = must(differenceFigure(report, 'L'));
    const overlay = must(overlaysOf(report, must(report.cells.at(-1))).find(({ id }) => id === 'methods'));
    const beside = overlayFigure(report, overlay, null);
    expect(figure.series.map(({ label }) => label)).toEqual(['ties', 'dare']);
    expect(figure.series.map(({ ink }) => ink)).toEqual(beside.series.slice(1).map(({ ink }) => ink));
    expect(figure.levels).toMatchObject([{ value: 0, label: 'average, the best' }]);
    expect(figure.y.min).toBeLessThan(0);
    expect(figure.y.max).toBeGreaterThan(0.602);
    expect(must(figure.series[1]?.tip)(1)).toEqual({
      title: 'dare minus average, k = 2',
      rows: [
        ['difference', '+0.6000'],
        ['95% interval', '+0.5980 to +0.6020'],
        ['on the same', '1 subset of 3'],
      ],
    });
    expect(figure.table.rows[0]).toEqual([
      '1',
      '+0.3000 (+0.2980 to +0.3020)',
      '+0.6000 (+0.5980 to +0.6020)',
    ]);
    expect([...figure.table.csv.rows][0]).toEqual([
      'L',
      'ties',
      'average',
      1,
      0.3,
      0.298,
      0.302,
      1,
      3,
      'plain',
    ]);
  });

  it('is not there where one method stands alone', () => {
    expect(differenceFigure(sampleReport(), 'default')).toBeNull();
  });
});
