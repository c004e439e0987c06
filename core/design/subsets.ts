/** Subsets of one size: all of them, or a simple random sample without replacement. Members are indices, ascending. */
import { combinations } from '../experiment/combinations.ts';
import { type ExpertWords, randomOrder, subsetPriority } from './keyed-random.ts';

export type Members = readonly number[];

/** Up to this many subsets of one size are enumerated; of more, a sample is drawn one by one. */
const LARGEST_ENUMERATION = 65_535n;

/** Every subset of size k of n experts, in lexicographic order. */
export function* enumerateSubsets(n: number, k: number): Generator<Members> {
  const members = Array.from({ length: k }, (_, i) => i);
  while (true) {
    yield [...members];
    let i = k - 1;
    while (i >= 0 && members[i] === n - k + i) i -= 1;
    if (i < 0) return;
    members[i] = (members[i] ?? 0) + 1;
    for (let j = i + 1; j < k; j += 1) members[j] = (members[j - 1] ?? 0) + 1;
  }
}

/** All subsets of size k in random order: every prefix is a simple random sample. */
export function shuffledSubsets(words: ExpertWords, k: number): Members[] {
  const ranked = [...enumerateSubsets(words.low.length, k)].map((members) => ({
    members,
    priority: subsetPriority(words, members, k),
  }));
  ranked.sort((a, b) => a.priority - b.priority);
  return ranked.map(({ members }) => members);
}

/** A simple random sample of `count` subsets of size k, in random order; all of them where there are no more. */
export function sampleSubsets(words: ExpertWords, k: number, count: number): Members[] {
  const n = words.low.length;
  if (combinations(n, k) <= LARGEST_ENUMERATION) return shuffledSubsets(words, k).slice(0, count);
  const drawn = new Map<string, Members>();
  for (let draw = 0; drawn.size < count; draw += 1) {
    const members = randomOrder(words, k, draw)
      .slice(0, k)
      .sort((a, b) => a - b);
    const name = members.join();
    if (!drawn.has(name)) drawn.set(name, members);
  }
  return [...drawn.values()];
}
