/** Columns of the table of merges, by what is measured. */

import { plain } from '../../../../words/plain.ts';
import type { SortColumn } from '../../merges/arrange.ts';
import { seedAt } from '../../merges/columns.ts';
import type { Scope } from '../../state/view.ts';
import { WIDEST_STRIP } from './membership.ts';

export interface SubsetColumn {
  readonly title: string;
  /** Null = cannot be sorted by. */
  readonly sort: SortColumn | null;
  /** Pixels; the experts take what is left over. */
  readonly width: number;
  readonly kind: 'number' | 'experts';
}

export function subsetColumns({ report, cell }: Scope): SubsetColumn[] {
  const pool = report.pool.length;
  const seeded = cell.merges.count > 0 && seedAt(cell.merges, 0) !== null;
  return [
    { title: 'k', sort: 'k', width: 52, kind: 'number' },
    { title: 'Loss', sort: 'objective', width: 84, kind: 'number' },
    ...(seeded ? [{ title: 'Seed', sort: 'seed', width: 64, kind: 'number' } as const] : []),
    { title: 'Experts', sort: null, width: 300 + (pool <= WIDEST_STRIP ? 9 * pool : 0), kind: 'experts' },
    ...(report.domains.length > 1
      ? report.domains.map(
          ({ name }, d): SubsetColumn => ({
            title: plain(name, 20),
            sort: d,
            width: 96,
            kind: 'number',
          }),
        )
      : []),
  ];
}
