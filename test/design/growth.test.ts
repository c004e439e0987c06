import { describe, expect, test } from 'vitest';
import { expectedResultBytes, growthOf, retryMerges } from '../../core/design/grow.ts';
import type { MergeKey, PlanLine } from '../../core/store/format.ts';
import { scoreLine } from '../store/lines.ts';
import { poolOf, sweepOf } from './sweeps.ts';

const keysOf = (lines: readonly PlanLine[]): Set<MergeKey> => new Set(lines.map((line) => line.key));

/** A loss that depends on names, so that it means the same in every pool. */
function loss(subset: readonly string[]): number {
  const sum = subset.reduce((total, name) => total + (Number(name.split('_')[1]) + 1) ** 1.5, 0);
  return 3 - sum / subset.length / 30;
}

function meanAt(lines: readonly PlanLine[], k: number): number {
  let sum = 0;
  let draws = 0;
  for (const line of lines) {
    if (line.method === null || line.subset.length !== k || !line.purpose.includes('design')) continue;
    sum += line.draws * loss(line.subset);
    draws += line.draws;
  }
  return sum / draws;
}

function truthAt(pool: readonly string[], k: number): number {
  return meanAt(sweepOf(pool, { sweep: '{ subsets: all }' }).lines, k);
}

describe('a plan that grows out of an older one', () => {
  test('an expert added to an exhaustive sweep: only its merges are new', () => {
    const before = sweepOf(poolOf(5));
    const after = sweepOf(poolOf(6));
    const growth = growthOf(after, keysOf(before.lines));
    // all 37 earlier ones are found; the old full set is now one of six subsets of five
    expect(growth).toEqual({ total: 1 + 6 + 63, known: 1 + 5 + 31, new: 33 });
    for (let k = 1; k <= 6; k += 1) {
      expect(meanAt(after.lines, k)).toBeCloseTo(truthAt(poolOf(6), k), 12);
    }
  });

  test('an expert added to a sampled sweep: a fair sample again, most of it known', () => {
    const k = 3;
    const seeds = 60;
    const errors: number[] = [];
    let reused = 0;
    let drawn = 0;
    for (let seed = 0; seed < seeds; seed += 1) {
      const sweep = `{ subsets: 10, seed: ${seed} }`;
      const before = keysOf(sweepOf(poolOf(8), { sweep }).lines);
      const after = sweepOf(poolOf(9), { sweep }).lines;
      errors.push(meanAt(after, k) - truthAt(poolOf(9), k));
      const design = after.filter((line) => line.subset.length === k && line.method === 0);
      expect(design).toHaveLength(10);
      drawn += design.length;
      reused += design.filter((line) => before.has(line.key)).length;
    }
    const mean = errors.reduce((sum, each) => sum + each, 0) / seeds;
    const sd = Math.sqrt(errors.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (seeds - 1));
    expect(Math.abs(mean)).toBeLessThan((3.5 * sd) / Math.sqrt(seeds));
    // A subset of three does not hold the new expert with probability 6/9; drawn afresh, 10 of 56 would be known.
    expect(reused / drawn).toBeGreaterThan(0.55);
    expect(reused / drawn).toBeLessThan(0.78);
  });

  test('k changed: what both ask for is known, and its design is the same', () => {
    const before = sweepOf(poolOf(12), { sweep: '{ k: 1..4, subsets: 20 }' });
    const after = sweepOf(poolOf(12), { sweep: '{ k: 3..6, subsets: 20 }' });
    const of = (lines: readonly PlanLine[], k: number) =>
      keysOf(lines.filter((line) => line.method === 0 && line.subset.length === k));
    for (const k of [3, 4]) expect(of(after.lines, k)).toEqual(of(before.lines, k));
    // unmerged models, singles and the whole pool, and two of the four strata
    expect(growthOf(after, keysOf(before.lines))).toEqual({
      total: 13 + 13 + 80,
      known: 13 + 13 + 40,
      new: 40,
    });
  });

  test('a method or a domain added: nothing of the others is new', () => {
    const before = sweepOf(poolOf(4));
    const after = sweepOf(poolOf(4), { methods: ['average', 'ties'] });
    expect(growthOf(after, keysOf(before.lines))).toEqual({ total: 5 + 30, known: 5 + 15, new: 15 });
  });

  test('results of an older plan that the new one does not draw weigh nothing', () => {
    const all = sweepOf(poolOf(6));
    const sampled = sweepOf(poolOf(6), { sweep: '{ subsets: 4 }' });
    const known = keysOf(all.lines);
    expect(growthOf(sampled, known).new).toBe(0);
    expect(sampled.lines.filter((line) => line.subset.length === 3 && line.draws > 0)).toHaveLength(4);
  });
});

test('a retry raises the count of the merges named, and of no other', () => {
  const plan = sweepOf(poolOf(3));
  const key = plan.lines[5]?.key;
  if (!key) throw new Error('no line');
  const once = retryMerges(plan, new Set([key]));
  const twice = retryMerges(once, new Set([key]));
  expect(twice.lines[5]).toEqual({ ...plan.lines[5], retry: 2 });
  expect(twice.lines.filter((line) => line.retry !== undefined)).toHaveLength(1);
  expect(keysOf(twice.lines)).toEqual(keysOf(plan.lines));
});

test('the bytes that results will take, within a tenth of what is written', () => {
  const plan = sweepOf(poolOf(4));
  const [evaluation] = Object.values(plan.header.evaluations);
  const [line] = plan.lines;
  if (!evaluation || !line) throw new Error('no plan');
  for (const samples of [1, 40, 1000]) {
    const known = Object.fromEntries(Object.values(plan.header.evaluations).map((id) => [id, samples]));
    const values = Array.from({ length: samples }, (_, i) => 20.123 + i / 7);
    const written = plan.lines.length * 4 * scoreLine(line.key, evaluation, values).length;
    expect(expectedResultBytes(plan, known) / written).toBeGreaterThan(0.9);
    expect(expectedResultBytes(plan, known) / written).toBeLessThan(1.1);
  }
  expect(expectedResultBytes(plan)).toBe(
    expectedResultBytes(
      plan,
      Object.fromEntries(Object.values(plan.header.evaluations).map((id) => [id, 5000])),
    ),
  );
});
