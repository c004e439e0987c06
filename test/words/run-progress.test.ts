import { describe, expect, it } from 'vitest';
import {
  countsOfWorkers,
  leftText,
  percentOfNew,
  scoredText,
  secondsLeft,
  shareOfNew,
} from '../../words/run-progress.ts';

const half = { done: 531, failed: 1, total: 1032, at_start: 521 };

describe('progress of a run', () => {
  it('counts no failure of an earlier run as new, and never less than nothing', () => {
    // 500 scored and 10 failed before; one is new.
    const later = { done: 500, failed: 10, total: 511, at_start: 510 };
    expect(scoredText(later)).toBe('0 of 1 new model done, 510 were there');
    expect(shareOfNew(later)).toBe(0);
    expect(scoredText({ ...later, done: 0, failed: 0 })).toBe('0 of 1 new model done, 510 were there');
    expect(scoredText({ done: 521, failed: 0, total: 521, at_start: 521 })).toBe(
      'Nothing new to do, 521 were there',
    );
  });

  it('is of what is new, and says what was there', () => {
    expect(scoredText(half)).toBe('11 of 511 new models done, 521 were there');
    expect(scoredText({ ...half, at_start: 1 })).toBe('531 of 1,031 new models done, 1 was there');
    expect(scoredText({ ...half, at_start: 0 })).toBe('531 of 1,032 models scored');
  });

  it('never counts a pool as a model', () => {
    const counts = { done: 13, failed: 0, total: 15, at_start: 0, pools: 3 };
    expect(scoredText(counts)).toBe('13 of 15 models and pools scored');
    expect(scoredText({ ...counts, done: 15 })).toBe('12 models and 3 pools scored');
    expect(scoredText({ ...counts, at_start: 12 })).toBe('1 of 3 new done, 12 were there');
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

  it('lasts as long as all who share it take together', () => {
    const worker = (state: 'running' | 'loading', seconds_left: number | null) => ({ state, seconds_left });
    expect(secondsLeft([worker('running', 30)])).toBeCloseTo(30, 12);
    expect(secondsLeft([worker('running', 30), worker('running', 60), worker('loading', 9)])).toBeCloseTo(20);
    expect(secondsLeft([worker('running', null)])).toBeNull();
    expect(secondsLeft([worker('running', 0), worker('running', 5)])).toBe(0);
  });
});

describe('the time left', () => {
  const workers = [{ state: 'running' as const, seconds_left: 40 }];

  it('is the most of a run that ends by itself once its means are known well enough', () => {
    expect(leftText(workers, false)).toBe('40 s left');
    expect(leftText(workers, true)).toBe('at most 40 s left');
  });

  it('is left out while nobody knows', () => {
    expect(leftText([{ state: 'running', seconds_left: null }], true)).toBe('');
    expect(leftText([{ ...workers[0], state: 'queued', seconds_left: 40 }], true)).toBe('');
  });
});
