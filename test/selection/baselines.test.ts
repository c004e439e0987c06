import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BaselineInput, baselines } from '../../core/selection/baselines.ts';
import { foldsOf } from '../../core/selection/folds.ts';
import { normalised } from '../../core/selection/samples.ts';
import { subsetsOf } from '../report/world.ts';
import {
  allSubsets,
  measure,
  prefixesOf,
  randomOrders,
  randomTruth,
  samplesFor,
  scattered,
  type Truth,
} from './pool.ts';

function pooled(
  subsets: readonly (readonly number[])[],
  pool: number,
  truth: Truth,
  options: { noise?: number; seed?: number } = {},
): BaselineInput {
  const samples = samplesFor(2, 30);
  const measured = measure(subsets, samples, truth, options.noise ?? 0, scattered(options.seed ?? 1));
  return { measured, pool, samples, weights: normalised([1, 1]), folds: foldsOf(samples, 3) };
}

const macro = (truth: Truth) => (members: readonly number[]) => (truth(members, 0) + truth(members, 1)) / 2;
const lowest = (sets: readonly (readonly number[])[], loss: (members: readonly number[]) => number) =>
  sets.reduce((best, members) => (loss(members) < loss(best) ? members : best));

describe('baselines', () => {
  it('are the greedy, backward and swap searches, whatever the losses', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), fc.integer(), (pool, seed) => {
        const truth = randomTruth(scattered(seed));
        const loss = macro(truth);
        const { forward, backward, swap } = baselines({
          ...pooled(allSubsets(pool), pool, truth),
          folds: null,
        });
        let at: readonly number[] = [];
        for (const { k, members, regret } of forward) {
          const next = subsetsOf(pool, k).filter((own) => at.every((d) => own.includes(d)));
          at = lowest(next, loss);
          expect(members).toEqual(at);
          expect(regret).toBeCloseTo(loss(at) - loss(lowest(subsetsOf(pool, k), loss)), 10);
        }
        expect(forward.map(({ k }) => k)).toEqual(Array.from({ length: pool }, (_, i) => i + 1));
        expect(forward.at(-1)?.looked).toBe((pool * (pool + 1)) / 2);
        at = Array.from({ length: pool }, (_, d) => d);
        for (const { k, members } of backward.toReversed()) {
          if (k < pool) {
            const from = at;
            at = lowest(
              subsetsOf(pool, k).filter((own) => own.every((d) => from.includes(d))),
              loss,
            );
          }
          expect(members).toEqual(at);
        }
        for (const { k, members, loss: own, looked } of swap) {
          const near = subsetsOf(pool, k).filter(
            (other) => other.filter((d) => !members.includes(d)).length === 1,
          );
          for (const other of near) expect(loss(other)).toBeGreaterThanOrEqual(own - 1e-12);
          const start = forward.find((point) => point.k === k);
          expect(own).toBeLessThanOrEqual(start?.loss ?? Number.NaN);
          expect(looked).toBeGreaterThanOrEqual(start?.looked ?? Number.NaN);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('have no regret where experts add up', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 }),
        (worth) => {
          const truth: Truth = (members) =>
            2 + 1 / members.length + members.reduce((sum, d) => sum + (worth[d] ?? 0), 0);
          const found = baselines(pooled(allSubsets(worth.length), worth.length, truth));
          for (const point of [...found.forward, ...found.backward, ...found.swap]) {
            expect(point.regret).toBeCloseTo(0, 10);
            expect(point.cross_fitted?.value).toBeCloseTo(0, 10);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('show what greed costs: the best pair is without the best expert', () => {
    const truth: Truth = (members) =>
      ({ '0': 1.0, '1': 1.2, '2': 1.2, '0,1': 0.9, '0,2': 0.9, '1,2': 0.5, '0,1,2': 0.6 })[members.join()] ??
      9;
    const { forward, backward, swap } = baselines(pooled(allSubsets(3), 3, truth, { noise: 0.02 }));
    expect(forward[1]).toMatchObject({ k: 2, regret: expect.closeTo(0.4, 1) });
    expect(forward[1]?.cross_fitted?.low).toBeGreaterThan(0.3);
    expect(backward[1]).toMatchObject({ members: [1, 2], regret: 0 });
    expect(swap[1]).toMatchObject({ members: [1, 2], regret: 0 });
    expect(backward[0]?.regret).toBeCloseTo(0.2, 1);
  });

  it('cross-fits: what searching more finds by luck is not held against searching less', () => {
    // All merges of one size are equally good: choosing the best measured one is worth nothing.
    let [naive, honest] = [0, 0];
    const repeats = 60;
    for (let seed = 0; seed < repeats; seed++) {
      const { forward } = baselines(
        pooled(allSubsets(6), 6, (members) => 1 + 1 / members.length, { noise: 0.4, seed }),
      );
      naive += (forward[2]?.regret ?? Number.NaN) / repeats;
      honest += (forward[2]?.cross_fitted?.value ?? Number.NaN) / repeats;
    }
    expect(naive).toBeGreaterThan(0.02);
    expect(Math.abs(honest)).toBeLessThan(0.4 * naive);
  });

  it('go as far as merges are measured, and count what is missing; 64 experts are no harder', () => {
    const truth = randomTruth(scattered(4));
    const few = baselines(pooled([[0], [1], [0, 1], [0, 1, 2]], 4, truth));
    expect(few.forward.map(({ k, missing }) => [k, missing])).toEqual([
      [1, 2],
      [2, 4],
      [3, 5],
    ]);
    expect(few.backward).toEqual([]);
    expect(baselines(pooled([], 4, truth))).toEqual({ forward: [], backward: [], swap: [] });
    const orders = randomOrders(64, 6, scattered(5));
    const many = baselines(pooled(prefixesOf(orders), 64, truth));
    expect(many.forward.length).toBe(64);
    expect(many.backward.length).toBe(64);
    expect(JSON.parse(JSON.stringify(many))).toEqual(many);
  });

  it('keep to what the goals allow: as if what must be in were in, and what may not were not there', () => {
    fc.assert(
      fc.property(fc.integer({ min: 3, max: 6 }), fc.integer(), fc.integer(), (pool, seed, parts) => {
        const truth = randomTruth(scattered(seed));
        const loss = macro(truth);
        const every = Array.from({ length: pool }, (_, d) => d);
        const part = every.map((d) => Math.floor(Math.abs(parts) / 3 ** d) % 3);
        const required = every.filter((d) => part[d] === 1);
        const forbidden = every.filter((d) => part[d] === 2);
        const isAllowed = (own: readonly number[]) =>
          required.every((d) => own.includes(d)) && !forbidden.some((d) => own.includes(d));
        const allowed = (k: number) => subsetsOf(pool, k).filter(isAllowed);
        const found = baselines({
          ...pooled(allSubsets(pool), pool, truth),
          folds: null,
          required,
          forbidden,
        });
        const most = pool - forbidden.length;
        const ks = Array.from({ length: most + 1 }, (_, k) => k).filter(
          (k) => k >= Math.max(1, required.length),
        );
        for (const points of [found.forward, found.backward, found.swap]) {
          expect(points.map(({ k }) => k)).toEqual(ks);
          for (const { k, members, regret } of points) {
            expect(isAllowed(members)).toBe(true);
            expect(regret).toBeCloseTo(loss(members) - loss(lowest(allowed(k), loss)), 10);
          }
        }
        let at: readonly number[] = [];
        for (const { k, members } of found.forward) {
          at = lowest(
            allowed(k).filter((own) => at.every((d) => own.includes(d))),
            loss,
          );
          expect(members).toEqual(at);
        }
      }),
      { numRuns: 60 },
    );
  });
});
