/**
 * The gain of a pool over the worst model of each sample, f(S) = Σ_s scale_s · (max_m NLL_ms − min_{m∈S} NLL_ms): the
 * facility-location function, monotone and submodular with f(∅) = 0, so that greedy choices are close to the best.
 */
import type { Losses } from '../selection/measured.ts';
import { type Costs, fits, setLimits, summed } from './limits.ts';
import type { PoolGoal } from './types.ts';

export class Facility {
  readonly rows: readonly Losses[];
  readonly scale: Float64Array;
  readonly costs: readonly Costs[];
  /** Shape (S): of the empty pool. */
  readonly worst: Float64Array;
  /** Shape (M): f of each model alone. */
  readonly singles: Float64Array;

  constructor(rows: readonly Losses[], scale: Float64Array, costs: readonly Costs[]) {
    this.rows = rows;
    this.scale = scale;
    this.costs = costs;
    this.worst = new Float64Array(scale.length);
    for (const { nll } of rows)
      for (let s = 0; s < scale.length; s++)
        if ((nll[s] as number) > (this.worst[s] as number)) this.worst[s] = nll[s] as number;
    this.singles = Float64Array.from(rows, (_, m) => this.gain(m, this.worst));
  }

  /** What model m adds to a pool whose oracle is `current`. */
  gain(m: number, current: Float64Array): number {
    const { nll } = this.rows[m] as Losses;
    let sum = 0;
    for (let s = 0; s < current.length; s++) {
      const better = (current[s] as number) - (nll[s] as number);
      if (better > 0) sum += (this.scale[s] as number) * better;
    }
    return sum;
  }

  /** The oracle of a pool and model m besides. */
  with(m: number, current: Float64Array): Float64Array {
    const { nll } = this.rows[m] as Losses;
    return current.map((value, s) => Math.min(value, nll[s] as number));
  }

  oracle(members: readonly number[]): Float64Array {
    return members.reduce((current, m) => this.with(m, current), this.worst);
  }

  /** f of a pool, from its oracle. */
  value(current: Float64Array): number {
    let sum = 0;
    for (let s = 0; s < current.length; s++)
      sum += (this.scale[s] as number) * ((this.worst[s] as number) - (current[s] as number));
    return sum;
  }

  /**
   * Share of the best gain within the limit that the pool surely has: by submodularity no pool gains more than this
   * one and, on top, the largest single additions that the limit holds (each limit by itself, with fractions).
   */
  certified(members: readonly number[], limit: PoolGoal): number {
    const current = this.oracle(members);
    const own = this.value(current);
    const everything = this.value(this.oracle(this.rows.map((_, m) => m)));
    const gains = this.rows.map((_, m) => this.gain(m, current));
    const possible = this.rows.map((_, m) => m).filter((m) => fits(this.costs[m] as Costs, limit));
    const bounds = setLimits(limit).map((name) => {
      const cost = (m: number) => (this.costs[m] as Costs)[name];
      let left = limit[name] ?? 0;
      let sum = own;
      const ratio = (m: number) => (gains[m] as number) / cost(m);
      for (const m of possible.toSorted((a, b) => ratio(b) - ratio(a))) {
        const part = Math.min(1, left / cost(m));
        sum += part * (gains[m] as number);
        left -= part * cost(m);
        if (left <= 0) break;
      }
      return sum;
    });
    const bound = Math.min(everything, ...bounds);
    return bound > 0 ? Math.min(1, own / bound) : 1;
  }

  /**
   * Adds, while any fits, the model of the largest gain per price. Gains only fall as the pool grows, so one that is
   * looked at again and still leads is the next (Minoux 1978).
   */
  greedy(limit: PoolGoal, price: (cost: Costs) => number): number[] {
    const members: number[] = [];
    let current = this.worst;
    const upper = this.rows.map((_, m) => (this.singles[m] as number) / price(this.costs[m] as Costs));
    const fresh = this.rows.map(() => 0);
    let spent = summed([]);
    const open = new Set(this.rows.keys());
    while (open.size > 0) {
      let best = -1;
      for (const m of open) if (best < 0 || (upper[m] as number) > (upper[best] as number)) best = m;
      const cost = this.costs[best] as Costs;
      if (!fits(summed([spent, cost]), limit)) {
        open.delete(best);
      } else if (fresh[best] === members.length) {
        open.delete(best);
        members.push(best);
        current = this.with(best, current);
        spent = summed([spent, cost]);
      } else {
        upper[best] = this.gain(best, current) / price(cost);
        fresh[best] = members.length;
      }
    }
    return members;
  }
}
