import { describe, expect, it } from 'vitest';
import type { StepStudy } from '../../core/report/study/step-study.ts';
import { stepSentences } from '../../words/step-length.ts';

const known = (value: number) => ({ value, low: value - 0.01, high: value + 0.01 });
const point = (k: number, scale: number) => ({
  ...{ k, scale, fixed: known(1.1), tuned: known(1), gain: known(0.1), subsets: 2, of: 9 },
});
const fall = {
  fall: known(0.2),
  experts: known(0.05),
  step: known(0.15),
  share: { value: 0.75, low: 0.7, high: 0.8 },
};
const study: StepStudy = {
  subsets: [],
  unverified: 0,
  proposed: 0,
  by_k: [point(1, 0.41), point(9, 0.97)],
  fall,
};

describe('a tuned step length in words', () => {
  it('says what experts bring, what is step length, and how the best scale goes', () => {
    expect(stepSentences(study, 9)).toEqual([
      'The typical loss falls by 0.200 (0.190 to 0.210) from k = 1 to k = 9. With the best scale at each it falls by 0.050 (0.040 to 0.060): that is what more experts bring; the rest, 0.150 (0.140 to 0.160), 75% (70% to 80%) of it, is step length.',
      'The best scale is 0.41 at k = 1 and 0.97 at k = 9, the mean over the subsets that were tuned.',
    ]);
  });

  it('names no share where there is none', () => {
    const [sentence] = stepSentences({ ...study, fall: { ...fall, share: null } }, 9);
    expect(sentence).toMatch(/the rest, 0\.150 \(0\.140 to 0\.160\), is step length\.$/);
  });

  it('says that a fixed scale hides what experts bring', () => {
    const hidden = { ...fall, experts: known(0.25), step: known(-0.05), share: known(-0.25) };
    expect(stepSentences({ ...study, fall: hidden }, 9)[0]).toBe(
      'The typical loss falls by 0.200 (0.190 to 0.210) from k = 1 to k = 9; with the best scale at each it falls by 0.250 (0.240 to 0.260): the fixed one hides 0.050 (0.040 to 0.060) of what more experts bring.',
    );
  });

  it('says of a loss that rises that it does', () => {
    const rising = { fall: known(-0.2), experts: known(0.1), step: known(-0.3), share: null };
    expect(stepSentences({ ...study, fall: rising }, 4)[0]).toBe(
      'The typical loss does not fall from k = 1 to k = 4: it changes by +0.200 (+0.190 to +0.210), and with the best scale at each by −0.100 (−0.110 to −0.090).',
    );
  });

  it('says what is not merged yet, and what the next run does about it', () => {
    const [curve] = [
      {
        members: [0],
        merges: [],
        scale: known(1),
        on_edge: false,
        loss: known(1),
        gain: known(0),
        verified: false,
      },
    ];
    const open = { ...study, subsets: [curve, curve], unverified: 1, proposed: 1 };
    expect(stepSentences(open, 9).at(-1)).toBe(
      'For 1 of 2 subsets the best scale is read off a parabola, with no merge near it yet. The next run merges there.',
    );
    expect(stepSentences({ ...open, proposed: 0 }, 9).at(-1)).toMatch(/near it yet\.$/);
    expect(stepSentences({ ...study, fall: null, by_k: [] }, 1)).toEqual([]);
  });
});
