import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Budget, NO_BUDGET } from '../../core/planning/budget.ts';
import type { Saving } from '../../core/planning/margin.ts';
import { makePlanning, type PlannedSize, underBudget } from '../../core/planning/planning.ts';
import type { Estimated } from '../../core/selection/estimated.ts';

const exact = (value: number) => ({ value, low: value, high: value });

/** L(N, k) = 1 + N^−1/2 + N^−1/4/(k + 1), N in billions, on k = 0..9. */
function law(N: number, k: number): number {
  return 1 + N ** -0.5 + N ** -0.25 / (k + 1);
}

function size(name: string, N: number): PlannedSize {
  const losses = Array.from({ length: 10 }, (_, k) => ({ k, loss: exact(law(N, k)), measured: k > 0 }));
  return { name, parameters: N * 1e9, memory_bytes: 2e9 * N, losses };
}

const sizes = [size('large', 8), size('small', 1), size('middle', 3)];
const billions: Record<string, number> = { small: 1, middle: 3, large: 8 };
const saving: Saving = (from, to) =>
  exact(law(billions[from.size] ?? 0, from.k) - law(billions[to.size] ?? 0, to.k));

function plan(budget: Partial<Budget>, ...at: { size: string; k: number }[]) {
  return makePlanning(sizes, { ...NO_BUDGET, ...budget }, at, saving);
}

describe('planning', () => {
  it('without limits takes the largest model and all experts', () => {
    const { options, best } = plan({});
    expect(options[best ?? -1]).toMatchObject({ size: 'large', k: 9, gpu_hours: null, expert_billions: 72 });
  });

  it('finds the lowest loss within any budget', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 1e4, noNaN: true }),
        fc.double({ min: 0.1, max: 50, noNaN: true }),
        (hours, h) => {
          const { options, best } = plan({ gpu_hours: hours, hours_per_expert_per_billion: h });
          const chosen = options[best ?? -1];
          // The base costs nothing, so something is always within.
          expect(chosen).toBeDefined();
          expect(chosen?.gpu_hours).toBeLessThanOrEqual(hours);
          for (const [name, N] of Object.entries(billions))
            for (let k = 0; k <= 9; k++)
              if (h * k * N <= hours) expect(chosen?.loss.value).toBeLessThanOrEqual(law(N, k));
              else
                expect(options.find((option) => option.size === name && option.k === k)?.allowed).toBe(false);
        },
      ),
    );
  });

  it('serving memory and parameters limit the size, whatever k is', () => {
    for (const limit of [{ memory_bytes: 6e9 }, { max_parameters: 3e9 }]) {
      const { options, best } = plan(limit);
      expect(options[best ?? -1]).toMatchObject({ size: 'middle', k: 9 });
    }
  });

  it('finds the cheapest that reaches a loss, and says when none does', () => {
    const { options, cheapest } = plan({ target_loss: 1.75, hours_per_expert_per_billion: 10 });
    const found = options[cheapest ?? -1];
    expect(found?.loss.value).toBeLessThanOrEqual(1.75);
    for (const option of options)
      if (option.loss.value <= 1.75)
        expect(option.expert_billions).toBeGreaterThanOrEqual(found?.expert_billions ?? 0);
    const none = plan({ target_loss: 1.2 });
    expect(none.cheapest).toBeNull();
    expect(none.reasons['cheapest']).toBe('nothing within the budget reaches 1.2');
  });

  it('a frontier goes down in loss as it goes up in cost, and nothing lies below it', () => {
    const { options, frontier } = plan({});
    const on = frontier.map((index) => options[index]);
    for (const [i, option] of on.entries()) {
      const before = on[i - 1];
      if (before)
        expect([
          before.expert_billions < (option?.expert_billions ?? 0),
          before.loss.value > (option?.loss.value ?? 0),
        ]).toEqual([true, true]);
    }
    for (const option of options)
      expect(
        on.some(
          (each) =>
            (each?.expert_billions ?? 9e9) <= option.expert_billions &&
            (each?.loss.value ?? 9e9) <= option.loss.value,
        ),
      ).toBe(true);
  });

  it('compares the next expert with the next size at the margin', () => {
    const [margin] = plan({ hours_per_expert_per_billion: 10 }, { size: 'middle', k: 1 }).margins;
    // One more expert of 3 billion parameters: 30 h. One of 8: 80 h.
    expect([margin?.expert?.gpu_hours, margin?.larger?.gpu_hours]).toEqual([30, 80]);
    expect(margin?.expert?.per_cost.value).toBeCloseTo((law(3, 1) - law(3, 2)) / 30, 12);
    expect(margin?.larger?.per_cost.value).toBeCloseTo((law(3, 1) - law(8, 1)) / 80, 12);
    expect(margin?.better).toBe('expert');
    expect(plan({}, { size: 'middle', k: 6 }).margins[0]?.better).toBe('larger');
  });

  it('says nothing at the end of the pool, of the largest size, or while intervals overlap', () => {
    expect(plan({}, { size: 'small', k: 9 }).margins[0]?.expert).toBeNull();
    expect(plan({}, { size: 'large', k: 3 }).margins[0]?.larger).toBeNull();
    const vague: Saving = (from, to) => ({ ...exact(saving(from, to)?.value ?? 0), low: -1, high: 1 });
    expect(makePlanning(sizes, NO_BUDGET, [{ size: 'small', k: 2 }], vague).margins[0]).toMatchObject({
      better: null,
      open: 'neither_saves',
    });
  });

  it('needs no more than the two ends that face each other', () => {
    const one = (end: Partial<Estimated>): Saving => {
      const ends = { low: null, high: null, ...end };
      return (from, to) =>
        from.size === to.size ? { value: 0.005, low: null, high: 0.012 } : { value: 0.9, ...ends };
    };
    const at = [{ size: 'small', k: 2 }];
    const margin = (end: Partial<Estimated>) => makePlanning(sizes, NO_BUDGET, at, one(end)).margins[0];
    expect(margin({ low: 0.8 })).toMatchObject({ better: 'larger', open: null });
    expect(margin({})).toMatchObject({ better: null, open: 'no_interval' });
    expect(margin({ low: 0.001 })).toMatchObject({ better: null, open: 'no_interval' });
  });

  it('does not pretend that hours limit anything while their price is not known', () => {
    const { best, reasons } = plan({ gpu_hours: 100 });
    expect(best).toBeNull();
    expect(reasons['best']).toMatch(/hours_per_expert_per_billion/);
    const aimed = plan({ gpu_hours: 100, target_loss: 2 });
    expect([aimed.cheapest, aimed.reasons['cheapest']]).toEqual([null, aimed.reasons['best']]);
  });

  it('is the same under another budget as made anew', () => {
    const at = { size: 'middle', k: 3 };
    const budget = { gpu_hours: 90, hours_per_expert_per_billion: 4, target_loss: 1.8 };
    expect(underBudget(plan({}, at), { ...NO_BUDGET, ...budget })).toEqual(plan(budget, at));
  });
});
