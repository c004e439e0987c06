/** What the study adds to the dashboard, as data: every number is the report's. */
import { describe, expect, it } from 'vitest';
import type { Series, XyFigure } from '../../webview/page/figures/figure.ts';
import { poolFigure } from '../../webview/page/figures/study/pool-figure.ts';
import {
  transferChangeFigure,
  transferLossFigure,
} from '../../webview/page/figures/study/transfer-figure.ts';
import { betterText, varianceFigure } from '../../webview/page/figures/study/variance-figure.ts';
import { studyOf } from '../../webview/page/state/view.ts';
import { must, sampleReport, scopeIn } from './sample.ts';

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
      /^Drawing without replacement describes it better: .* by 0\.33, /,
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
