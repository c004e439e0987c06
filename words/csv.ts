/** Tables as RFC 4180 text: numbers with all their digits, text quoted where it must be. */
export type CsvCell = string | number | null;

export interface CsvTable {
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly CsvCell[]>;
}

export function csv({ columns, rows }: CsvTable): string {
  const lines = [columns.map(text).join(',')];
  for (const row of rows) lines.push(row.map(cell).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

function cell(value: CsvCell): string {
  if (value === null) return '';
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : '';
  return text(value);
}

/** A name that a spreadsheet would take for a formula gets an apostrophe, so that it stays text. */
function text(value: string): string {
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(inert) ? `"${inert.replaceAll('"', '""')}"` : inert;
}
