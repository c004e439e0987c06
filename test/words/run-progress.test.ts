import { describe, expect, it } from 'vitest';
import { countsOfWorkers, percentOfNew, scoredText, shareOfNew } from '../../words/run-progress.ts';

const half = { done: 531, failed: 1, total: 1032, at_start: 521 };

describe('progress of a run', () => {
  it('is of what is new, and says what was there', () => {
    expect(scoredText(half)).toBe('10 of 511 new models scored, 521 were there');
    expect(scoredText({ ...half, at_start: 1 })).toBe('530 of 1,031 new models scored, 1 was there');
    expect(scoredText({ ...half, at_start: 0 })).toBe('531 of 1,032 models scored');
  });

  it('counts failures as over, and never reaches the end before it', () => {
    expect(shareOfNew(half)).toBeCloseTo(11 / 511, 12);
    expect(percentOfNew(half)).toBe('2%');
    expect(percentOfNew({ ...half, done: 1032 })).toBe('99%');
  });

  it('is nothing while nothing is known, and where nothing is new', () => {
    expect(percentOfNew({ done: 0, failed: 0, total: 0, at_start: 0 })).toBe('');
    expect(shareOfNew({ done: 5, failed: 0, total: 5, at_start: 5 })).toBe(0);
    expect(countsOfWorkers([])).toEqual({ done: 0, failed: 0, total: 0, at_start: 0 });
  });

  it('of several workers is that of the one that has seen most, since the first began', () => {
    const late = { done: 700, failed: 0, total: 1032, at_start: 600 };
    expect(countsOfWorkers([half, late])).toEqual({ done: 700, failed: 1, total: 1032, at_start: 521 });
  });
});
