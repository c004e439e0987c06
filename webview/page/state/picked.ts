/** The merge that the reader has picked: the same one in the table and in the curve. */

import { findRow, membersOf, seedAt } from '../merges/columns.ts';
import type { Picked } from './ui-state.ts';
import type { Scope } from './view.ts';

/** Its row in the cell that is looked at; null where it is not measured there. */
export function pickedRow({ report, cell }: Scope, picked: Picked | null): number | null {
  if (!picked) return null;
  const members = picked.members.map((name) => report.pool.indexOf(name));
  return members.includes(-1) ? null : findRow(cell.merges, members, picked.seed);
}

export function pick({ report, cell }: Scope, row: number): Picked {
  return {
    members: membersOf(cell.merges, row).map((d) => report.pool[d] ?? ''),
    seed: seedAt(cell.merges, row),
  };
}
