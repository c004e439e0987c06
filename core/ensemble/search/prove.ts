/** Branch and bound over which models are in: finds the best pool, and says how far below it none can be. */
import { type Dual, dualOf, IN, OPEN, OUT } from './dual-bound.ts';
import type { Effort } from './effort.ts';
import { exchanged } from './exchange.ts';
import { currentOf, hasRoom, lossOf, type PoolTask, takenOf, WHOLE } from './pool-task.ts';

export interface Proven {
  readonly members: readonly number[];
  readonly loss: number;
  /** No pool within the limits has less; the loss itself where nothing was left open. */
  readonly bound: number;
}

/** A pool that is better by less of its loss is not looked for. */
const NEGLIGIBLE = 1e-9;
const STEPS = { first: 60, later: 6 } as const;
/** Of the distance to the best pool known; halved where so many steps do not help. */
const STRIDE = 1;
const PATIENCE = 4;

interface Node {
  readonly settled: Uint8Array;
  readonly prices: Float64Array;
  readonly bound: number;
}

interface Leaf extends Node {
  readonly dual: Dual;
}

export function proven(task: PoolTask, start: readonly number[], effort: Effort): Proven {
  const incumbent = new Incumbent(task, start, effort);
  const settled = new Uint8Array(task.losses.length);
  const root: Node = { settled, prices: currentOf(task.losses, start), bound: Number.NEGATIVE_INFINITY };
  const open: Node[] = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.bound >= incumbent.cutoff) continue;
    const leaf = ascend(task, node, node === root ? STEPS.first : STEPS.later, incumbent, effort);
    if (leaf) open.push(...branches(leaf));
    if (effort.spent) break;
  }
  const { members, loss } = incumbent;
  const bound = open.reduce((least, node) => Math.min(least, node.bound), loss);
  return { members, loss, bound: bound >= incumbent.cutoff ? loss : bound };
}

/** The best pool so far. */
class Incumbent {
  readonly #task: PoolTask;
  readonly #effort: Effort;
  readonly #seen = new Set<string>();
  members: readonly number[];
  loss: number;

  constructor(task: PoolTask, members: readonly number[], effort: Effort) {
    this.#task = task;
    this.#effort = effort;
    this.members = members;
    this.loss = lossOf(task, members);
  }

  /** A pool below this would be better. */
  get cutoff(): number {
    return this.loss * (1 - NEGLIGIBLE);
  }

  offer(members: readonly number[]): void {
    const key = members.toSorted((a, b) => a - b).join();
    if (members.length === 0 || this.#seen.has(key)) return;
    this.#seen.add(key);
    if (lossOf(this.#task, members) >= this.loss) return;
    this.members = exchanged(this.#task, members, this.#effort);
    this.loss = lossOf(this.#task, this.members);
  }
}

/** Raises the bound of a node by subgradient steps, and settles what it decides; null where no better pool is below the node. */
function ascend(
  task: PoolTask,
  node: Node,
  steps: number,
  incumbent: Incumbent,
  effort: Effort,
): Leaf | null {
  const settled = Uint8Array.from(node.settled);
  let prices = node.prices;
  let best: { dual: Dual; prices: Float64Array } | null = null;
  let [stride, waited] = [STRIDE, 0];
  for (let step = 0; step < steps; step++) {
    const dual = dualOf(task, settled, prices);
    // Models not yet out, and each member once more for the step.
    effort.spend(settled.reduce((count, state) => count + (state === OUT ? 0 : 1), incumbent.members.length));
    incumbent.offer(rounded(task, dual));
    if (dual.bound >= incumbent.cutoff) return null;
    if (!best || dual.bound > best.dual.bound) {
      best = { dual, prices };
      waited = 0;
    } else if (++waited >= PATIENCE) {
      stride /= 2;
      waited = 0;
    }
    if (!settle(task, settled, dual, incumbent.cutoff)) return null;
    if (effort.spent || !settled.includes(OPEN)) break;
    const from = waited === 0 ? best : { dual, prices };
    prices = stepped(task, from, stride * (incumbent.loss - from.dual.bound));
  }
  if (!best) return null;
  if (!settled.includes(OPEN)) {
    incumbent.offer(membersIn(settled));
    return null;
  }
  return { settled, prices: best.prices, bound: Math.max(best.dual.bound, node.bound), dual: best.dual };
}

/** As many of the wanted models, the most wanted first, as there is room for. */
function rounded(task: PoolTask, { order }: Dual): number[] {
  const members: number[] = [];
  const taken = takenOf(task, []);
  for (const m of order) {
    if (!hasRoom(task, taken, m)) continue;
    members.push(m);
    for (const [l, share] of task.shares.entries()) taken[l] = (taken[l] as number) + (share[m] as number);
  }
  return members;
}

/** Settles the models without which, or with which, no pool is better, and those without room; false where nothing is left. */
function settle(task: PoolTask, settled: Uint8Array, { bound, reduced }: Dual, cutoff: number): boolean {
  for (const [m, state] of settled.entries()) {
    if (state !== OPEN) continue;
    const change = reduced[m] as number;
    if (change > 0 && bound + change >= cutoff) settled[m] = OUT;
    else if (change < 0 && bound - change >= cutoff) settled[m] = IN;
  }
  const taken = takenOf(task, membersIn(settled));
  if (taken.some((share) => share > WHOLE)) return false;
  for (const [m, state] of settled.entries())
    if (state === OPEN && !hasRoom(task, taken, m)) settled[m] = OUT;
  return true;
}

function membersIn(settled: Uint8Array): number[] {
  return [...settled.keys()].filter((m) => settled[m] === IN);
}

/** Prices of samples that are served more than once fall, of those that nobody serves they rise. */
function stepped(
  { losses }: PoolTask,
  { dual: { taken }, prices }: { readonly dual: Dual; readonly prices: Float64Array },
  distance: number,
): Float64Array {
  const slope = new Float64Array(prices.length).fill(1);
  for (const [m, part] of taken.entries()) {
    if (part === 0) continue;
    const column = losses[m] as Float64Array;
    for (let s = 0; s < slope.length; s++)
      if ((column[s] as number) < (prices[s] as number)) slope[s] = (slope[s] as number) - part;
  }
  const square = slope.reduce((sum, value) => sum + value * value, 0);
  return square === 0 ? prices : prices.map((price, s) => price + (distance / square) * (slope[s] as number));
}

/** The most wanted open model in, then out: the better half is looked at first. */
function branches({ settled, prices, bound, dual }: Leaf): Node[] {
  const open = [...settled.keys()].filter((m) => settled[m] === OPEN);
  const m = open.reduce((a, b) => ((dual.reduced[b] as number) < (dual.reduced[a] as number) ? b : a));
  return [OUT, IN].map((state) => ({ settled: settled.with(m, state), prices, bound }));
}
