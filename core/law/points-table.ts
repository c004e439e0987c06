/** The cells of a CSV of losses, by the name of their column. */
import { parse } from 'csv-parse/sync';

/** What one cell holds, and where (column from 1). */
export interface Cell {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

const COLUMNS = ['k', 'loss', 'N', 'parameters', 'domain', 'std', 'n', 'weight', 'subset'] as const;
export type Column = (typeof COLUMNS)[number];

export type TellProblem = (
  code: string,
  message: string,
  fix: string,
  at?: { line: number; column?: number },
) => void;

/** The cells by column name, line by line; null when there is no usable header. */
export function readTable(text: string, report: TellProblem): Map<Column, Cell>[] | null {
  let records: { record: string[]; line: number }[];
  try {
    records = parse(text, {
      bom: true,
      trim: true,
      comment: '#',
      comment_no_infix: true,
      delimiter: delimiterOf(text),
      relax_column_count: true,
      skip_empty_lines: true,
      info: true,
    }).map((entry: unknown) => {
      const { record, info } = entry as { record: string[]; info: { lines: number } };
      return { record, line: info.lines };
    });
  } catch (error) {
    const line = (error as { lines?: unknown }).lines;
    const where = typeof line === 'number' ? { line, column: 1 } : { line: 1 };
    const why = error instanceof Error ? error.message : 'not a table';
    report('csv_broken', `The file is not a CSV table: ${why}`, 'Check quotes and separators.', where);
    return null;
  }
  const [header, ...body] = records;
  if (!header) {
    report('csv_empty', 'The file is empty.', 'Give a header line such as k,loss and rows below it.', {
      line: 1,
    });
    return null;
  }
  const names = columnNames(header.record);
  if (!checkHeader(names, header.line, report)) return null;
  // A line of blanks alone is one empty cell.
  const rows = body.filter(({ record }) => record.length > 1 || record[0] !== '');
  return rows.flatMap(({ record, line }) => readCells(names, record, line, report) ?? []);
}

/** Null for a row that ends before the header does (reported): what it lacks may be the loss. */
function readCells(
  names: readonly string[],
  record: readonly string[],
  line: number,
  report: TellProblem,
): Map<Column, Cell> | null {
  if (record.length < names.length) {
    report(
      'row_short',
      `The row has ${record.length} of the header's ${names.length} cells.`,
      'Give every row as many cells as the header has; one may be empty.',
      { line, column: record.length + 1 },
    );
    return null;
  }
  const cells = new Map<Column, Cell>();
  names.forEach((name, index) => {
    if (isColumn(name)) cells.set(name, { text: record[index] ?? '', line, column: index + 1 });
  });
  return cells;
}

/** The header's names, in the case of the column that is meant where no other one has that very name. */
function columnNames(header: readonly string[]): string[] {
  const names = header.map((name) => name.trim());
  return names.map((name) => {
    const folded = name.toLowerCase();
    return !isColumn(name) && isColumn(folded) && !names.includes(folded) ? folded : name;
  });
}

function checkHeader(names: readonly string[], line: number, report: TellProblem): boolean {
  const twice = names.findIndex((name, index) => isColumn(name) && names.indexOf(name) < index);
  if (twice >= 0) {
    report('column_twice', `The column ${names[twice]} appears twice.`, 'Keep one of them.', {
      line,
      column: twice + 1,
    });
    return false;
  }
  if (names.includes('N') && names.includes('parameters')) {
    report('column_twice', 'Both N and parameters give the size.', 'Keep one of them.', {
      line,
      column: names.indexOf('parameters') + 1,
    });
    return false;
  }
  for (const wanted of ['loss', names.includes('subset') ? 'subset' : 'k']) {
    if (names.includes(wanted)) continue;
    report(
      'column_missing',
      `There is no column ${wanted}; the header has ${names.join(', ')}.`,
      wanted === 'k' ? 'Name a column k (or subset), and one loss.' : `Name a column ${wanted}.`,
      { line, column: 1 },
    );
    return false;
  }
  return true;
}

function isColumn(name: string): name is Column {
  return (COLUMNS as readonly string[]).includes(name);
}

/** The separator that the first line has most of. */
function delimiterOf(text: string): string {
  const first = text.split('\n').find((line) => line.trim() !== '' && !line.startsWith('#')) ?? '';
  const count = (mark: string) => first.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best), ',');
}
