/**
 * A loss that no pool within the limits goes below, by Lagrangian relaxation of "each sample is served once" (Cornuejols,
 * Fisher and Nemhauser 1977): for any price u_s of a sample, L(S) ≥ Σ_s u_s + Σ_{m∈S} ρ_m with ρ_m = Σ_s min(0, loss_ms − u_s),
 * and the pool on the right is a knapsack, taken with fractions. With u the oracle of a pool this is the bound that
 * submodularity gives; better prices give the bound of the linear relaxation.
 */
import { type PoolTask, WHOLE } from './pool-task.ts';

/** What is settled of each model. */
export const OPEN = 0;
export const IN = 1;
export const OUT = 2;

export interface Dual {
  readonly bound: number;
  /** Shape (M): the bound rises by so much where an untaken model is forced in, by minus so much where a taken one is left out. */
  readonly reduced: Float64Array;
  /** Shape (M): how far each model is taken, 0 to 1. */
  readonly taken: Float64Array;
  /** Models from the most wanted on, without those that are out. */
  readonly order: readonly number[];
}

/** @param settled shape (M): OPEN, IN or OUT; those in keep the limits @param prices u, shape (S) */
export function dualOf(task: PoolTask, settled: Uint8Array, prices: Float64Array): Dual {
  const rho = task.losses.map((column, m) => (settled[m] === OUT ? 0 : worthOf(column, prices)));
  const inside = [...rho.keys()].filter((m) => settled[m] === IN);
  const open = [...rho.keys()].filter((m) => settled[m] === OPEN && (rho[m] as number) < 0);
  let base = 0;
  for (const price of prices) base += price;
  for (const m of inside) base += rho[m] as number;
  const fillings = task.shares.map((share) => filled(share, inside, open, rho));
  const least = fillings.reduce((a, b) => (b.value > a.value ? b : a));
  const taken = least.taken;
  for (const m of inside) taken[m] = 1;
  const reduced = Float64Array.from(rho, (value, m) => value + least.rate * (least.share[m] as number));
  return { bound: base + least.value, reduced, taken, order: [...inside, ...least.order] };
}

function worthOf(column: Float64Array, prices: Float64Array): number {
  let sum = 0;
  for (let s = 0; s < prices.length; s++) {
    const better = (column[s] as number) - (prices[s] as number);
    if (better < 0) sum += better;
  }
  return sum;
}

interface Filling {
  readonly share: Float64Array;
  readonly value: number;
  /** What more room would be worth. */
  readonly rate: number;
  readonly taken: Float64Array;
  readonly order: readonly number[];
}

/** The least Σ ρ·y, 0 ≤ y ≤ 1, in what those inside leave of one limit. */
function filled(
  share: Float64Array,
  inside: readonly number[],
  open: readonly number[],
  rho: readonly number[],
): Filling {
  let left = inside.reduce((room, m) => room - (share[m] as number), WHOLE);
  const ratio = (m: number) => (rho[m] as number) / (share[m] as number);
  const order = open.toSorted((a, b) => ratio(a) - ratio(b));
  const taken = new Float64Array(rho.length);
  let [value, rate] = [0, 0];
  for (const m of order) {
    const part = Math.min(1, left / (share[m] as number));
    taken[m] = part;
    value += part * (rho[m] as number);
    left -= part * (share[m] as number);
    if (part < 1) {
      rate = -ratio(m);
      break;
    }
  }
  return { share, value, rate, taken, order };
}
