import { describe, expect, test } from 'vitest';
import { countMerges } from '../../core/design/count-merges.ts';
import { isTuned } from '../../core/design/step-design.ts';
import { planSweep } from '../../core/design/sweep.ts';
import type { PlanLine } from '../../core/store/format.ts';
import { declaredMethods, scalesOf } from '../../core/store/method-scales.ts';
import { parsePlan, serializePlan } from '../../core/store/plan-file.ts';
import { experimentOf, poolOf, preparedOf, type SweepOptions, sweepOf } from './sweeps.ts';

const TUNED = '{ method: task_arithmetic, scale: tuned }';

const stepsOf = (lines: readonly PlanLine[]) => lines.filter(({ purpose }) => purpose.includes('step'));
const ofDesign = (lines: readonly PlanLine[]) => lines.filter(({ purpose }) => !purpose.includes('step'));

describe('the plan of a tuned method', () => {
  const plan = sweepOf(poolOf(9), { methods: [TUNED] });
  const scaleOf = ({ method }: PlanLine) =>
    scalesOf(plan.header, plan.header.methods[0] as never).get(method ?? -1);

  test('is that of its own scale, with a few subsets at others behind it', () => {
    const fixed = sweepOf(poolOf(9), { methods: ['task_arithmetic'] });
    expect(plan.lines.slice(0, fixed.lines.length)).toEqual(fixed.lines);
    expect(declaredMethods(plan.header)).toEqual(fixed.header.methods);
    const steps = plan.lines.slice(fixed.lines.length);
    expect(steps).toEqual(stepsOf(plan.lines));
    // Nine single experts, two subsets at each of seven k, and the whole pool.
    expect(steps).toHaveLength(5 * (9 + 7 * 2 + 1));
    expect(steps.every(({ draws }) => draws === 0)).toBe(true);
    expect(new Set(plan.lines.map(({ key }) => key)).size).toBe(plan.lines.length);
  });

  test('has each k, each subset at every scale, and at its own by the design', () => {
    const subsets = new Map<string, (number | undefined)[]>();
    for (const line of stepsOf(plan.lines))
      subsets.set(line.subset.join(), [...(subsets.get(line.subset.join()) ?? []), scaleOf(line)]);
    for (const scales of subsets.values()) expect(scales).toEqual([0.25, 0.5, 0.75, 1.5, 2]);
    const ks = [...subsets.keys()].map((subset) => subset.split(',').length);
    expect(new Set(ks)).toEqual(new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]));
    const swept = new Set(
      ofDesign(plan.lines).flatMap(({ method, subset }) => (method === 0 ? [subset.join()] : [])),
    );
    expect([...subsets.keys()].every((subset) => swept.has(subset))).toBe(true);
  });

  test('survives its file', () => {
    const { id, text } = serializePlan(plan.header, plan.lines);
    expect(parsePlan(id, text)).toEqual({ id, ...plan });
  });
});

test.each<[string, SweepOptions]>([
  ['a sweep of some k', { sweep: '{ k: [2, 3], subsets: 4 }' }],
  ['permutations', { sweep: '{ subsets: { permutations: 3 } }' }],
  ['two sizes', { sizes: ['S', 'L'] }],
  ['a sum of task vectors', { methods: ['{ method: task_arithmetic, scale: tuned, normalize: false }'] }],
  ['a random method', { methods: ['{ method: dare_ties, scale: tuned, seeds: [3, 5] }'] }],
  ['two methods', { methods: ['average', '{ method: ties, scale: tuned, density: 0.5 }'] }],
])('%s: what is tuned is merged at the own scale too, and all is counted', (_, options) => {
  const asked = { methods: [TUNED], ...options };
  const experiment = experimentOf(poolOf(7), asked);
  const { header, lines } = planSweep(experiment, preparedOf(experiment));
  const steps = stepsOf(lines);
  const own = declaredMethods(header).length - 1;
  for (const { size, subset, seed } of steps) {
    const there = lines.find(
      (line) =>
        line.method === own &&
        line.size === size &&
        line.seed === seed &&
        line.subset.join() === subset.join(),
    );
    expect(there).toBeDefined();
  }
  expect(new Set(steps.map(({ subset }) => subset.length))).toEqual(new Set([1, ...experiment.sweep.k, 7]));
  expect(new Set(steps.map(({ seed }) => seed)).size).toBe(1);
  expect(new Set(steps.map(({ size }) => size)).size).toBe(experiment.sizes.length);
  expect(countMerges(experiment)).toBe(lines.filter(({ method }) => method !== null).length);
});

test('where the design may end early, steps come before it', () => {
  const { lines } = sweepOf(poolOf(7), { methods: [TUNED], sweep: '{ subsets: { precision: 0.01 } }' });
  const first = lines.findIndex(({ purpose }) => !purpose.includes('anchor'));
  const steps = stepsOf(lines);
  expect(lines.slice(first, first + steps.length)).toEqual(steps);
});

test('a sum of task vectors is tuned around the step of an average', () => {
  const plan = sweepOf(poolOf(4), {
    methods: ['{ method: task_arithmetic, scale: tuned, normalize: false }'],
  });
  const scales = scalesOf(plan.header, plan.header.methods[0] as never);
  const whole = stepsOf(plan.lines).filter(({ subset }) => subset.length === 4);
  expect(whole.map(({ method }) => scales.get(method ?? -1))).toEqual([
    0.0625, 0.125, 0.1875, 0.25, 0.375, 0.5,
  ]);
});

test('a scale that the experiment names itself is not merged twice', () => {
  const plan = sweepOf(poolOf(4), { methods: [TUNED, '{ method: task_arithmetic, scale: 0.5 }'] });
  expect(new Set(plan.lines.map(({ key }) => key)).size).toBe(plan.lines.length);
  const shared = stepsOf(plan.lines).filter(({ method }) => method === 1);
  // Four single experts, two subsets of two and of three, and the whole pool.
  expect(shared).toHaveLength(4 + 2 + 2 + 1);
  expect(shared.every(({ purpose }) => purpose.includes('design'))).toBe(true);
  expect(plan.header.declared).toBe(2);
});

test('of many experts some are tuned alone, and one expert is a pool too', () => {
  const many = sweepOf(poolOf(20), { methods: [TUNED], sweep: '{ k: 1..3, subsets: 5 }' });
  const singles = stepsOf(many.lines).filter(({ subset }) => subset.length === 1);
  expect(singles).toHaveLength(5 * 12);
  expect(stepsOf(sweepOf(poolOf(1), { methods: [TUNED] }).lines)).toHaveLength(5);
});

test('only a tuned scale is tuned', () => {
  const { methods } = experimentOf(poolOf(2), {
    methods: [TUNED, 'average', '{ method: ties, scale: 0.3 }'],
  });
  expect(methods.map(isTuned)).toEqual([true, false, false]);
  expect(sweepOf(poolOf(3)).header).not.toHaveProperty('declared');
});
