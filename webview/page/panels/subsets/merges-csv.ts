import { type CsvCell, csv } from '../../../../words/csv.ts';
import { lossAt, membersOf, seedAt } from '../../merges/columns.ts';
import type { Scope } from '../../state/view.ts';

/** Merges with their loss and that of each domain, in the order given. */
export function mergesCsv({ report, cell: { merges } }: Scope, rows: Iterable<number>): string {
  return csv({
    columns: ['k', 'objective', 'seed', 'experts', 'design', ...report.domains.map(({ name }) => name)],
    rows: (function* (): Generator<CsvCell[]> {
      for (const row of rows) {
        const members = membersOf(merges, row);
        yield [
          members.length,
          lossAt(merges, row, null),
          seedAt(merges, row),
          members.map((d) => report.pool[d] ?? '').join(' '),
          merges.design[row] === 1 ? 'yes' : 'no',
          ...report.domains.map((_, d) => lossAt(merges, row, d)),
        ];
      }
    })(),
  });
}
