/** How much the order matters in which experts are added (arXiv 2509.24244 §4.3): the spread of the loss over permutations, by k. */
import type { SpreadPoint } from './spread-law.ts';

export interface OrderSpread {
  readonly k: number;
  /** Permutations whose first k have been scored. */
  readonly orders: number;
  /** nats */
  readonly mean: number;
  /** Over orders (divided by n − 1), nats. */
  readonly sd: number;
  /** Largest minus smallest, nats. */
  readonly range: number;
  /** sd/mean */
  readonly cv: number;
}

/**
 * `trajectories`: one a permutation, its loss at k = 1, 2, ..., M; null or NaN where it is still to come. One row for each
 * k that at least two have reached.
 */
export function orderSpread(trajectories: readonly (readonly (number | null)[])[]): OrderSpread[] {
  const longest = Math.max(0, ...trajectories.map(({ length }) => length));
  return Array.from({ length: longest }, (_, i) => i + 1).flatMap((k) => {
    const losses = trajectories.flatMap((losses) => {
      const loss = losses[k - 1];
      return loss !== null && loss !== undefined && Number.isFinite(loss) ? [loss] : [];
    });
    const n = losses.length;
    if (n < 2) return [];
    const mean = losses.reduce((sum, loss) => sum + loss, 0) / n;
    const sd = Math.sqrt(losses.reduce((sum, loss) => sum + (loss - mean) ** 2, 0) / (n - 1));
    return [{ k, orders: n, mean, sd, range: Math.max(...losses) - Math.min(...losses), cv: sd / mean }];
  });
}

/** What the spread law is fitted to. */
export function spreadOfOrders(rows: readonly OrderSpread[]): SpreadPoint[] {
  return rows.map(({ k, sd, orders }) => ({ k, variance: sd * sd, subsets: orders, of: null }));
}
