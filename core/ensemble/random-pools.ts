/** The typical pool at a budget of summed parameters: random pools that fill it. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { Losses } from '../selection/measured.ts';
import { below } from '../selection/resample.ts';
import type { Samples } from '../selection/samples.ts';
import { lossesOf } from './rows.ts';

export interface TypicalPools {
  readonly budget: number;
  /** Means over the pools: summed parameters, number of models, NLL of each sample. */
  readonly parameters: number;
  readonly k: number;
  readonly losses: Losses;
}

const MOST_BUDGETS = 12;

/** From the smallest model to all together, in equal ratios, ascending. */
export function budgetsOf(parameters: readonly number[]): number[] {
  const least = parameters.reduce((a, b) => Math.min(a, b));
  const all = parameters.reduce((a, b) => a + b, 0);
  const step = Math.log(all / least) / (MOST_BUDGETS - 1);
  if (!(step > 0)) return [all];
  return Array.from({ length: MOST_BUDGETS }, (_, i) =>
    i === MOST_BUDGETS - 1 ? all : least * Math.exp(i * step),
  );
}

/** Orders of the models at least, and losses compared in walking through them at most. */
const LEAST_ORDERS = 200;
const MOST_WORK = 1e8;

/** Random orders, each with all its rotations where these are few, so that every model comes first equally often. */
export function randomOrders(M: number, S: number, seed: number): number[][] {
  const rng = xoroshiro128plus(seed);
  const wanted = Math.max(16, Math.min(LEAST_ORDERS, Math.floor(MOST_WORK / (3 * M * S))));
  const orders: number[][] = [];
  while (orders.length < wanted) {
    const order = Array.from({ length: M }, (_, m) => m);
    for (let i = M - 1; i > 0; i--) {
      const j = below(rng, i + 1);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    const turns = M <= LEAST_ORDERS ? M : 1;
    for (let turn = 0; turn < turns; turn++) orders.push([...order.slice(turn), ...order.slice(0, turn)]);
  }
  return orders;
}

/** Takes models in order, as long as the budget lasts; one that does not fit is passed over. */
export function filled(order: readonly number[], parameters: readonly number[], budget: number): number[] {
  let left = budget * (1 + 1e-9);
  return order.filter((m) => {
    const fits = (parameters[m] as number) <= left;
    if (fits) left -= parameters[m] as number;
    return fits;
  });
}

/** One entry a budget, as long as pools grow with it. `parameters`: of each row. */
export function typicalPools(
  rows: readonly Losses[],
  parameters: readonly number[],
  orders: readonly (readonly number[])[],
  budgets: readonly number[],
  samples: Samples,
): TypicalPools[] {
  const found: TypicalPools[] = [];
  const oracle = new Float64Array(samples.tokens.length);
  for (const budget of budgets) {
    const pools = orders.map((order) => filled(order, parameters, budget)).filter(({ length }) => length > 0);
    if (pools.length === 0) continue;
    const used = pools.flat().reduce((sum, m) => sum + (parameters[m] as number), 0) / pools.length;
    if (used <= (found.at(-1)?.parameters ?? 0) * (1 + 1e-9)) continue;
    const mean = new Float64Array(oracle.length);
    for (const [pool, times] of counted(pools)) {
      oracle.fill(Number.POSITIVE_INFINITY);
      for (const m of pool) lower(oracle, (rows[m] as Losses).nll);
      for (let s = 0; s < mean.length; s++)
        mean[s] = (mean[s] as number) + ((oracle[s] as number) * times) / pools.length;
    }
    found.push({
      budget,
      parameters: used,
      k: pools.flat().length / pools.length,
      losses: lossesOf(mean, samples),
    });
  }
  return found;
}

/** The same pool comes from several orders: each once, with how often. */
function counted(pools: readonly (readonly number[])[]): Map<readonly number[], number> {
  const byName = new Map<string, [readonly number[], number]>();
  for (const pool of pools) {
    const name = pool.toSorted((a, b) => a - b).join();
    const known = byName.get(name);
    if (known) known[1] += 1;
    else byName.set(name, [pool, 1]);
  }
  return new Map(byName.values());
}

function lower(oracle: Float64Array, nll: Losses['nll']): void {
  for (let s = 0; s < oracle.length; s++)
    if ((nll[s] as number) < (oracle[s] as number)) oracle[s] = nll[s] as number;
}
