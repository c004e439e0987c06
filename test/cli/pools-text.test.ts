import { describe, expect, it } from 'vitest';
import { poolsText } from '../../cli/report/study/pools-text.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import type { Report } from '../../core/report/report.ts';
import type { CandidatePool, Difference } from '../../core/selection/pools/candidate-pools.ts';

const REPORT = { pool: ['algebra', 'biology', 'code'] } as unknown as Report;

function without(experts: readonly number[], difference: Difference, floor: Difference): CandidatePool {
  return {
    without: experts,
    pool: 3 - experts.length,
    curve: [],
    floor: 2,
    tail: 0.1,
    offset: 0,
    recommended_k: 1,
    best: { k: 1, loss: 2.1 },
    difference,
    floor_difference: floor,
  };
}

const sure = { value: 0.02, low: 0.01, high: 0.03 };
const unsure = { value: 0.014, low: -0.007, high: 0.036 };
const unjudged = { value: 0.066, low: null, high: null };
const plain = { typical: { means: 'plain', problem: null } } as const;
const text = (pair: Difference, floor: Difference) =>
  poolsText([without([0], sure, floor), without([1, 2], pair, floor)], REPORT, plain, styleFor({}, {}), 110);

describe('candidate pools', () => {
  it('names the pair that is missed most where that is sure, and says where it is not', () => {
    expect(text(sure, sure)).toContain('Of two left out, biology and code are missed most: +0.020');
    expect(text(unsure, sure)).toContain('no pair is surely missed; the most is +0.014');
    expect(text(unjudged, sure)).toContain('no pair is surely missed; the most is +0.066');
  });

  it('leaves floors out that nothing judges', () => {
    expect(text(sure, sure)).toContain('floor against');
    expect(text(sure, unjudged)).not.toMatch(/floor against|0\.066/);
  });
});
