/** Pools that nobody chose, at each budget of summed parameters: random pools that fill it. */
import type { Variance } from '../selection/estimated.ts';
import { type Losses, objectiveOf } from '../selection/measured.ts';
import { expectedOracle, type SizeClasses } from './compositions.ts';
import type { EnsembleData } from './data.ts';
import { jackknifeVariance } from './left-out.ts';
import { lossesOf, oracleOf } from './rows.ts';

/** Where a budget is on the curve: means over pools. */
export interface BudgetPlace {
  readonly parameters: number;
  /** Number of models. */
  readonly k: number;
  /** Nats per byte. */
  readonly loss: number;
}

export interface TypicalPools extends BudgetPlace {
  readonly budget: number;
  readonly losses: Losses;
  /** Of `loss`, from the orders that were drawn; zero where sizes leave nothing to chance. */
  readonly drawn: Variance;
  /** Without each of several parts of the orders. */
  readonly withoutOrders: readonly BudgetPlace[];
}

/** Pools are drawn from these. M models. */
export interface Drawn {
  readonly rows: readonly Losses[];
  /** Billions. */
  readonly sizes: readonly number[];
  readonly classes: SizeClasses;
  readonly ranked: Uint16Array;
  /** Shape (orders, M). */
  readonly orders: readonly Uint16Array[];
  readonly budgets: readonly number[];
}

/** Sums in another order differ by no more. */
const ROUNDING = 1e-9;

/** Takes models in order, as long as the budget lasts; one that does not fit is passed over. */
export function filled(
  order: ArrayLike<number>,
  parameters: readonly number[],
  budget: number,
  isLeft?: Uint8Array,
): number[] {
  let left = budget * (1 + ROUNDING);
  const pool: number[] = [];
  for (let i = 0; i < order.length; i++) {
    const m = order[i] as number;
    const size = parameters[m] as number;
    if (size > left || isLeft?.[m] === 0) continue;
    left -= size;
    pool.push(m);
  }
  return pool;
}

/** One entry a budget, as long as pools grow with it. @param isLeft shape (M): models that may be in a pool */
export function typicalPools(drawn: Drawn, isLeft: Uint8Array, data: EnsembleData): TypicalPools[] {
  const found: TypicalPools[] = [];
  for (const budget of drawn.budgets) {
    const kinds = kindsAt(budget, drawn, isLeft);
    if (kinds.length === 0) continue;
    const parameters = kinds.reduce((sum, kind) => sum + kind.parameters, 0) / kinds.length;
    if (parameters <= (found.at(-1)?.parameters ?? 0) * (1 + ROUNDING)) continue;
    found.push({ budget, ...typicalOf(kinds, drawn, isLeft, data) });
  }
  return found;
}

/** Pools with the same number of models of each size. */
interface Kind {
  /** Of the first that was drawn. */
  readonly members: readonly number[];
  /** Shape (T) */
  readonly counts: Uint16Array;
  readonly parameters: number;
}

/** Orders at least; and losses that are looked at for one budget, if these leave any choice. */
const LEAST_ORDERS = 16;
const MOST_WORK = 2.5e6;

/** What each order gives, of as many orders as can be afforded. */
function kindsAt(budget: number, { rows, sizes, classes, orders }: Drawn, isLeft: Uint8Array): Kind[] {
  const known = new Map<string, Kind>();
  const kinds = orders.map((order) => {
    const members = filled(order, sizes, budget, isLeft);
    const counts = countsOf(members, classes);
    const name = String.fromCharCode(...counts);
    const parameters = members.reduce((sum, m) => sum + (sizes[m] as number), 0);
    const kind = known.get(name) ?? { members, counts, parameters };
    known.set(name, kind);
    return kind;
  });
  if (kinds.some(({ members }) => members.length === 0)) return [];
  const [M, S] = [rows.length, rows[0]?.nll.length ?? 0];
  const workOf = ({ members: { length: k } }: Kind) =>
    S * (classes.sizes.length === M ? k : Math.min(M, (14 * M) / k));
  const isAffordable = (some: readonly Kind[]) =>
    [...new Set(some)].reduce((sum, kind) => sum + workOf(kind), 0) <= MOST_WORK;
  let count = kinds.length;
  while (count > LEAST_ORDERS && !isAffordable(kinds.slice(0, count)))
    count = Math.max(LEAST_ORDERS, count >> 1);
  return kinds.slice(0, count);
}

function countsOf(models: readonly number[], { classOf, sizes }: SizeClasses): Uint16Array {
  const counts = new Uint16Array(sizes.length);
  for (const m of models) {
    const t = classOf[m] as number;
    counts[t] = (counts[t] as number) + 1;
  }
  return counts;
}

/** Parts of the orders that are left out in turn, each of permutations of its own. */
const ORDER_GROUPS = 8;

function typicalOf(
  kinds: readonly Kind[],
  { rows, ranked, classes }: Drawn,
  isLeft: Uint8Array,
  data: EnsembleData,
): Omit<TypicalPools, 'budget'> {
  const present = countsOf(
    [...isLeft.keys()].filter((m) => isLeft[m] === 1),
    classes,
  );
  const mean = new Float64Array(data.samples.tokens.length);
  const lossOf = new Map<Kind, number>();
  for (const [kind, times] of counted(kinds)) {
    const { counts, members } = kind;
    const isOnly = counts.every((count, t) => count === 0 || count === present[t]);
    const oracle = isOnly
      ? oracleOf(members.map((m) => rows[m] as Losses))
      : expectedOracle(rows, ranked, classes, counts, present, isLeft);
    for (let s = 0; s < mean.length; s++)
      mean[s] = (mean[s] as number) + ((oracle[s] as number) * times) / kinds.length;
    lossOf.set(kind, objectiveOf(lossesOf(oracle, data.samples), data.weights));
  }
  const placeOf = (some: readonly Kind[]): BudgetPlace => ({
    parameters: meanOf(some, ({ parameters }) => parameters),
    k: meanOf(some, ({ members }) => members.length),
    loss: meanOf(some, (kind) => lossOf.get(kind) as number),
  });
  const withoutOrders = Array.from({ length: ORDER_GROUPS }, (_, group) =>
    placeOf(kinds.filter((_kind, i) => i % ORDER_GROUPS !== group)),
  );
  const losses = lossesOf(mean, data.samples);
  return {
    ...placeOf(kinds),
    losses,
    drawn: jackknifeVariance(withoutOrders.map(({ loss }) => loss)) as Variance,
    withoutOrders,
  };
}

function meanOf<T>(values: readonly T[], of: (value: T) => number): number {
  return values.reduce((sum, value) => sum + of(value), 0) / values.length;
}

function counted<T>(values: readonly T[]): Map<T, number> {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
