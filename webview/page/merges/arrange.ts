/** Which merges the table shows, and in which order. */
import type { MergeTable } from '../../../core/report/report.ts';
import { lossAt, subsetSizes, wordsOf } from './columns.ts';

export interface MergeFilter {
  /** Indices into the pool that every shown merge has. */
  readonly has: readonly number[];
  readonly hasNot: readonly number[];
  readonly k: number | null;
  /** Largest objective shown. */
  readonly atMost: number | null;
}

/** A domain is named by its index. */
export type SortColumn = 'k' | 'objective' | 'seed' | number;

export interface MergeSort {
  readonly by: SortColumn;
  readonly descending: boolean;
}

/** Rows of the table in the order to show. Rows that are equal in the sorted column go by loss, then as they are. */
export function arrange(table: MergeTable, filter: MergeFilter, sort: MergeSort): Uint32Array {
  const rows = filterRows(table, filter);
  const key = sortKey(table, sort.by);
  const { objective } = table;
  const sign = sort.descending ? -1 : 1;
  return rows.sort(
    (a, b) =>
      sign * ((key[a] as number) - (key[b] as number)) ||
      (objective[a] as number) - (objective[b] as number) ||
      a - b,
  );
}

function filterRows(table: MergeTable, { has, hasNot, k, atMost }: MergeFilter): Uint32Array {
  const [hasLow, hasHigh] = wordsOf(has);
  const [notLow, notHigh] = wordsOf(hasNot);
  const sizes = subsetSizes(table);
  const rows = new Uint32Array(table.count);
  let shown = 0;
  for (let i = 0; i < table.count; i++) {
    const low = table.members[2 * i] as number;
    const high = table.members[2 * i + 1] as number;
    if ((low & hasLow) >>> 0 !== hasLow || (high & hasHigh) >>> 0 !== hasHigh) continue;
    if ((low & notLow) !== 0 || (high & notHigh) !== 0) continue;
    if (k !== null && sizes[i] !== k) continue;
    if (atMost !== null && !((table.objective[i] as number) <= atMost)) continue;
    rows[shown++] = i;
  }
  return rows.slice(0, shown);
}

function sortKey(table: MergeTable, by: SortColumn): ArrayLike<number> {
  switch (by) {
    case 'k':
      return subsetSizes(table);
    case 'objective':
      return table.objective;
    case 'seed':
      return table.seed;
    default:
      return Float64Array.from({ length: table.count }, (_, i) => lossAt(table, i, by));
  }
}
