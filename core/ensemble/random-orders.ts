/** Where random pools are drawn: budgets of summed parameters, and orders in which models are taken. */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { shuffle } from '../selection/shuffle.ts';

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

/** Random orders, a multiple of the parts that are left out in turn; how often each is turned; and models in all of them. */
const PERMUTATIONS = 40;
const MOST_TURNS = 25;
const MOST_MODELS = 8000;

/**
 * Random orders, each turned to begin at evenly spaced models: at each of them where they are few. Those that follow each
 * other are of different orders.
 */
export function randomOrders(M: number, seed: number): Uint16Array[] {
  const rng = xoroshiro128plus(seed);
  const turns = Math.min(M, MOST_TURNS, Math.ceil(MOST_MODELS / M));
  const orders = Array.from({ length: PERMUTATIONS }, () =>
    shuffle(
      Uint16Array.from({ length: M }, (_, m) => m),
      rng,
    ),
  );
  return Array.from({ length: turns }, (_, turn) => {
    const first = Math.floor((turn * M) / turns);
    return orders.map((order) => order.map((_m, i) => order[(i + first) % M] as number));
  }).flat();
}
