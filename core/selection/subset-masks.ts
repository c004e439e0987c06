/** Subsets of a pool of up to 64 experts: expert d is bit d of `low`, from 32 on bit d − 32 of `high`. Shapes (n). */
export interface SubsetMasks {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
  /** Number of members. */
  readonly size: Uint8Array;
}

export function masksOf(subsets: readonly { readonly members: readonly number[] }[]): SubsetMasks {
  const low = new Uint32Array(subsets.length);
  const high = new Uint32Array(subsets.length);
  const size = new Uint8Array(subsets.length);
  for (const [i, { members }] of subsets.entries()) {
    for (const d of members) {
      if (d < 32) low[i] = (low[i] as number) | (1 << d);
      else high[i] = (high[i] as number) | (1 << (d - 32));
    }
    size[i] = members.length;
  }
  return { low, high, size };
}

/** Whether expert d is in subset i. */
export function isMember(masks: SubsetMasks, i: number, d: number): boolean {
  return (d < 32 ? ((masks.low[i] as number) >>> d) & 1 : ((masks.high[i] as number) >>> (d - 32)) & 1) === 1;
}

/**
 * Index of the subset that differs from subset i (−1: from the empty one) by the experts given, which come or go; −1
 * where it is not listed.
 */
export type SubsetFinder = (i: number, ...toggled: readonly number[]) => number;

/** A hash table by open addressing, at most half full: no text and no big integers, whatever the pool. */
export function subsetFinder(masks: SubsetMasks): SubsetFinder {
  const { low, high } = masks;
  let slots = 4;
  while (slots < 2 * low.length) slots *= 2;
  const table = new Int32Array(slots).fill(-1);
  const slotOf = (a: number, b: number): number => {
    let h = Math.imul(a ^ Math.imul(b, 0x9e3779b1), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15), 0xc2b2ae35);
    let slot = (h ^ (h >>> 13)) & (slots - 1);
    for (;;) {
      const i = table[slot] as number;
      if (i === -1 || (low[i] === a && high[i] === b)) return slot;
      slot = (slot + 1) & (slots - 1);
    }
  };
  for (let i = 0; i < low.length; i++) {
    const slot = slotOf(low[i] as number, high[i] as number);
    if (table[slot] === -1) table[slot] = i;
  }
  return (i, ...toggled) => {
    let a = i < 0 ? 0 : (low[i] as number);
    let b = i < 0 ? 0 : (high[i] as number);
    for (const d of toggled) {
      if (d < 32) a ^= 1 << d;
      else b ^= 1 << (d - 32);
    }
    return table[slotOf(a >>> 0, b >>> 0)] as number;
  };
}
