/** Order inside a plan: blocks that may each be the last. */
import type { Members } from './subsets.ts';

/** Merges in one block, at most. */
export const BLOCK = 32;

export interface Step {
  /** What a step never crosses within a block: method and seed. */
  readonly cell: string;
  readonly members: Members;
}

/**
 * Cuts a sequence into blocks, and walks each by small steps. The set of each block stays what it was.
 *
 * @param first length of the first block, where it begins inside one
 * @param looks lengths after which somebody looks, ascending: no step behind one comes before it
 */
export function inBlocks<T extends Step>(
  sequence: readonly T[],
  first: number = BLOCK,
  looks: readonly number[] = [],
): T[][] {
  const blocks: T[][] = [];
  for (let i = 0; i < sequence.length; ) {
    const end = Math.min(i === 0 ? first : i + BLOCK, sequence.length);
    const cuts = [i, ...looks.filter((look) => look > i && look < end), end];
    blocks.push(cuts.slice(1).flatMap((to, at) => walk(sequence.slice(cuts[at], to))));
    i = end;
  }
  return blocks;
}

/** Cell after cell; within one from its smallest subset always to the nearest that is left. */
function walk<T extends Step>(block: readonly T[]): T[] {
  const cells = new Map<string, T[]>();
  for (const step of block) {
    const cell = cells.get(step.cell);
    if (cell) cell.push(step);
    else cells.set(step.cell, [step]);
  }
  return [...cells.values()].flatMap(nearestFirst);
}

function nearestFirst<T extends Step>(steps: readonly T[]): T[] {
  const left = [...steps].sort((a, b) => a.members.length - b.members.length);
  const walked: T[] = [];
  for (let next = left.shift(); next !== undefined; next = takeNearest(left, next)) walked.push(next);
  return walked;
}

function takeNearest<T extends Step>(left: T[], from: T): T | undefined {
  let nearest = 0;
  left.forEach((step, i) => {
    const best = left[nearest];
    if (best && stepsBetween(step.members, from.members) < stepsBetween(best.members, from.members))
      nearest = i;
  });
  return left.splice(nearest, 1)[0];
}

/** Experts to add and remove to come from one subset to the other. */
export function stepsBetween(a: Members, b: Members): number {
  const shared = a.filter((member) => b.includes(member)).length;
  return a.length + b.length - 2 * shared;
}

/** Several lists as one, each spread evenly over the whole. */
export function interleaved<T>(lists: readonly (readonly T[])[]): T[] {
  const placed = lists.flatMap((list, order) =>
    list.map((item, i) => ({ item, at: (i + 0.5) / list.length, order })),
  );
  placed.sort((a, b) => a.at - b.at || a.order - b.order);
  return placed.map(({ item }) => item);
}
