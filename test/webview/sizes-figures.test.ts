/** Sizes on the dashboard: measured losses over N, floors, iso-loss lines, and the law where there are sizes enough. */
import { describe, expect, it } from 'vitest';
import type { Report } from '../../core/report/report.ts';
import type { XyFigure } from '../../webview/page/figures/figure.ts';
import { isoFigure } from '../../webview/page/figures/sizes/iso-figure.ts';
import { jointLaw } from '../../webview/page/figures/sizes/measured-sizes.ts';
import { sizeFigure } from '../../webview/page/figures/sizes/size-figure.ts';
import { orderFigure } from '../../webview/page/figures/study/order-figure.ts';
import { must, sampleReport, scopeIn, threeSizesReport } from './sample.ts';

const report = threeSizesReport();
const scope = scopeIn(report);
const [law] = must(report.study).sizes_law;

const pointsOf = (figure: XyFigure, id: string) => must(figure.series.find((one) => one.id === id)).points;

describe('loss by size', () => {
  const figure = must(sizeFigure(scope));

  it('has a line for each k through the measured means, and floors', () => {
    for (const k of [1, 2, 3, 4, 5]) {
      const means = report.cells.map(({ curves }) => must(curves[0]?.points.find((at) => at.k === k)).mean);
      expect(pointsOf(figure, `k ${k}`).map(({ y }) => y)).toEqual(means);
    }
    expect(pointsOf(figure, 'floors').map(({ y, low, high }) => ({ value: y, low, high }))).toEqual(
      must(must(law).by_size).sizes.map(({ floor }) => floor),
    );
  });

  it('names the sizes on its axis, and draws no law through three floors', () => {
    expect(figure.x.ticks).toMatchObject([{ label: '39k' }, { label: '152k' }, { label: '525k' }]);
    expect(figure.series.some(({ id }) => id.startsWith('law'))).toBe(false);
    expect(figure.table.rows[0]).toHaveLength(3 + 5);
  });

  it('draws the law with four sizes', () => {
    const four = { ...must(law), sizes: [...must(law).sizes, 0.002] };
    const drawn = must(
      sizeFigure(scopeIn({ ...report, study: { ...must(report.study), sizes_law: [four] } })),
    );
    const at = must(jointLaw(four));
    const [first] = pointsOf(drawn, 'law 2');
    expect(must(first).y).toBe(at(10 ** must(first).x, 2));
    const { Lstar, B, beta, A0, gamma, b } = must(four.parameters);
    expect(at(0.001, 3)).toBeCloseTo(Lstar + B / 0.001 ** beta + A0 / 0.001 ** gamma / (3 + b), 12);
  });

  it('is not there with one size, nor where a method has only one', () => {
    expect(sizeFigure(scopeIn(sampleReport()))).toBeNull();
    const other: Report = { ...report, cells: report.cells.map((cell, i) => ({ ...cell, method: i })) };
    expect(sizeFigure(scopeIn(other))).toBeNull();
  });
});

describe('iso-loss map', () => {
  it('goes up to the first size that one expert is enough for', () => {
    const figure = must(isoFigure(scope));
    for (const { points } of figure.series) {
      expect(points.slice(0, -1).every(({ y }) => y > 1)).toBe(true);
      expect(points.every(({ y }) => y >= 1 && y <= 5)).toBe(true);
    }
    expect(figure.table.rows).toHaveLength(must(law).iso_loss.length);
    expect(figure.table.rows.flat()).toContain('at most 1');
  });
});

describe('order sensitivity', () => {
  it('is that of the permutations, and absent without them', () => {
    const { orders } = must(must(report.study).cells[report.headline.cell ?? 0]);
    expect(pointsOf(must(orderFigure(scope)), 'sd').map(({ y }) => y)).toEqual(orders.map(({ sd }) => sd));
    expect(orderFigure(scopeIn(sampleReport()))).toBeNull();
  });
});
