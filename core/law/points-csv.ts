import { parse } from 'csv-parse/sync';
import type { Problem } from '../problem.ts';
import type { CurveData } from './input.ts';
import { curveOfMeans } from './points-by-k.ts';
import { curveOfMerges } from './points-by-merge.ts';

/** One line of the file: numbers by column, null where the cell is empty or says that there is none. */
export interface PointRow {
  readonly line: number;
  readonly domain: string | null;
  readonly N: number | null;
  readonly k: number;
  readonly loss: number;
  readonly std: number | null;
  readonly n: number | null;
  readonly weight: number | null;
  /** Names of the experts merged; null in a file of means by k. */
  readonly subset: readonly string[] | null;
}

interface Cell {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

const COLUMNS = ['k', 'loss', 'N', 'domain', 'std', 'n', 'weight', 'subset'] as const;
type Column = (typeof COLUMNS)[number];
/** Far beyond any pool that was ever merged; what is said of every k up to M must stay quick. */
const LARGEST_K = 10_000;
/** Billions; a larger N was given in parameters or in millions. */
const LARGEST_N = 1e5;
/** Beyond it squares of losses leave the range of numbers. */
const LARGEST_LOSS = 1e100;
const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-']);

/**
 * Reads a CSV of losses (nats per token): `k` and `loss`, optionally `N` (billions), `domain`, `std`, `n`, `weight`;
 * or one row a merge with `subset` (experts joined by `+`), `loss`, optionally `domain` and `N`. A row of k = 0, or
 * with an empty subset, is the base. Rows without a loss are skipped. One curve for each (domain, N), in the order of
 * first appearance. Names of columns may be in any case, except that N and n differ. Curves are empty when there are problems; each names its line and column (of the cell, from 1).
 */
export function readPoints(
  text: string,
  options: { readonly file?: string; readonly pool?: number | null } = {},
): { curves: CurveData[]; problems: Problem[] } {
  const problems: Problem[] = [];
  const report = (code: string, message: string, fix: string, at?: { line: number; column?: number }) => {
    problems.push({ code, message, fix, ...(options.file ? { file: options.file } : {}), ...at });
  };
  const table = readTable(text, report);
  if (!table) return { curves: [], problems };
  const rows = table.flatMap((cells) => {
    const row = readRow(cells, options.pool ?? null, report);
    return row ? [row] : [];
  });
  if (problems.length > 0) return { curves: [], problems };
  if (rows.length === 0) {
    report('no_points', 'The file has no row with a loss.', 'Add rows with k and loss.', { line: 1 });
    return { curves: [], problems };
  }
  const groups = new Map<string, PointRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.domain, row.N]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const pool = options.pool ?? null;
  const merges = rows.some(({ subset }) => subset !== null);
  if (!merges) return { curves: [...groups.values()].map((group) => curveOfMeans(group, pool)), problems };
  const experts = new Set(rows.flatMap(({ subset }) => subset ?? [])).size;
  const size = Math.max(1, pool ?? experts);
  if (size < experts)
    report(
      'pool_too_small',
      `The subsets name ${experts} experts, and the pool is said to have ${size}.`,
      'Leave the pool out, or give its true size.',
    );
  return problems.length > 0
    ? { curves: [], problems }
    : { curves: [...groups.values()].map((group) => curveOfMerges(group, size)), problems };
}

type Report = (code: string, message: string, fix: string, at?: { line: number; column?: number }) => void;

/** The cells by column name, line by line; null when there is no usable header. */
function readTable(text: string, report: Report): Map<Column, Cell>[] | null {
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
  report: Report,
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

function checkHeader(names: readonly string[], line: number, report: Report): boolean {
  const twice = names.findIndex((name, index) => isColumn(name) && names.indexOf(name) < index);
  if (twice >= 0) {
    report('column_twice', `The column ${names[twice]} appears twice.`, 'Keep one of them.', {
      line,
      column: twice + 1,
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

/** Null for a row without a loss, or with a problem (reported). */
function readRow(cells: ReadonlyMap<Column, Cell>, pool: number | null, report: Report): PointRow | null {
  let sound = true;
  const fail = (cell: Cell, message: string, fix: string) => {
    sound = false;
    report('bad_value', message, fix, { line: cell.line, column: cell.column });
  };
  const number = (name: Column, allowed: (value: number) => boolean, what: string): number | null => {
    const cell = cells.get(name);
    if (!cell || MISSING.has(cell.text.toLowerCase())) return null;
    const value = Number(cell.text);
    if (Number.isFinite(value) && allowed(value)) return value;
    fail(cell, `${name} is "${cell.text.slice(0, 40)}", and should be ${what}.`, `Give ${what}.`);
    return null;
  };
  const loss = number('loss', (value) => Math.abs(value) <= LARGEST_LOSS, 'a number of nats per token');
  const N = number('N', (value) => value > 0, 'a positive number of billions of parameters');
  const cellOfN = cells.get('N');
  if (cellOfN && N !== null && N > LARGEST_N)
    fail(
      cellOfN,
      `N is in billions of parameters: 0.5 for half a billion; here it is "${cellOfN.text.slice(0, 40)}".`,
      'Divide the number of parameters by a billion.',
    );
  const std = number('std', (value) => value >= 0, 'a number that is not negative');
  const n = number('n', (value) => value >= 1, 'a number of at least 1');
  const weight = number('weight', (value) => value > 0, 'a positive number');
  const subsetCell = cells.get('subset');
  const subset = subsetCell ? readSubset(subsetCell, fail) : null;
  let k = subset?.length ?? null;
  const kCell = cells.get('k');
  if (!subsetCell && kCell) {
    const limit = pool ?? LARGEST_K;
    const what =
      pool === null
        ? `a whole number from 0 (the base) to ${LARGEST_K.toLocaleString('en-US')}`
        : `a whole number from 0 (the base) to the pool's ${pool}`;
    k = number('k', (value) => Number.isInteger(value) && value >= 0 && value <= limit, what);
    if (k === null && sound && loss !== null) fail(kCell, 'k is missing.', `Give ${what}.`);
  }
  if (!sound || loss === null || k === null) return null;
  return {
    line: cells.get('loss')?.line ?? 0,
    domain: cells.get('domain')?.text ?? null,
    N,
    k,
    loss,
    std,
    n,
    weight,
    subset,
  };
}

function readSubset(cell: Cell, fail: (cell: Cell, message: string, fix: string) => void): readonly string[] {
  if (cell.text === '') return [];
  const names = cell.text.split('+').map((name) => name.trim());
  if (names.includes(''))
    fail(cell, `"${cell.text.slice(0, 60)}" has an empty name.`, 'Join names of experts by +.');
  else if (new Set(names).size < names.length)
    fail(cell, `"${cell.text.slice(0, 60)}" names an expert twice.`, 'Name each expert once.');
  return names;
}
