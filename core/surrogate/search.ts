/** Subsets of lowest predicted loss. */
import { enumerateSubsets, type Members } from '../design/subsets.ts';
import { seededRandom } from '../law/random.ts';
import { subsetsOfSize } from '../selection/subset-count.ts';

/** Experts by index into the pool. */
export interface Constraints {
  readonly mustInclude: readonly number[];
  readonly mustExclude: readonly number[];
  /** Largest size; null = the pool's. */
  readonly atMost: number | null;
}

export interface RatedSubset {
  readonly members: Members;
  /** Nats per token. */
  readonly loss: number;
}

/** Up to this pool every subset is rated. */
const LARGEST_EXACT_POOL = 16;
const STARTS = 8;

export function allows({ mustInclude, mustExclude, atMost }: Constraints, members: Members): boolean {
  return (
    members.length <= (atMost ?? members.length) &&
    mustInclude.every((i) => members.includes(i)) &&
    !mustExclude.some((i) => members.includes(i))
  );
}

/**
 * The `count` allowed subsets of size k of lowest loss among those that `wanted` accepts, the best first. Exact for
 * pools up to 16; for larger ones, exchanges of two experts until none gains, from greedy growth and random starts:
 * the best of all subsets that these met.
 *
 * @param loss of a subset; members ascending
 */
export function bestSubsets(
  pool: number,
  k: number,
  loss: (members: Members) => number,
  constraints: Constraints,
  count: number,
  wanted: (members: Members) => boolean,
  seed: number,
): RatedSubset[] {
  const free = Array.from({ length: pool }, (_, i) => i).filter(
    (i) => !constraints.mustInclude.includes(i) && !constraints.mustExclude.includes(i),
  );
  const fixed = [...new Set(constraints.mustInclude)];
  const open = k - fixed.length;
  const impossible =
    fixed.some((i) => constraints.mustExclude.includes(i)) || k > (constraints.atMost ?? pool);
  if (k < 1 || open < 0 || open > free.length || impossible) return [];
  const best = new Best(count, wanted);
  const rate = (chosen: readonly number[]): number => {
    const members = [...fixed, ...chosen].sort((a, b) => a - b);
    const value = loss(members);
    if (members.length === k) best.meet(members, value);
    return value;
  };
  if (pool <= LARGEST_EXACT_POOL || subsetsOfSize(free.length, open) <= 65_535) {
    if (open === 0) rate([]);
    else
      for (const places of enumerateSubsets(free.length, open)) rate(places.map((at) => free[at] as number));
  } else {
    exchange(grown(free, open, rate), free, rate);
    const random = seededRandom(seed);
    for (let start = 1; start < STARTS; start++) {
      const shuffled = free.map((i) => ({ i, rank: random.uniform() })).sort((a, b) => a.rank - b.rank);
      exchange(
        shuffled.slice(0, open).map(({ i }) => i),
        free,
        rate,
      );
    }
  }
  return best.list;
}

/** The best so far, each once. */
class Best {
  readonly list: RatedSubset[] = [];
  readonly #count: number;
  readonly #wanted: (members: Members) => boolean;

  constructor(count: number, wanted: (members: Members) => boolean) {
    this.#count = count;
    this.#wanted = wanted;
  }

  meet(members: Members, loss: number): void {
    const worst = this.list.at(-1);
    if (this.list.length === this.#count && worst && loss >= worst.loss) return;
    if (!this.#wanted(members) || this.list.some((each) => each.members.join() === members.join())) return;
    const at = this.list.findIndex((each) => loss < each.loss);
    this.list.splice(at === -1 ? this.list.length : at, 0, { members, loss });
    if (this.list.length > this.#count) this.list.pop();
  }
}

/** From none, always the expert that lowers the loss most. */
function grown(free: readonly number[], size: number, rate: (chosen: readonly number[]) => number): number[] {
  const chosen: number[] = [];
  while (chosen.length < size) {
    let best = -1;
    let lowest = Number.POSITIVE_INFINITY;
    for (const i of free) {
      if (chosen.includes(i)) continue;
      const value = rate([...chosen, i]);
      if (value < lowest) {
        lowest = value;
        best = i;
      }
    }
    chosen.push(best);
  }
  return chosen;
}

/** Steepest descent: the best exchange of a member for another, until none lowers the loss. */
function exchange(
  start: readonly number[],
  free: readonly number[],
  rate: (chosen: readonly number[]) => number,
): void {
  let current = [...start];
  let value = rate(current);
  for (;;) {
    let better: number[] | null = null;
    for (const [at] of current.entries()) {
      for (const i of free) {
        if (current.includes(i)) continue;
        const next = current.with(at, i);
        const rated = rate(next);
        if (rated < value) {
          value = rated;
          better = next;
        }
      }
    }
    if (!better) return;
    current = better;
  }
}
