/** Orders in which experts are added, spread over all orders: each gives a subset of every size. */
import { type ExpertWords, randomOrder } from './keyed-random.ts';

export type Permutation = readonly number[];

/** Candidates among which the next permutation is chosen; fewer once there are many to be far from. */
const CANDIDATES = 1_000;
const LATE_CANDIDATES = 100;
const LATE = 100;
/** Up to 6! = 720 orders are listed one and all where most of them are asked for. */
const LARGEST_LISTED_POOL = 6;
/** Strata of the random numbers, apart from those of subsets (at most 64). */
const FIRST = 1_000;
const LISTED = 999;

/**
 * `count` permutations, or all where there are no more: a random one and its reverse, then again and again the one
 * of 1,000 random ones whose smallest Hamming distance to those chosen is largest (arXiv 2509.24244, app. E). Every
 * subset of size k is equally probable as a prefix, since renaming experts changes no distance.
 */
export function spreadPermutations(words: ExpertWords, count: number): Permutation[] {
  const n = words.low.length;
  if (n <= LARGEST_LISTED_POOL && 2 * count >= factorial(n)) return listed(words, n).slice(0, count);
  const first = randomOrder(words, FIRST, 0);
  const chosen: Permutation[] = [first, [...first].reverse()].slice(0, count);
  while (chosen.length < count) chosen.push(farthest(words, chosen));
  return chosen;
}

/** The best of this step's candidates; one that is chosen already never is. */
function farthest(words: ExpertWords, chosen: readonly Permutation[]): Permutation {
  let best: Permutation | null = null;
  let bestDistance = 0;
  const candidates = chosen.length < LATE ? CANDIDATES : LATE_CANDIDATES;
  for (let draw = 0; draw < candidates || best === null; draw += 1) {
    const candidate = randomOrder(words, FIRST + chosen.length, draw);
    const distance = smallestDistance(candidate, chosen, bestDistance);
    if (distance > bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** To the nearest of the chosen; stops as soon as it cannot exceed `floor`. */
function smallestDistance(candidate: Permutation, chosen: readonly Permutation[], floor: number): number {
  let smallest = candidate.length;
  for (const other of chosen) {
    smallest = Math.min(smallest, hammingDistance(candidate, other));
    if (smallest <= floor) return smallest;
  }
  return smallest;
}

/** Places at which two orders differ. */
export function hammingDistance(a: Permutation, b: Permutation): number {
  let differing = 0;
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) differing += 1;
  return differing;
}

/** Every order, shuffled: each prefix of the list is a simple random sample of orders. */
function listed(words: ExpertWords, n: number): Permutation[] {
  const all = new Map<string, Permutation>();
  for (let draw = 0; all.size < factorial(n); draw += 1) {
    const order = randomOrder(words, LISTED, draw);
    all.set(order.join(), all.get(order.join()) ?? order);
  }
  return [...all.values()];
}

function factorial(n: number): number {
  return n <= 1 ? 1 : n * factorial(n - 1);
}
