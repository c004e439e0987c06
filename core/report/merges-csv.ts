import { csv } from '../../words/csv.ts';
import { mergeAt } from './merge-table.ts';
import type { Report } from './report.ts';

/** Every complete merge as RFC 4180 text: size, method, seed, k, members, objective, and the loss of each domain. */
export function mergesCsv(report: Report): string {
  const domains = report.domains.map(({ name }) => name);
  return csv({
    columns: ['size', 'method', 'seed', 'k', 'members', 'objective', ...domains],
    rows: report.cells.flatMap(({ size, label, merges }) =>
      Array.from({ length: merges.count }, (_, i) => {
        const { members, seed, objective, domains: losses } = mergeAt(merges, i);
        const names = members.map((d) => report.pool[d] ?? '').join(' ');
        return [size, label, seed, members.length, names, objective, ...losses];
      }),
    ),
  });
}
