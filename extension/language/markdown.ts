import { plain, plainLines } from '../../words/plain.ts';

/** Every ASCII punctuation mark, which Markdown lets a backslash make harmless. */
const PUNCTUATION = /[!-/:-@[-`{-~]/g;

/** Text from a file as Markdown that shows just that text: no link, image, HTML, list, table or line of its own. */
export function escapeMarkdown(text: string, longest?: number): string {
  return plain(text, longest).replace(PUNCTUATION, '\\$&');
}

/** The same for a message: `code` stays code, everything else is text; line breaks stay. */
export function messageMarkdown(message: string): string {
  return plainLines(message)
    .split('`')
    .map((part, i, parts) => {
      const escaped = part.split('\n').map((line) => line.replace(PUNCTUATION, '\\$&'));
      if (i % 2 === 0) return escaped.join('  \n');
      return i === parts.length - 1 || part === '' || part.includes('\n')
        ? `\\\`${escaped.join('  \n')}${i === parts.length - 1 ? '' : '\\`'}`
        : `\`${part}\``;
    })
    .join('');
}

/** A table; cells must be Markdown already. The first column is left-aligned, the others right-aligned and set apart. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (i === 0 ? cell || ' ' : `&emsp;${cell}`)).join(' | ')} |`;
  const rule = titles.map((_, i) => (i === 0 ? ':--' : '--:'));
  return [line(titles), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}
