import { describe, expect, it } from 'vitest';
import { ReportMaker } from '../../core/report/make-report.ts';
import { inputOf, type SweepOptions, World } from './world.ts';

const world = new World({ seed: 3, experts: 6, domains: 3, samples: 40 });
const input = inputOf(world);
const maker = new ReportMaker();
const plain = maker.make(input, { stage: 'complete' });
const asked = maker.make(input, { stage: 'complete', shapley: true });

describe('returns in a report', () => {
  it('are the share of the fall of the very curve, with intervals', () => {
    const returns = plain.study?.cells[0]?.returns;
    const points = plain.cells[0]?.curves[0]?.points ?? [];
    const losses = points.map(({ mean }) => mean);
    const first = Math.min(losses[0] ?? Number.NaN, plain.sizes[0]?.base?.objective.value ?? Number.NaN);
    for (const { k, value, low, high, measured } of returns?.curve ?? []) {
      const lowest = Math.min(first, ...losses.slice(0, k));
      expect(value).toBeCloseTo((first - lowest) / (first - Math.min(first, ...losses)), 12);
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(measured).toBe(true);
    }
    expect(returns?.curve).toHaveLength(6);
    const byHand = returns?.shares.map(({ share }) => returns.curve?.find(({ value }) => value >= share)?.k);
    expect(returns?.shares.map(({ k }) => k)).toEqual(byHand);
  });

  it('have the share that the goal asks for', () => {
    const goals = { goal: { rule: 'return', value: 0.97 } } as const;
    const { study } = maker.make(inputOf(world, { goals }), { stage: 'complete' });
    expect(study?.cells[0]?.returns?.shares.map(({ share }) => share)).toEqual([0.8, 0.85, 0.9, 0.97]);
  });
});

describe('Shapley values in a report', () => {
  it('are there only when asked for, and change nothing else', () => {
    expect(plain.study?.shapley).toBeNull();
    const { shapley, ...rest } = asked.study ?? {};
    const { shapley: _, ...others } = plain.study ?? {};
    expect(rest).toEqual(others);
    expect(shapley).toHaveLength(1);
    expect(maker.make(input, { stage: 'complete' }).study?.shapley).toBeNull();
  });

  it('sum to what merging all of them changes, exactly where every subset is measured', () => {
    const [own] = asked.study?.shapley ?? [];
    if (own?.kind !== 'exact') throw new RangeError('not exact');
    const all = asked.cells[0]?.curves[0]?.points.at(-1)?.mean ?? Number.NaN;
    const base = asked.sizes[0]?.base?.objective.value ?? Number.NaN;
    expect(own.experts.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(all - base, 12);
    expect(own.orders).toBe(720);
    expect(own.experts.every(({ low, high }) => low !== null && high !== null)).toBe(true);
  });

  it('are estimated from some subsets, and say why there are none', () => {
    const made = (options: SweepOptions) => {
      const some = inputOf(new World({ seed: 3, experts: 8, domains: 2, samples: 20 }), options);
      return maker.make(some, { stage: 'complete', shapley: true }).study?.shapley?.[0];
    };
    expect(made({ subsets: { kind: 'permutations', count: 7 } })).toMatchObject({
      kind: 'estimated',
      orders: 40_320,
    });
    expect(made({ subsets: { kind: 'per_k', count: 12 } })).toMatchObject({ kind: 'estimated' });
    expect(made({ k: [1, 2, 3, 8] })).toEqual({ kind: 'missing', missing: 'subsets' });
  });

  it('of 64 experts are missing where few orders do not tell them apart', () => {
    const many = new World({ seed: 3, experts: 64, domains: 1, samples: 20 });
    const two = inputOf(many, { subsets: { kind: 'permutations', count: 2 } });
    const [own] = maker.make(two, { stage: 'complete', shapley: true }).study?.shapley ?? [];
    expect(own).toEqual({ kind: 'missing', missing: 'subsets' });
  });
});
