import { isMember, type SubsetFinder, type SubsetMasks } from './subset-masks.ts';

/** Where a search stands at one k. */
export interface PathStep {
  /** Of the measured subset. */
  readonly index: number;
  /** Different measured subsets that the search has looked at until here. */
  readonly looked: number;
  /** Neighbours that it would have looked at, but that are not measured. */
  readonly missing: number;
}

/** By k. A search ends where none of the next subsets is measured. */
export type Path = ReadonlyMap<number, PathStep>;

/** The measured subsets and how to walk among them: `required` experts never leave, only `free` ones come and go. */
export interface Graph {
  readonly masks: SubsetMasks;
  readonly find: SubsetFinder;
  /** Indices into the pool. */
  readonly required: readonly number[];
  readonly free: readonly number[];
}

/** From the required experts alone, or nothing, always the expert that lowers the loss most. `losses` has shape (measured). */
export function forwardPath(graph: Graph, losses: Float64Array): Path {
  const { find, required, free } = graph;
  const path = new Map<number, PathStep>();
  const tally = new Tally();
  let at = -1;
  if (required.length > 0) {
    at = tally.lowest([find(-1, ...required)], losses);
    if (at < 0) return path;
    path.set(required.length, tally.step(at));
  }
  for (let k = required.length + 1; k <= required.length + free.length; k++) {
    const next = tally.lowest(toggled(graph, at, false), losses);
    if (next < 0) break;
    at = next;
    path.set(k, tally.step(at));
  }
  return path;
}

/** From all that are allowed, always leaving out the expert whose absence costs least. */
export function backwardPath(graph: Graph, losses: Float64Array): Path {
  const { find, required, free } = graph;
  const path = new Map<number, PathStep>();
  const tally = new Tally();
  const least = Math.max(1, required.length);
  let at = tally.lowest([find(-1, ...required, ...free)], losses);
  for (let k = required.length + free.length; at >= 0 && k >= least; k--) {
    path.set(k, tally.step(at));
    if (k > least) at = tally.lowest(toggled(graph, at, true), losses);
  }
  return path;
}

/** From each subset of the forward path, the best exchange of a member for an outsider, until none lowers the loss. */
export function swapPath(graph: Graph, losses: Float64Array, forward: Path): Path {
  const path = new Map<number, PathStep>();
  for (const [k, start] of forward) {
    const tally = new Tally(start);
    let at = start.index;
    for (;;) {
      const next = tally.lowest(exchanged(graph, at), losses);
      if (next < 0 || (losses[next] as number) >= (losses[at] as number)) break;
      at = next;
    }
    path.set(k, tally.step(at));
  }
  return path;
}

/** The subsets with one expert more, or less; −1 where one is not measured. */
function toggled({ masks, find, free }: Graph, at: number, inside: boolean): number[] {
  return free.flatMap((d) => ((at >= 0 && isMember(masks, at, d)) === inside ? [find(at, d)] : []));
}

function exchanged({ masks, find, free }: Graph, at: number): number[] {
  const members = free.filter((d) => isMember(masks, at, d));
  const others = free.filter((d) => !isMember(masks, at, d));
  return members.flatMap((a) => others.map((b) => find(at, a, b)));
}

/** Counts what a search looks at. */
class Tally {
  readonly #seen = new Set<number>();
  readonly #before: number;
  #missing: number;

  constructor(start: PathStep = { index: -1, looked: 0, missing: 0 }) {
    this.#before = start.looked;
    this.#missing = start.missing;
  }

  /** The measured one of lowest loss, the first of equals; −1 without any. */
  lowest(candidates: readonly number[], losses: Float64Array): number {
    let best = -1;
    for (const index of candidates) {
      if (index < 0) {
        this.#missing += 1;
        continue;
      }
      this.#seen.add(index);
      if (best < 0 || (losses[index] as number) < (losses[best] as number)) best = index;
    }
    return best;
  }

  step(index: number): PathStep {
    return { index, looked: this.#before + this.#seen.size, missing: this.#missing };
  }
}
