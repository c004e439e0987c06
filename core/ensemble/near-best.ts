import type { Losses } from '../selection/measured.ts';
import { type Costs, feasibleMasks, fits, summed } from './limits.ts';
import { EXACT_MODELS, membersOf, poolLosses } from './pool-losses.ts';
import { gainOf } from './search/greedy-pool.ts';
import { currentOf, scaledLosses } from './search/pool-task.ts';
import type { PoolGoal } from './types.ts';

/** Up to `count` pools within the limit that come next to the chosen one, lowest loss first; without that one. */
export type NearBest = (chosen: readonly number[], limit: PoolGoal, count: number) => number[][];

/** Of all pools where they are few enough to be looked at, else of those one exchange away. */
export function nearBestOf(rows: readonly Losses[], scale: Float64Array, costs: readonly Costs[]): NearBest {
  return rows.length <= EXACT_MODELS ? ofAll(rows, scale, costs) : ofExchanges(rows, scale, costs);
}

function ofAll(rows: readonly Losses[], scale: Float64Array, costs: readonly Costs[]): NearBest {
  const losses = poolLosses(rows, scale);
  const feasible = feasibleMasks(costs);
  return (chosen, limit, count) => {
    const own = chosen.reduce((mask, m) => mask | (1 << m), 0);
    const within = feasible(limit);
    const lowest = new Lowest<number>(count);
    for (let mask = 1; mask < losses.length; mask++)
      if (mask !== own && within[mask] === 1) lowest.add(losses[mask] as number, mask);
    return lowest.items().map(membersOf);
  };
}

function ofExchanges(rows: readonly Losses[], scale: Float64Array, costs: readonly Costs[]): NearBest {
  const losses = scaledLosses(rows, scale);
  return (chosen, limit, count) => {
    const lowest = new Lowest<number[]>(count);
    for (const out of chosen) {
      const kept = chosen.filter((m) => m !== out);
      const spent = summed(kept.map((m) => costs[m] as Costs));
      const current = currentOf(losses, kept);
      const loss = current.reduce((sum, value) => sum + value, 0);
      for (const m of rows.keys()) {
        if (chosen.includes(m) || !fits(summed([spent, costs[m] as Costs]), limit)) continue;
        lowest.add(
          loss - gainOf(losses[m] as Float64Array, current),
          [...kept, m].sort((a, b) => a - b),
        );
      }
    }
    return lowest.items();
  };
}

/** The few lowest of many, kept in order. */
class Lowest<T> {
  readonly #count: number;
  readonly #kept: { readonly loss: number; readonly item: T }[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  add(loss: number, item: T): void {
    const last = this.#kept.at(-1)?.loss ?? Number.POSITIVE_INFINITY;
    if (this.#kept.length >= this.#count && loss >= last) return;
    const at = this.#kept.findLastIndex((kept) => kept.loss <= loss) + 1;
    this.#kept.splice(at, 0, { loss, item });
    if (this.#kept.length > this.#count) this.#kept.pop();
  }

  items(): T[] {
    return this.#kept.map(({ item }) => item);
  }
}
