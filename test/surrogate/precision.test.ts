import { describe, expect, it } from 'vitest';
import { expertWords } from '../../core/design/keyed-random.ts';
import { shuffledSubsets } from '../../core/design/subsets.ts';
import { dealt, lookSchedule } from '../../core/surrogate/looks.ts';
import type { SurrogateMerge } from '../../core/surrogate/merge.ts';
import {
  decidePrecision,
  type PrecisionDecision,
  type PrecisionState,
} from '../../core/surrogate/precision.ts';
import { SurrogateWorld } from './world.ts';

const POOL = 7;
const world = new SurrogateWorld(POOL, 3, { spread: 0.5 });
const words = expertWords(['a', 'b', 'c', 'd', 'e', 'f', 'g'], 1);
const order = new Map([2, 3, 4, 5, 6].map((k) => [k, shuffledSubsets(words, k)]));

function state(measured: readonly SurrogateMerge[], more: Partial<PrecisionState> = {}): PrecisionState {
  return {
    pool: POOL,
    precision: 0.01,
    atMost: 128,
    order,
    step: (k) => 1 / k,
    measured,
    base: null,
    seed: 0,
    ...more,
  };
}

/** Measures what is asked for until it stops: every decision on the way. */
function run(more: Partial<PrecisionState>): { decisions: PrecisionDecision[]; measured: SurrogateMerge[] } {
  const measured: SurrogateMerge[] = [];
  const decisions = [decidePrecision(state(measured, more))];
  while (decisions.at(-1)?.stop === null) {
    measured.push(...(decisions.at(-1)?.next ?? []).flat().map((members) => world.merge(members)));
    decisions.push(decidePrecision(state(measured, more)));
  }
  return { decisions, measured };
}

describe('looks', () => {
  it('are a fixed schedule from six merges on', () => {
    expect(lookSchedule(40)).toEqual([6, 9, 14, 21, 32, 48]);
    expect(lookSchedule(3)).toEqual([6]);
  });

  it('deal what is left of the budget evenly', () => {
    const there = new Map([
      [2, 6],
      [3, 6],
      [4, 9],
    ]);
    const available = new Map([
      [2, 21],
      [3, 35],
    ]);
    expect(dealt(there, available, 9, 100)).toEqual({
      counts: new Map([
        [2, 9],
        [3, 9],
        [4, 9],
      ]),
      last: false,
    });
    expect(dealt(there, available, 9, 24)).toEqual({
      counts: new Map([
        [2, 8],
        [3, 7],
        [4, 9],
      ]),
      last: true,
    });
    expect(
      dealt(
        there,
        new Map([
          [2, 7],
          [3, 35],
        ]),
        9,
        100,
      ).counts.get(2),
    ).toBe(7);
  });
});

describe('a precision run', () => {
  it('begins with the anchors, then measures six of each size', () => {
    const first = decidePrecision(state([]));
    expect(first.next.flat()).toHaveLength(POOL + 1);
    expect(first).toMatchObject({ stop: null, reached: null, points: [] });
    const second = decidePrecision(state(first.next.flat().map((members) => world.merge(members))));
    const counts = [2, 3, 4, 5, 6].map((k) => second.next.flat().filter(({ length }) => length === k).length);
    expect(counts).toEqual([6, 6, 6, 6, 6]);
    expect(second.next.every((block) => block.length <= 32)).toBe(true);
  });

  it('stops when every size is precise', () => {
    const { decisions } = run({});
    const last = decisions.at(-1);
    expect(last?.stop).toBe('precise');
    expect(last?.next).toEqual([]);
    expect(last?.reached).toBeLessThanOrEqual(0.01);
  });

  it('keeps the bound by which a size was precise, whatever a later look would say of it', () => {
    const { decisions } = run({ precision: 0.004 });
    const looked = decisions.filter(({ points }) => points.length > 0);
    for (const [i, { points }] of looked.slice(1).entries()) {
      for (const before of looked[i]?.points ?? []) {
        if ((before.half ?? 1) <= 0.004) expect(points.find(({ k }) => k === before.k)).toEqual(before);
      }
    }
    expect(looked.at(-1)?.reached).toBeLessThanOrEqual(0.004);
  });

  it('gives a size that is precise enough no more merges', () => {
    const { decisions } = run({ precision: 0.004 });
    for (const { points, next } of decisions) {
      const done = new Set(points.flatMap(({ k, half }) => (half !== null && half <= 0.004 ? [k] : [])));
      for (const members of next.flat()) expect(done.has(members.length)).toBe(false);
    }
    expect(decisions.some(({ points, next }) => points.length > 0 && next.length > 0)).toBe(true);
  });

  it('never exceeds what is allowed', () => {
    const { decisions, measured } = run({ precision: 1e-9, atMost: 60 });
    expect(measured).toHaveLength(60);
    expect(decisions.at(-1)?.stop).toBe('at_most');
    expect(decisions.at(-1)?.reached).toBeGreaterThan(1e-9);
  });

  it('is exact when everything is measured', () => {
    const { decisions, measured } = run({ precision: 1e-12 });
    expect(measured).toHaveLength(127);
    expect(decisions.at(-1)).toMatchObject({ stop: 'precise', reached: 0 });
    for (const { k, loss } of decisions.at(-1)?.points ?? []) expect(loss).toBeCloseTo(world.mean(k), 12);
  });

  it('decides the same again, whatever order results came in and whatever else was measured', () => {
    const { decisions, measured } = run({});
    expect(decidePrecision(state([...measured].reverse()))).toEqual(decisions.at(-1));
    expect(decidePrecision(state(world.all()))).toEqual(decisions.at(-1));
  });

  it('says that nothing is known where too little is allowed', () => {
    const { decisions } = run({ atMost: 10 });
    expect(decisions.at(-1)).toMatchObject({ stop: 'at_most', reached: null });
  });
});
