import { describe, expect, it } from 'vitest';
import { expertWords } from '../../core/design/keyed-random.ts';
import { shuffledSubsets } from '../../core/design/subsets.ts';
import { studentPoint } from '../../core/law/student.ts';
import {
  type AssistedCurve,
  assistedCurve,
  type CurveState,
  drawnOf,
} from '../../core/surrogate/assisted-curve.ts';
import type { LossWeights } from '../../core/surrogate/assisted-form.ts';
import { assistedMean, termsOf } from '../../core/surrogate/assisted-mean.ts';
import { fitSurrogate } from '../../core/surrogate/fit.ts';
import type { SurrogateMerge } from '../../core/surrogate/merge.ts';
import { meanLoss, meanRow, parametersOf, rowAt, subsetLoss } from '../../core/surrogate/model.ts';
import { dot } from '../../core/surrogate/process.ts';
import { fitted, SurrogateWorld } from './world.ts';

const POOL = 7;
const words = expertWords(['a', 'b', 'c', 'd', 'e', 'f', 'g'], 1);
const order = new Map([2, 3, 4, 5, 6].map((k) => [k, shuffledSubsets(words, k)]));
const world = new SurrogateWorld(POOL, 3, { spread: 0.5, rough: 0.002 });
const one = (k: number) => 1 / k;
const longer = (k: number) => 1 / k + 0.03 * k;
/** Of the base, which lengths that vary count from. */
const BASE = world.lossAt(new Float64Array(POOL));

/** `count` of each size in the order of the draw, with the anchors. */
function state(count: number, step: CurveState['step'] = one): CurveState {
  const drawn = [...order.values()].flatMap((subsets) => subsets.slice(0, count));
  const anchors = [[0], [1], [2], [3], [4], [5], [6], [0, 1, 2, 3, 4, 5, 6]];
  const measured = [...anchors, ...drawn].map((members) => world.merge(members, step(members.length)));
  return { pool: POOL, atMost: 127, order, step, measured, base: BASE, seed: 0 };
}

function assisted(of: CurveState): AssistedCurve {
  const curve = assistedCurve(of);
  if (curve.kind === 'plain') throw new Error(curve.problem?.message ?? 'no look');
  return curve;
}

function lossOf({ merges: weights, base }: LossWeights, merges: readonly SurrogateMerge[]): number {
  return merges.reduce((sum, { loss }, i) => sum + (weights[i] ?? 0) * loss, base * BASE);
}

function meanOf(merges: readonly SurrogateMerge[]): number {
  return merges.reduce((sum, { loss }) => sum + loss, 0) / merges.length;
}

describe('the assisted curve', () => {
  it.each([
    ['a process', 9, one],
    ['a polynomial', 14, one],
    ['a process from the base', 9, longer],
    ['a polynomial from the base', 14, longer],
  ] as const)('by %s: weights that sum to 1 give the means and bounds of the precision', (_, count, step) => {
    const own = state(count, step);
    const { merges, forms } = assisted(own);
    const surrogate = fitSurrogate(own.measured, POOL, BASE, 0);
    if (surrogate.kind === 'refused') throw new Error(surrogate.problem.message);
    expect(forms.map(({ k }) => k)).toEqual(count < 7 ? [2, 3, 4, 5, 6] : [2, 3, 4, 5]);
    for (const { k, of, mean, terms } of forms) {
      const sample = own.measured.filter(({ members }) => members.length === k);
      const { loss, half } = assistedMean(sample, k, of, surrogate, 0.05);
      expect(lossOf(mean, merges)).toBeCloseTo(loss, 9);
      const spreads = terms.map((term) => lossOf(term, merges));
      const centre = spreads.reduce((sum, x) => sum + x, 0) / count;
      const variance = spreads.reduce((sum, x) => sum + (x - centre) ** 2, 0) / (count - 1);
      const se = Math.sqrt((variance / count) * (1 - count / of));
      expect(studentPoint(count - 1, 0.05) * se).toBeCloseTo(half ?? Number.NaN, 9);
      for (const weights of [mean, ...terms])
        expect(weights.merges.reduce((sum, w) => sum + w, weights.base)).toBeCloseTo(1, 9);
    }
  });

  it('is the plain mean where every subset is measured', () => {
    const surrogate = fitted(state(21).measured, POOL);
    for (const k of [2, 3, 4]) {
      const all = world.ofSize(k);
      const terms = termsOf(all, k, all.length, surrogate).map(
        ({ replicate: { model }, value: { row, losses } }) =>
          losses.reduce((sum, { merge, weight }) => sum + weight * merge.loss, dot(row, parametersOf(model))),
      );
      const mean = terms.reduce((sum, x) => sum + x, 0) / terms.length;
      expect(Math.abs(mean - world.mean(k))).toBeLessThan(1e-12);
    }
  });

  it('has the curves of the pools without one expert, where they are asked for', () => {
    const own = state(14);
    const { merges, forms } = assisted({ ...own, leaveOneOut: true });
    expect(assisted(own).forms[0]?.leftOut).toEqual([]);
    let [assistedError, plainError] = [0, 0];
    for (const { k, leftOut } of forms) {
      for (let j = 0; j < POOL; j++) {
        const inside = ({ members }: SurrogateMerge) => members.length === k && !members.includes(j);
        const truth = meanOf(world.ofSize(k).filter(inside));
        const weights = leftOut[j];
        if (!weights) throw new Error('no merge without it');
        expect(weights.merges.reduce((sum, w) => sum + w, weights.base)).toBeCloseTo(1, 9);
        assistedError += (lossOf(weights, merges) - truth) ** 2;
        plainError += (meanOf(own.measured.filter(inside)) - truth) ** 2;
      }
    }
    expect(Math.sqrt(assistedError)).toBeLessThan(Math.sqrt(plainError) / 4);
  });

  it('takes what the furthest look of every size has, and waits for the first', () => {
    const counts = (own: CurveState) => [...(drawnOf(own) ?? new Map())].map(([, subsets]) => subsets.length);
    expect(counts(state(5))).toEqual([]);
    expect(counts(state(8))).toEqual([6, 6, 6, 6, 6]);
    expect(counts(state(9))).toEqual([9, 9, 9, 9, 7]);
    expect(counts({ ...state(8), measured: state(9).measured.slice(0, -1) })).toEqual([6, 6, 6, 6, 6]);
    expect(counts({ ...state(8), atMost: 8 + 39 })).toEqual([8, 8, 8, 8, 7]);
    expect(assistedCurve(state(5))).toEqual({ kind: 'plain', problem: null });
  });

  it('is not made where the surrogate is refused', () => {
    const rough = new SurrogateWorld(POOL, 3, { spread: 0.1, rough: 0.1 });
    const own = state(9);
    const measured = own.measured.map(({ members }) => rough.merge(members));
    expect(assistedCurve({ ...own, measured })).toMatchObject({
      kind: 'plain',
      problem: { code: 'predicts_poorly' },
    });
  });
});

describe('a prediction', () => {
  it.each([45, 100])('from %i merges is linear in the parameters', (count) => {
    const { model } = fitted(state(count / 5).measured, POOL);
    const parameters = parametersOf(model);
    for (const merge of world.ofSize(3))
      expect(dot(rowAt(model, merge), parameters)).toBeCloseTo(subsetLoss(model, merge.members, 1 / 3), 10);
    for (const j of [0, 3]) {
      const own = world.ofSize(3).filter(({ members }) => !members.includes(j));
      const mean = own.reduce((sum, merge) => sum + dot(rowAt(model, merge), parameters), 0) / own.length;
      expect(dot(meanRow(model, 3, 1 / 3, j), parameters)).toBeCloseTo(mean, 10);
    }
    for (const k of [1, 2, 4, 7])
      expect(dot(meanRow(model, k, 1 / k), parameters)).toBeCloseTo(meanLoss(model, k, 1 / k), 10);
  });
});
