import { mergeAt } from './merge-table.ts';
import type { Report } from './report.ts';

/** Every complete merge as RFC 4180 text: size, method, seed, k, members, objective, and the loss of each domain. */
export function mergesCsv(report: Report): string {
  const domains = report.domains.map(({ name }) => name);
  const lines = [['size', 'method', 'seed', 'k', 'members', 'objective', ...domains].map(quoted).join(',')];
  for (const { size, label, merges } of report.cells) {
    for (let i = 0; i < merges.count; i++) {
      const { members, seed, objective, domains: losses } = mergeAt(merges, i);
      const names = members.map((d) => report.pool[d] ?? '').join(' ');
      lines.push(
        [quoted(size), quoted(label), seed ?? '', members.length, quoted(names), objective, ...losses].join(
          ',',
        ),
      );
    }
  }
  return `${lines.join('\r\n')}\r\n`;
}

/** A text that a spreadsheet would take for a formula stays text. */
function quoted(text: string): string {
  const inert = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
