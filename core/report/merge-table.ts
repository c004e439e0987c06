/** Complete merges by column: 65,535 of them go from thread to thread and onto a chart without a copy of each. */
import type { MergePoint } from './report.ts';

export interface MergeTable {
  readonly count: number;
  /** Two words a merge: bits 0 to 31 and 32 to 63, a bit for each member (index into `pool`). */
  readonly members: Uint32Array;
  /** Of random methods; -1 where there is none. */
  readonly seed: Float64Array;
  /** Nats per token. */
  readonly objective: Float64Array;
  /** Nats per token, shape (count, domains), a row a merge. */
  readonly domains: Float64Array;
  /** 1 where the merge is one of the design, not only measured besides. */
  readonly design: Uint8Array;
}

/** A merge before it is in a table. */
export type TablePoint = Omit<MergePoint, 'domains'> & { readonly domains: ArrayLike<number> };

export function mergeTable(points: readonly TablePoint[]): MergeTable {
  const width = points[0]?.domains.length ?? 0;
  const table = {
    count: points.length,
    members: new Uint32Array(2 * points.length),
    seed: new Float64Array(points.length),
    objective: new Float64Array(points.length),
    domains: new Float64Array(width * points.length),
    design: new Uint8Array(points.length),
  };
  for (const [i, { members, seed, objective, domains, design }] of points.entries()) {
    for (const d of members) {
      const word = 2 * i + (d >>> 5);
      table.members[word] = (table.members[word] as number) | (1 << (d & 31));
    }
    table.seed[i] = seed ?? -1;
    table.objective[i] = objective;
    table.domains.set(domains, width * i);
    table.design[i] = design ? 1 : 0;
  }
  return table;
}

/** Members of merge i, ascending. */
export function membersAt({ members }: MergeTable, i: number): number[] {
  const found: number[] = [];
  for (let d = 0; d < 64; d++) {
    if (((members[2 * i + (d >>> 5)] as number) >>> (d & 31)) & 1) found.push(d);
  }
  return found;
}

export function mergeAt(table: MergeTable, i: number): MergePoint {
  const width = table.domains.length / Math.max(1, table.count);
  const seed = table.seed[i] as number;
  return {
    members: membersAt(table, i),
    seed: seed < 0 ? null : seed,
    objective: table.objective[i] as number,
    domains: [...table.domains.subarray(width * i, width * (i + 1))],
    design: table.design[i] === 1,
  };
}

export function mergePoints(table: MergeTable): MergePoint[] {
  return Array.from({ length: table.count }, (_, i) => mergeAt(table, i));
}

/** Index of one merge; null where it is not complete, and where it has an expert outside the pool (a negative index). */
export function findMerge(table: MergeTable, members: readonly number[], seed: number | null): number | null {
  if (members.some((d) => d < 0)) return null;
  let low = 0;
  let high = 0;
  for (const d of members) {
    if (d < 32) low |= 1 << d;
    else high |= 1 << (d - 32);
  }
  for (let i = 0; i < table.count; i++) {
    const same = table.members[2 * i] === low >>> 0 && table.members[2 * i + 1] === high >>> 0;
    if (same && table.seed[i] === (seed ?? -1)) return i;
  }
  return null;
}

/** Index of the merge with the lowest objective; null where there is none. */
export function lowestMerge({ objective, count }: MergeTable): number | null {
  let lowest: number | null = null;
  for (let i = 0; i < count; i++) {
    if (lowest === null || (objective[i] as number) < (objective[lowest] as number)) lowest = i;
  }
  return lowest;
}
