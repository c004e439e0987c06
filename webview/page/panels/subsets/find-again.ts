/** Where a merge that was at one place of the table is in a newer table: rows come between while results arrive. */
import type { MergeTable } from '../../../../core/report/report.ts';
import { findRow, membersOf, seedAt } from '../../merges/columns.ts';

export interface Arranged {
  readonly merges: MergeTable;
  /** Rows of `merges` in the order shown. */
  readonly rows: Uint32Array;
}

/** Its place now; −1 where it is not shown any more. */
export function findAgain(before: Arranged, place: number, now: Arranged): number {
  const row = before.rows[place];
  if (row === undefined) return -1;
  const same =
    before.merges === now.merges
      ? row
      : findRow(now.merges, membersOf(before.merges, row), seedAt(before.merges, row));
  return same === null ? -1 : now.rows.indexOf(same);
}
