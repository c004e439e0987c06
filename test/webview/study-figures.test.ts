/** What the study adds to the dashboard, as data: every number is the report's. */
import { describe, expect, it } from 'vitest';
import type { Series, XyFigure } from '../../webview/page/figures/figure.ts';
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
