/** Planning on the page: the chart, and the limits that can be tried. */
import { describe, expect, it } from 'vitest';
import { underBudget } from '../../core/planning/planning.ts';
import { frontierFigure } from '../../webview/page/figures/planning/frontier-figure.ts';
import {
  fieldText,
  type LimitName,
  limitsOf,
  POSITIONS,
  positionOf,
  typedValue,
  valueAt,
} from '../../webview/page/panels/planning/limits.ts';
import { must, threeSizesReport } from './sample.ts';

const planning = must(must(threeSizesReport().study).planning);

describe('frontier', () => {
  const figure = must(frontierFigure(planning));
  const pointsOf = (id: string) => must(figure.series.find((one) => one.id === id)).points;

  it('has every option once, at its cost, and rings the best that the budget allows', () => {
    const drawn = ['S', 'M', 'L'].flatMap((size) => pointsOf(size));
    expect(drawn.map(({ y }) => y)).toEqual(planning.options.map(({ loss }) => loss.value));
    const costs = drawn.map(({ x }) => 10 ** x);
    for (const [i, { k, gpu_hours }] of planning.options.entries())
      if (k > 0) expect(costs[i]).toBeCloseTo(must(gpu_hours), 6);
    expect(must(figure.ringed).y).toBe(must(planning.options[must(planning.best)]).loss.value);
  });

  it('draws the bases at no cost, left of everything, and the limits', () => {
    const bases = planning.options.flatMap(({ k }, i) => (k === 0 ? [i] : []));
    const drawn = ['S', 'M', 'L'].flatMap((size) => pointsOf(size));
    const [zero] = figure.x.ticks as readonly { at: number; label: string }[];
    expect(zero?.label).toBe('0');
    for (const i of bases) expect(drawn[i]?.x).toBe(zero?.at);
    expect(pointsOf('limit').map(({ x }) => 10 ** x)).toEqual(
      [200, 200].map((hours) => expect.closeTo(hours, 6)),
    );
    expect(figure.levels).toMatchObject([{ id: 'target', value: 1.5 }]);
  });

  it('counts expert-billions, without a limit, where an expert has no price', () => {
    const unpriced = underBudget(planning, { ...planning.budget, hours_per_expert_per_billion: null });
    const drawn = must(frontierFigure(unpriced));
    expect(drawn.x.title).toContain('billions');
    expect(drawn.series.some(({ id }) => id === 'limit')).toBe(false);
  });

  it('is not there without experts', () => {
    expect(frontierFigure({ ...planning, options: [], frontier: [], best: null })).toBeNull();
  });
});

describe('limits', () => {
  const limits = limitsOf(planning);
  const limit = (name: LimitName) => must(limits.find((one) => one.name === name));

  it.each(limits)('$name: what a slider gives stands where the slider is', (one) => {
    for (const position of [0, 37, POSITIONS])
      expect(Math.abs(positionOf(one, valueAt(one, position)) - position)).toBeLessThanOrEqual(1);
    expect(positionOf(one, null)).toBe(POSITIONS);
    expect(positionOf(one, 1e30)).toBe(POSITIONS);
    expect(positionOf(one, 1e-30)).toBe(0);
  });

  it('take what is typed in their unit, and nothing that is no number above zero', () => {
    expect(typedValue(limit('memory_bytes'), '80')).toBe(80_000);
    expect(fieldText(limit('memory_bytes'), 80_000)).toBe('80');
    for (const text of ['', ' ', 'x', '-1', '0', 'NaN', 'Infinity'])
      expect(typedValue(limit('gpu_hours'), text)).toBeNull();
    expect(fieldText(limit('gpu_hours'), null)).toBe('');
  });
});
