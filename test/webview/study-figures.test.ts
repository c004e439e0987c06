/** What the study adds to the dashboard, as data: every number is the report's. */
import { describe, expect, it } from 'vitest';
import { maskNoise } from '../../core/law/spread/mask-noise.ts';
import { CONTRACT } from '../../webview/messages.ts';
import { curveTable } from '../../webview/page/figures/curve/curve-table.ts';
import type { Series, XyFigure } from '../../webview/page/figures/figure.ts';
import { maskFigure } from '../../webview/page/figures/study/mask-figure.ts';
import { poolFigure } from '../../webview/page/figures/study/pool-figure.ts';
import { shapleyFigure } from '../../webview/page/figures/study/shapley-figure.ts';
import { threePointFigure, threePointText } from '../../webview/page/figures/study/three-point-figure.ts';
import {
  transferChangeFigure,
  transferLossFigure,
} from '../../webview/page/figures/study/transfer-figure.ts';
import { betterText, varianceFigure } from '../../webview/page/figures/study/variance-figure.ts';
import { withShapley } from '../../webview/page/state/asked-shapley.ts';
import { studyOf } from '../../webview/page/state/view.ts';
import { returnText } from '../../words/returns.ts';
import { must, sampleReport, scopeIn, threeSizesReport } from './sample.ts';

const report = sampleReport();
const scope = scopeIn(report);
const study = must(studyOf(scope));
const series = (figure: XyFigure, id: string): Series =>
  must(
    figure.series.find((one) => one.id === id),
    id,
  );

describe('variance', () => {
  const figure = must(varianceFigure(scope));

  it('draws both laws through what the report has at each whole k', () => {
    for (const [id, fit] of [
      ['finite', must(study.spread.finite)],
      ['paper', must(study.spread.paper)],
    ] as const)
      for (const [i, { k }] of study.spread.points.entries()) {
        const point = must(series(figure, id).points.find(({ x }) => Math.abs(x - k) < 1e-9));
        expect(10 ** point.y / 1e6 / must(fit.fitted[i])).toBeCloseTo(1, 9);
      }
  });

  it('names powers of ten, and says which law describes it better', () => {
    expect(figure.y.ticks).toContainEqual({ at: 3, label: '1000' });
    expect(betterText(study.spread)).toMatch(
      /^Drawing without replacement describes it better: .* is off by a factor of 1\.39, .* by a factor of /,
    );
    expect(betterText({ ...study.spread, describes_better: null, reason: 'too few k' })).toContain(
      'too few k',
    );
  });

  it('is not there without a study', () => {
    expect(varianceFigure(scopeIn({ ...report, study: null }))).toBeNull();
  });
});

describe('pools', () => {
  const figure = must(poolFigure(scope));

  it('has a bar for each expert, worst absence first, coloured where it surely hurts', () => {
    expect(figure.bars.map(({ value }) => value)).toEqual(
      figure.bars.map(({ value }) => value).toSorted((a, b) => b - a),
    );
    for (const { label, value, low, high, group } of figure.bars) {
      const pool = study.pools.find(({ without }) => without.map((d) => report.pool[d]).join() === label);
      expect(must(pool).difference).toEqual({ value, low, high });
      expect(group).toBe(must(low) > 0 ? 'hurts' : must(high) < 0 ? 'helps' : 'open');
    }
    expect(new Set(figure.bars.map(({ group }) => group)).size).toBe(3);
  });

  it('has pools without two experts in the table', () => {
    expect(figure.bars).toHaveLength(9);
    expect(figure.table.rows).toHaveLength(9 + 36);
    expect(figure.table.rows.at(-1)?.[0]).toContain(', ');
  });
});

describe('transfer', () => {
  it('shows the mean over domains, and a domain by itself', () => {
    const mean = must(transferLossFigure(scope));
    expect(series(mean, 'members').points.map(({ y }) => y)).toEqual(
      study.transfer.in_domain.map(({ loss }) => loss.value),
    );
    const physics = must(transferChangeFigure(scopeIn(report, 'physics')));
    const own = must(study.transfer.domains.find(({ domain }) => report.domains[domain]?.name === 'physics'));
    expect(physics.title).toContain('physics');
    expect(series(physics, 'others').points.map(({ y, low, high }) => ({ value: y, low, high }))).toEqual(
      own.others.map(({ change }) => change),
    );
  });

  it('is not there where no domain has an expert of its own', () => {
    const cells = [{ ...study, transfer: { domains: [], in_domain: [], cross_domain: [] } }];
    const none = scopeIn({ ...report, study: { ...must(report.study), cells } });
    expect(transferLossFigure(none)).toBeNull();
    expect(transferChangeFigure(none)).toBeNull();
  });
});

describe('three-point forecast', () => {
  it('stands beside what was measured later, on a line through k = 1, 2 and 4', () => {
    const row = must(must(report.study).three_point.rows.find(({ domain }) => domain === 'physics'));
    const figure = must(threePointFigure(scopeIn(report, 'physics')));
    expect(series(figure, 'forecast').points.map(({ x, y }) => [x, y])).toEqual(
      row.forecasts.map(({ k, forecast }) => [k, forecast]),
    );
    const measured = series(figure, 'measured').points;
    const line = series(figure, 'three-point').points;
    for (const k of [1, 2, 4])
      expect(must(line.find(({ x }) => Math.abs(x - k) < 1e-9)).y).toBeCloseTo(
        must(measured.find(({ x }) => x === k)).y,
        9,
      );
  });

  it('has the errors of every curve of the cell in its table, and all curves in words', () => {
    expect(must(threePointFigure(scope)).table.rows).toHaveLength(50);
    expect(threePointText(scope)).toMatch(
      /^50 forecasts of 10 of 10 curves miss by 0\.15 mnat .* at most 0\.38 mnat/,
    );
  });

  it('is of the size that is looked at', () => {
    const sizes = threeSizesReport();
    const rows = must(threePointFigure(scopeIn(sizes))).table.rows;
    expect(new Set(rows.map(([name]) => name)).size).toBe(6);
    expect(threePointFigure(scopeIn({ ...sizes, study: null }))).toBeNull();
  });
});

describe('mask noise', () => {
  const losses = [0, 1].flatMap((seed) =>
    ['a', 'b', 'c'].map((subset, i) => ({ k: 2, subset, seed, loss: 1 + 0.1 * i + 0.01 * seed * (i - 1) })),
  );

  it('draws standard deviations between masks and between subsets', () => {
    const cells = [{ ...study, mask_noise: maskNoise(losses) }];
    const noisy = scopeIn({ ...report, study: { ...must(report.study), cells } });
    const figure = must(maskFigure(noisy));
    const [{ mask_variance, subset_variance }] = must(cells[0]).mask_noise as [
      ReturnType<typeof maskNoise>[0],
    ];
    expect(series(figure, 'masks').points).toMatchObject([{ x: 2, y: Math.sqrt(mask_variance) }]);
    expect(series(figure, 'subsets').points).toMatchObject([{ x: 2, y: Math.sqrt(must(subset_variance)) }]);
  });

  it('is not there for methods without masks', () => {
    expect(maskFigure(scope)).toBeNull();
  });
});

describe('returns and Shapley values', () => {
  it('stand in the table of the curve, of the objective alone', () => {
    const table = curveTable(scope);
    const column = table.columns.findIndex(({ title }) => title === 'Return (95%)');
    const curve = must(study.returns?.curve);
    expect(table.rows.map((row) => row[column])).toEqual(curve.map(returnText));
    const own = table.csv.columns.indexOf('return');
    expect(table.csv.rows.map((row) => row[own])).toEqual(curve.map(({ value }) => value));
    expect(curveTable(scopeIn(report, 'algebra')).columns).toHaveLength(table.columns.length - 2);
  });

  it('are drawn where the host answered of these very results', () => {
    expect(shapleyFigure(scope)).toBeNull();
    const values = report.pool.map((_, d) => ({ value: 0.1 - d / 10, low: -1, high: 1, error: 0 }));
    const shapley = [{ kind: 'exact', experts: values, total: -0.5, orders: 362_880, subsets: 511 } as const];
    const { plan, progress } = report;
    const answer = { kind: 'shapley', contract: CONTRACT, plan, done: progress.done, shapley } as const;
    expect(withShapley(report, null)).toBe(report);
    expect(withShapley(report, { ...answer, done: progress.done - 1 })).toBe(report);
    const figure = must(shapleyFigure(scopeIn(withShapley(report, answer))));
    expect(figure.bars.map(({ value }) => value)).toEqual(
      values.map(({ value }) => value).toSorted((a, b) => a - b),
    );
    expect(figure.bars[0]?.label).toBe(report.pool.at(-1));
    expect(figure.summary).toContain('all 362,880 orders');
    const missing = { ...answer, shapley: [{ kind: 'missing', missing: 'base' } as const] };
    expect(shapleyFigure(scopeIn(withShapley(report, missing)))).toBeNull();
  });
});
