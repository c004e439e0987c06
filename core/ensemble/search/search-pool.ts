/** The best pool within one limit where there are too many pools to look at each. */
import type { Effort } from './effort.ts';
import { exchanged } from './exchange.ts';
import { greedyPool, sharePrice } from './greedy-pool.ts';
import { lossOf, type PoolTask } from './pool-task.ts';
import { type Proven, proven } from './prove.ts';

/**
 * The known pool grown, and greedy pools by gain and by gain per share of the limits (the better one has (1 − 1/e)/2 of the
 * best gain over the worst models, Leskovec et al. 2007), all exchanged to a local optimum; then branch and bound from the
 * best of them.
 *
 * @param known a pool that keeps the limit
 */
export function searchPool(task: PoolTask, known: readonly number[] | null, effort: Effort): Proven {
  const byGain = () => 1;
  const starts = [
    ...(known ? [greedyPool(task, known, byGain)] : []),
    ...(known && isCount(task) ? [] : [greedyPool(task, [], byGain)]),
    ...(isCount(task) ? [] : [greedyPool(task, [], sharePrice(task))]),
  ].map((start) => exchanged(task, start, effort));
  const best = starts.reduce((a, b) => (lossOf(task, b) < lossOf(task, a) ? b : a));
  return proven(task, best, effort);
}

/** All models take the same. */
function isCount({ shares }: PoolTask): boolean {
  return shares.every((share) => share.every((one) => one === share[0]));
}
