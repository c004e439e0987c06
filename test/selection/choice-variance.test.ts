import { describe, expect, it } from 'vitest';
import { studentPoint } from '../../core/law/student.ts';
import { choiceVariance } from '../../core/selection/choice-variance.ts';

const own = { variance: 0.04, freedom: 20 };

describe('the variance of a choice', () => {
  it('makes an interval of 95% as wide as those of all that are tied at once', () => {
    const total = own.variance + choiceVariance(7, own);
    const half = studentPoint(own.freedom, 0.05) * Math.sqrt(total);
    expect(half).toBeCloseTo(studentPoint(own.freedom, 0.05 / 7) * 0.2, 10);
  });

  it('is none where nothing else could have been chosen, and where nothing varies', () => {
    expect(choiceVariance(1, own)).toBe(0);
    expect(choiceVariance(7, { variance: 0, freedom: 20 })).toBe(0);
    expect(choiceVariance(7, { variance: 0.04, freedom: 0 })).toBe(0);
  });
});
