import { describe, expect, it } from 'vitest';
import { fitCurve } from '../../core/law/fit-curve.ts';
import { lawInShort } from '../../extension/language/law-text.ts';
import { floorText, isFloorKnown } from '../../words/floor.ts';
import { asked, covarianceOf, curveOf } from '../law/curves.ts';

describe('the floor in words', () => {
  const k = [1, 2, 3, 4, 5];
  const losses = k.map((each) => 2 + 0.3 / (each + 0.2));

  it('is the value with its interval where the data fix it', () => {
    const law = fitCurve(curveOf(k, losses, { covariance: covarianceOf(5, 0.001, 0.0002) }), asked());
    expect(isFloorKnown(law)).toBe(true);
    expect(floorText(law)).toMatch(/^2\.00\d* \(1\.\d+ to 2\.\d+\)$/);
    expect(floorText({ ...law, intervals: null })).toBe('2.000');
  });

  it('is no number where they do not', () => {
    const law = fitCurve(curveOf(k, losses, { covariance: covarianceOf(5, 0.001, 0.05) }), asked());
    expect(law.parameters?.['Linf']).toBeDefined();
    expect(isFloorKnown(law)).toBe(false);
    expect(floorText(law)).toBe('not identified');
    expect(lawInShort(law)).toMatch(/^L∞ not identified · A /);
  });

  it('is empty without a law', () => {
    expect(floorText(fitCurve(curveOf([1], [2]), asked()))).toBe('');
  });
});
