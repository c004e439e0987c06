import stringWidth from 'string-width';

export interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Left out where the table would be too wide: the lowest number goes first. */
  readonly leaveOut?: number;
}

export interface TableOptions {
  readonly indent?: string;
  readonly heading?: (text: string) => string;
  /** Columns of the terminal; no limit where it is not given. */
  readonly width?: number;
}

/** Aligned by what a terminal shows: colour codes and wide characters are measured, not counted. */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions = {},
): string {
  const indent = options.indent ?? '';
  const heading = options.heading ?? ((text) => text);
  const widths = columns.map((column, index) =>
    Math.max(stringWidth(column.title), ...rows.map((row) => stringWidth(row[index] ?? ''))),
  );
  const shown = fitting(columns, widths, (options.width ?? Number.POSITIVE_INFINITY) - indent.length);
  const line = (cells: readonly string[]): string =>
    (
      indent +
      shown
        .map((index) => pad(cells[index] ?? '', widths[index] ?? 0, columns[index]?.align ?? 'left'))
        .join('  ')
    ).trimEnd();
  const titled = columns.some((column) => column.title !== '');
  const head = titled ? [heading(line(columns.map((column) => column.title)))] : [];
  return [...head, ...rows.map(line)].join('\n');
}

/** Indices of the columns that fit beside each other, in their order. */
function fitting(columns: readonly Column[], widths: readonly number[], width: number): readonly number[] {
  let shown = columns.map((_, index) => index);
  const order = shown
    .filter((index) => columns[index]?.leaveOut !== undefined)
    .sort((a, b) => (columns[a]?.leaveOut ?? 0) - (columns[b]?.leaveOut ?? 0));
  const total = (): number => shown.reduce((sum, index) => sum + (widths[index] ?? 0) + 2, -2);
  for (const index of order) {
    if (total() <= width) break;
    shown = shown.filter((other) => other !== index);
  }
  return shown;
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

/** Rows of a label and a text, which is broken at spaces where it would be wider than the terminal. */
export function labelled(rows: readonly (readonly [label: string, text: string])[], width: number): string {
  const gutter = Math.max(0, ...rows.map(([label]) => stringWidth(label))) + 4;
  const lines = rows.flatMap(([label, text]) =>
    wrap(text, Math.max(20, width - gutter))
      .split('\n')
      .map((line, index) => [index === 0 ? label : '', line]),
  );
  const left = { title: '', align: 'left' } as const;
  return table([left, left], lines, { indent: '  ' });
}

/** Parts beside each other, the first ones as far as they fit. */
export function fittingParts(parts: readonly string[], between: string, width: number): string {
  let shown = parts.slice(0, 1).join('');
  for (const part of parts.slice(1)) {
    const longer = shown + between + part;
    if (stringWidth(longer) > width) break;
    shown = longer;
  }
  return shown;
}

/** Parts beside each other, on as many lines as they need, each after `indent`. */
export function flowing(parts: readonly string[], between: string, width: number, indent = ''): string {
  const lines: string[] = [];
  for (const part of parts) {
    const longer = `${lines.at(-1)}${between}${part}`;
    if (lines.length > 0 && stringWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(indent + part);
  }
  return lines.join('\n');
}
