import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MergeRequest } from '../../core/design/merge-request.ts';
import { requestMerges } from '../../core/design/requests.ts';
import type { Sweep } from '../../core/design/sweep.ts';
import type { PlanId } from '../../core/store/format.ts';
import { serializePlan } from '../../core/store/plan-file.ts';
import { carriedRequests } from '../../runner/carried-requests.ts';
import { writePlan } from '../../runner/plan-files.ts';
import { poolOf, sweepOf } from '../design/sweeps.ts';

let store: string;
beforeEach(() => {
  store = mkdtempSync(path.join(tmpdir(), 'carried-'));
});
afterEach(() => rmSync(store, { recursive: true, force: true }));

function write({ header, lines }: Sweep): PlanId {
  const serialized = serializePlan(header, lines);
  writePlan(store, serialized);
  return serialized.id;
}

const sweep = sweepOf(poolOf(8), { sweep: '{ subsets: 5 }' });
const drawn = new Set(sweep.lines.map(({ subset }) => subset.join()));
const request: MergeRequest = {
  purpose: 'verify',
  size: 'default',
  method: 0,
  subset: ['expert_0', 'expert_2', 'expert_5'],
};

test('a plan that is made again has what was asked for, and its very id', () => {
  expect(drawn.has(request.subset.join())).toBe(false);
  write(sweep);
  expect(carriedRequests(store, sweep)).toEqual([]);
  const grown = write(requestMerges(sweep, [request]));
  expect(carriedRequests(store, sweep)).toEqual([request]);
  const again = requestMerges(sweep, carriedRequests(store, sweep));
  expect(write(again)).toBe(grown);
});

test('an edit keeps it: another k, another method, another expert', () => {
  write(requestMerges(sweep, [request]));
  for (const edited of [
    sweepOf(poolOf(8), { sweep: '{ k: 1..5, subsets: 5 }' }),
    sweepOf(poolOf(8), { methods: ['ties', 'average'], sweep: '{ subsets: 5 }' }),
    sweepOf(poolOf(9), { sweep: '{ subsets: 5 }' }),
  ]) {
    const [carried] = carriedRequests(store, edited);
    expect(carried).toEqual({ ...request, method: edited.header.methods.length - 1 });
  }
});

test('another experiment of the folder keeps its own plan', () => {
  write(requestMerges(sweep, [request]));
  const other = sweepOf(poolOf(8), { sweep: '{ subsets: 9, seed: 4 }' });
  write(other);
  expect(carriedRequests(store, other)).toEqual([]);
  expect(carriedRequests(store, sweep)).toEqual([request]);
});
