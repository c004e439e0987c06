/** Local search: a pool that no addition and no exchange of one model for another makes better. */
import type { Effort } from './effort.ts';
import { hasRoom, type PoolTask, ROUNDING, takenOf } from './pool-task.ts';

interface Move {
  readonly add: number;
  /** The place in the pool that is given up; −1: none. */
  readonly out: number;
  readonly change: number;
}

/** Takes the best move until none lowers the loss, or until the effort is spent. */
export function exchanged(task: PoolTask, start: readonly number[], effort: Effort): number[] {
  let members = [...start];
  while (!effort.spent) {
    effort.spend(task.losses.length);
    const { loss, move } = bestMove(task, members);
    if (!move || move.change >= -ROUNDING * loss) break;
    members = [...members.filter((_, at) => at !== move.out), move.add];
  }
  return withoutIdle(task, members);
}

/** All exchanges of one model at a pass over its samples (Resende and Werneck 2007). */
function bestMove(task: PoolTask, members: readonly number[]): { loss: number; move: Move | null } {
  const nearest = nearestOf(task.losses, members);
  const taken = takenOf(task, members);
  const inside = new Set(members);
  const dropped = new Float64Array(members.length);
  let move: Move | null = null;
  const consider = (add: number, out: number, change: number) => {
    if (change < (move?.change ?? 0)) move = { add, out, change };
  };
  for (const m of task.losses.keys()) {
    if (inside.has(m)) continue;
    const gain = changes(task.losses[m] as Float64Array, nearest, dropped);
    if (hasRoom(task, taken, m)) consider(m, -1, -gain);
    else
      for (const [at, out] of members.entries())
        if (hasRoom(task, taken, m, out)) consider(m, at, (dropped[at] as number) - gain);
  }
  return { loss: nearest.first.reduce((sum, value) => sum + value, 0), move };
}

interface Nearest {
  /** Shape (S): the least loss in the pool, the next one, and the place in the pool of the first. */
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly owner: Int32Array;
}

function nearestOf(losses: readonly Float64Array[], members: readonly number[]): Nearest {
  const S = losses[0]?.length ?? 0;
  const first = new Float64Array(S).fill(Number.POSITIVE_INFINITY);
  const second = new Float64Array(S).fill(Number.POSITIVE_INFINITY);
  const owner = new Int32Array(S);
  for (const [at, m] of members.entries()) {
    const column = losses[m] as Float64Array;
    for (let s = 0; s < S; s++) {
      const own = column[s] as number;
      if (own < (first[s] as number)) {
        second[s] = first[s] as number;
        first[s] = own;
        owner[s] = at;
      } else if (own < (second[s] as number)) second[s] = own;
    }
  }
  return { first, second, owner };
}

/** What a model gains beside the pool; `dropped`: what is lost again where it takes each member's place. */
function changes(column: Float64Array, { first, second, owner }: Nearest, dropped: Float64Array): number {
  dropped.fill(0);
  let gain = 0;
  for (let s = 0; s < column.length; s++) {
    const own = column[s] as number;
    const least = first[s] as number;
    if (own < least) gain += least - own;
    else {
      const next = second[s] as number;
      const at = owner[s] as number;
      dropped[at] = (dropped[at] as number) + Math.min(own, next) - least;
    }
  }
  return gain;
}

/** Without the members that change nothing, the last ones first; ascending. */
export function withoutIdle(task: PoolTask, members: readonly number[]): number[] {
  let kept = members.toSorted((a, b) => a - b);
  for (let at = kept.length - 1; at >= 0 && kept.length > 1; at--) {
    const { first, second, owner } = nearestOf(task.losses, kept);
    let [loss, lost] = [0, 0];
    for (let s = 0; s < first.length; s++) {
      loss += first[s] as number;
      if (owner[s] === at) lost += (second[s] as number) - (first[s] as number);
    }
    if (lost <= ROUNDING * loss) kept = kept.filter((_, i) => i !== at);
  }
  return kept;
}
