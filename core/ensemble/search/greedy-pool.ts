import { lower } from '../rows.ts';
import { currentOf, hasRoom, type PoolTask, takenOf } from './pool-task.ts';

/** What a model costs in a greedy choice; shares of a limit, or 1. */
export type Price = (m: number) => number;

/** The limits that a model takes, together. */
export function sharePrice({ shares }: PoolTask): Price {
  return (m) => shares.reduce((sum, share) => sum + (share[m] as number), 0);
}

/** What model column takes away from the losses of a pool whose oracle is `current`. */
export function gainOf(column: Float64Array, current: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < current.length; s++) {
    const better = (current[s] as number) - (column[s] as number);
    if (better > 0) sum += better;
  }
  return sum;
}

/**
 * Adds to a seed, while any fits, the model of the largest gain per price, in that order. Gains only fall as the pool grows,
 * so one that is looked at again and still leads is the next (Minoux 1978).
 */
export function greedyPool(task: PoolTask, seed: readonly number[], price: Price): number[] {
  const members = [...seed];
  const current = currentOf(task.losses, seed);
  const taken = takenOf(task, seed);
  const open = new Set([...task.losses.keys()].filter((m) => !seed.includes(m)));
  const upper = new Float64Array(task.losses.length).fill(Number.POSITIVE_INFINITY);
  const fresh = new Int32Array(task.losses.length).fill(-1);
  while (open.size > 0) {
    const best = leader(open, upper);
    if (!hasRoom(task, taken, best)) {
      open.delete(best);
    } else if (fresh[best] === members.length) {
      // What adds nothing now never will.
      if (upper[best] === 0 && members.length > 0) break;
      open.delete(best);
      members.push(best);
      lower(current, task.losses[best] as Float64Array);
      for (const [l, share] of task.shares.entries())
        taken[l] = (taken[l] as number) + (share[best] as number);
    } else {
      upper[best] = gainOf(task.losses[best] as Float64Array, current) / price(best);
      fresh[best] = members.length;
    }
  }
  return members;
}

function leader(open: ReadonlySet<number>, upper: Float64Array): number {
  let best = -1;
  for (const m of open) if (best < 0 || (upper[m] as number) > (upper[best] as number)) best = m;
  return best;
}
