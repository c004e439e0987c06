/** Reading a MergeTable by column: nothing here makes an object for each of 65,535 merges. */
import type { MergeTable } from '../../../core/report/report.ts';

/** Set bits of a 32-bit word. */
function bits(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return (((x + (x >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

const sizes = new WeakMap<MergeTable, Uint8Array>();

/** Subset size k of every merge. */
export function subsetSizes(table: MergeTable): Uint8Array {
  let known = sizes.get(table);
  if (!known) {
    known = new Uint8Array(table.count);
    for (let i = 0; i < table.count; i++) {
      known[i] = bits(table.members[2 * i] ?? 0) + bits(table.members[2 * i + 1] ?? 0);
    }
    sizes.set(table, known);
  }
  return known;
}

/** Indices into the pool, ascending. */
export function membersOf({ members }: MergeTable, i: number): number[] {
  const found: number[] = [];
  for (let d = 0; d < 64; d++) {
    if (((members[2 * i + (d >>> 5)] ?? 0) >>> (d & 31)) & 1) found.push(d);
  }
  return found;
}

/** The two words of a subset, as in `MergeTable.members`. */
export function wordsOf(members: readonly number[]): readonly [number, number] {
  let low = 0;
  let high = 0;
  for (const d of members) {
    if (d < 32) low |= 1 << d;
    else high |= 1 << (d - 32);
  }
  return [low >>> 0, high >>> 0];
}

/** The merge of a subset, with this seed; with any where `seed` is undefined. Null where it is not there, or not alone. */
export function findRow(table: MergeTable, members: readonly number[], seed?: number | null): number | null {
  const [low, high] = wordsOf(members);
  let found: number | null = null;
  for (let i = 0; i < table.count; i++) {
    if (table.members[2 * i] !== low || table.members[2 * i + 1] !== high) continue;
    if (seed !== undefined) {
      if (table.seed[i] === (seed ?? -1)) return i;
    } else if (found !== null) return null;
    else found = i;
  }
  return found;
}

/** Loss of a merge: of the objective (null), or of one domain. */
export function lossAt(table: MergeTable, i: number, domain: number | null): number {
  if (domain === null) return table.objective[i] ?? Number.NaN;
  return table.domains[(table.domains.length / Math.max(1, table.count)) * i + domain] ?? Number.NaN;
}

export function seedAt({ seed }: MergeTable, i: number): number | null {
  const value = seed[i] ?? -1;
  return value < 0 ? null : value;
}
