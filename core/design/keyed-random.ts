/**
 * Random numbers that belong to a thing instead of to a place in a sequence: those of an expert depend on the seed
 * and the expert's name alone. A design drawn with them changes as little as possible when an expert is added, so
 * that results which are there are used again, and is still a simple random sample of the new pool.
 */
import { createHash } from 'node:crypto';

/** Two 32-bit words for each expert. */
export interface ExpertWords {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

export function expertWords(pool: readonly string[], seed: number): ExpertWords {
  const low = new Uint32Array(pool.length);
  const high = new Uint32Array(pool.length);
  pool.forEach((expert, i) => {
    const hash = createHash('sha256')
      .update(JSON.stringify([seed, expert]))
      .digest();
    low[i] = hash.readUInt32LE(0);
    high[i] = hash.readUInt32LE(4);
  });
  return { low, high };
}

/** The rank of a subset in its stratum, in [0, 1): uniform, and independent of the order of the pool. */
export function subsetPriority(words: ExpertWords, members: readonly number[], stratum: number): number {
  let low = 0;
  let high = 0;
  for (const i of members) {
    low ^= words.low[i] ?? 0;
    high ^= words.high[i] ?? 0;
  }
  return uniform(low, high, stratum, members.length);
}

/** The rank of an expert in one draw, in [0, 1). */
export function expertPriority(words: ExpertWords, expert: number, stratum: number, draw: number): number {
  return uniform(words.low[expert] ?? 0, words.high[expert] ?? 0, stratum, draw);
}

/** Experts in a random order that belongs to (stratum, draw): each order is equally probable. */
export function randomOrder(words: ExpertWords, stratum: number, draw: number): number[] {
  const ranks = Array.from(words.low, (_, expert) => expertPriority(words, expert, stratum, draw));
  return ranks.map((_, expert) => expert).sort((a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0));
}

/** 53 bits of a hash of four words: rounds of Murmur3's finaliser, each lane feeding the other. */
function uniform(a: number, b: number, c: number, d: number): number {
  let x = scramble(a ^ Math.imul(c, 0x9e3779b1));
  let y = scramble(b ^ Math.imul(d, 0x85ebca77) ^ x);
  x = scramble(x + Math.imul(y, 0xc2b2ae3d) + d);
  y = scramble(y + Math.imul(x, 0x27d4eb2f) + c);
  return ((x >>> 0) * 0x200000 + (y >>> 11)) / 0x20000000000000;
}

function scramble(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
