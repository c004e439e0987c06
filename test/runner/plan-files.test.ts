import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Subsets } from '../../core/experiment/experiment.ts';
import type { PlanId } from '../../core/store/format.ts';
import { serializePlan } from '../../core/store/plan-file.ts';
import { findPlan } from '../../runner/plan-files.ts';
import { experimentOf, planOf, World } from '../report/world.ts';

let store: string;
const world = new World({ seed: 1, experts: 5, domains: 2, samples: 10 });

beforeAll(() => {
  store = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-plans-'));
  mkdirSync(path.join(store, 'plans'));
});
afterAll(() => rmSync(store, { recursive: true, force: true }));

function sweep(k: readonly number[], subsets: Subsets = { kind: 'all' }) {
  return experimentOf(world, { k, subsets });
}

/** @param age seconds */
function kept(experiment: ReturnType<typeof sweep>, age: number): PlanId {
  const { header, lines } = planOf(experiment);
  const { id, text } = serializePlan(header, lines);
  const file = path.join(store, 'plans', `${id}.jsonl`);
  writeFileSync(file, text);
  const at = Date.now() / 1000 - age;
  utimesSync(file, at, at);
  return id;
}

it('a plan is found by its sweep, whichever file is the newest: copies and archives keep no times', () => {
  const whole = kept(sweep([1, 2, 3, 4, 5]), 300);
  const ends = kept(sweep([1, 2, 5]), 100);
  const few = kept(sweep([1, 2, 3, 4, 5], { kind: 'per_k', count: 2 }), 1);
  expect(findPlan(store, sweep([1, 2, 3, 4, 5]))?.id).toBe(whole);
  expect(findPlan(store, sweep([1, 2, 5]))?.id).toBe(ends);
  expect(findPlan(store, sweep([1, 2, 3, 4, 5], { kind: 'per_k', count: 2 }))?.id).toBe(few);
  expect(findPlan(store, sweep([1, 2, 4, 5]))?.id, 'the one that holds most of it').toBe(whole);
});
