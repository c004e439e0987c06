import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
}

/** Aligned by what a terminal shows: colour codes and wide characters are measured, not counted. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { readonly indent?: string; readonly heading?: (text: string) => string } = {},
): string {
  const indent = options.indent ?? '';
  const heading = options.heading ?? ((text) => text);
  const widths = columns.map((column, index) =>
    Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    (
      indent +
      columns.map((column, index) => pad(cells[index] ?? '', widths[index] ?? 0, column.align)).join('  ')
    ).trimEnd();
  const titled = columns.some((column) => column.title !== '');
  const head = titled ? [heading(line(columns.map((column) => column.title)))] : [];
  return [...head, ...rows.map(line)].join('\n');
}

export function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, width - stringWidth(text)));
  return align === 'left' ? text + space : space + text;
}

/** Breaks plain text at spaces so that no line is wider than `width`; every line begins with `indent`. */
export function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = indent;
    for (const word of paragraph.split(' ')) {
      const candidate = line === indent ? line + word : `${line} ${word}`;
      if (stringWidth(candidate) > width && line !== indent) {
        lines.push(line);
        line = indent + word;
      } else line = candidate;
    }
    lines.push(line);
  }
  return lines.join('\n');
}
