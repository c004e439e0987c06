import { describe, expect, test } from 'vitest';
import { growthOf } from '../../core/design/grow.ts';
import type { MergeRequest } from '../../core/design/merge-request.ts';
import { requestMerges, requestsOf } from '../../core/design/requests.ts';
import { ProblemError } from '../../core/problem.ts';
import type { MergeKey, PlanLine } from '../../core/store/format.ts';
import { parsePlan, serializePlan } from '../../core/store/plan-file.ts';
import { poolOf, sweepOf } from './sweeps.ts';

const keysOf = (lines: readonly PlanLine[]): Set<MergeKey> => new Set(lines.map((line) => line.key));
const drawsOf = (lines: readonly PlanLine[]) =>
  lines.filter(({ draws }) => draws > 0).map(({ key, draws }) => [key, draws]);

const pool = poolOf(8);
const plan = sweepOf(pool, {
  methods: ['average', '{ method: dare, seeds: [1, 2] }'],
  sweep: '{ subsets: 5 }',
});
const foreign = ['expert_1', 'expert_4', 'expert_6', 'expert_7'];
const SIZE = { size: 'default' } as const;
const subset: MergeRequest = { purpose: 'requested', ...SIZE, method: 0, subset: foreign };
const weights: MergeRequest = {
  purpose: 'verify',
  ...SIZE,
  weights: { expert_1: 0.6, expert_4: 0.3 },
};

describe('merges beyond the sweep', () => {
  test('come behind the anchors, with every seed, and weigh nothing in the design', () => {
    expect(plan.lines.some((line) => line.subset.join() === foreign.join())).toBe(false);
    const grown = requestMerges(plan, [{ ...subset, method: 1, subset: [...foreign].reverse() }]);
    expect(grown.lines).toHaveLength(plan.lines.length + 2);
    const anchors = grown.lines.findIndex((line) => !line.purpose.includes('anchor'));
    expect(grown.lines.slice(anchors, anchors + 2)).toMatchObject(
      [1, 2].map((seed) => ({ method: 1, seed, subset: foreign, purpose: ['requested'], draws: 0 })),
    );
    expect(drawsOf(grown.lines)).toEqual(drawsOf(plan.lines));
    expect(growthOf(grown, keysOf(plan.lines)).new).toBe(2);
  });

  test('that the design has too are made first, and keep their place in the draw', () => {
    const at = plan.lines.findIndex((each) => each.purpose.join() === 'design' && each.method === 0);
    const line = plan.lines.at(at);
    if (!line) throw new Error('no design');
    const request: MergeRequest = { purpose: 'verify', ...SIZE, method: 0, subset: line.subset };
    const grown = requestMerges(plan, [request, request]);
    expect(grown.lines.filter(({ purpose }) => !purpose.includes('verify'))).toEqual(plan.lines);
    const added = grown.lines.find(({ purpose }) => purpose.includes('verify'));
    expect(added).toEqual({ ...line, purpose: ['verify'], draws: 0 });
    expect(grown.lines.findIndex(({ key }) => key === line.key)).toBeLessThanOrEqual(at);
    expect(growthOf(grown, keysOf(plan.lines))).toMatchObject({ total: plan.lines.length, new: 0 });
    expect(requestMerges(grown, [request])).toEqual(grown);
    expect(requestsOf(grown, grown.header)).toEqual([request]);
  });

  test('that are anchors stay where they are', () => {
    const request: MergeRequest = { ...subset, subset: pool };
    const grown = requestMerges(plan, [request]);
    expect(grown.lines).toHaveLength(plan.lines.length);
    expect(requestsOf(grown, grown.header)).toEqual([request]);
  });

  test('are there once, however often they are asked for', () => {
    const once = requestMerges(plan, [subset, subset, weights]);
    expect(once.lines).toHaveLength(plan.lines.length + 2);
    expect(requestMerges(once, [subset, weights])).toEqual(once);
    expect(requestsOf(once, plan.header)).toEqual([subset, weights]);
  });

  test('that are none are refused', () => {
    const ask = (names: string[]) => () => requestMerges(plan, [{ ...subset, subset: names }]);
    expect(ask(['expert_1', 'nobody'])).toThrow(ProblemError);
    expect(ask([])).toThrow(ProblemError);
    expect(() => requestMerges(plan, [{ ...weights, weights: {} }])).toThrow(ProblemError);
  });
});

describe('weights', () => {
  test('are a line without a method, whose key knows every weight', () => {
    const [line] = requestMerges(plan, [weights]).lines.filter((each) => each.weights);
    expect(line).toMatchObject({ method: null, seed: null, subset: ['expert_1', 'expert_4'] });
    expect(line?.weights).toEqual([0.6, 0.3]);
    const others = [
      { expert_1: 0.3, expert_4: 0.6 },
      { expert_1: 0.6, expert_4: 0.3001 },
      { expert_1: 0.6, expert_5: 0.3 },
    ];
    const keys = others.map((own) => requestMerges(plan, [{ ...weights, weights: own }]).lines);
    const all = new Set([line?.key, ...keys.map((lines) => lines.find((each) => each.weights)?.key)]);
    expect(all.size).toBe(4);
    const turned = requestMerges(plan, [{ ...weights, weights: { expert_4: 0.3, expert_1: 0.6 } }]);
    expect(keysOf(turned.lines).has(line?.key as MergeKey)).toBe(true);
  });

  test('survive the file', () => {
    const grown = requestMerges(plan, [weights]);
    const { id, text } = serializePlan(grown.header, grown.lines);
    expect(parsePlan(id, text).lines).toEqual(grown.lines);
  });
});

describe('what is carried into the next plan', () => {
  const grown = requestMerges(plan, [subset, { ...subset, purpose: 'verify', method: 1 }, weights]);

  test('an expert, a domain or another k: all of it', () => {
    const next = sweepOf(poolOf(9), {
      methods: ['{ method: dare, seeds: [1, 2, 3] }', 'average'],
      sweep: '{ k: 1..2, subsets: 3 }',
    });
    const carried = requestsOf(grown, next.header);
    expect(carried).toEqual([{ ...subset, method: 1 }, { ...subset, purpose: 'verify', method: 0 }, weights]);
    // The dare of three seeds has a line for each of them.
    expect(requestMerges(next, carried).lines).toHaveLength(next.lines.length + 1 + 3 + 1);
  });

  test('what the next plan has no method or no expert for is left out', () => {
    const other = sweepOf(poolOf(8), { methods: ['ties'] });
    expect(requestsOf(grown, other.header)).toEqual([weights]);
    expect(requestsOf(grown, sweepOf(poolOf(5)).header)).toEqual([weights]);
    expect(requestsOf(grown, sweepOf(poolOf(3)).header)).toEqual([]);
  });

  test('experts are known by their models, not by their names', () => {
    const named = {
      ...plan.header,
      sizes: Object.fromEntries(
        Object.entries(plan.header.sizes).map(([name, size]) => [
          name,
          {
            ...size,
            experts: Object.fromEntries(
              Object.entries(size.experts).map(([expert, model]) => [`new ${expert}`, model]),
            ),
          },
        ]),
      ),
    };
    const [first, , last] = requestsOf(grown, named);
    expect(first).toEqual({ ...subset, subset: foreign.map((name) => `new ${name}`) });
    expect(last).toEqual({ ...weights, weights: { 'new expert_1': 0.6, 'new expert_4': 0.3 } });
  });
});
