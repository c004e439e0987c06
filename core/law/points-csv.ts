import type { Problem } from '../problem.ts';
import type { CurveData } from './input.ts';
import { curveOfMeans } from './points-by-k.ts';
import { curveOfMerges } from './points-by-merge.ts';
import { notesOf } from './points-notes.ts';
import { type Cell, type Column, readTable, type TellProblem } from './points-table.ts';

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

/** Far beyond any pool that was ever merged; what is said of every k up to M must stay quick. */
const LARGEST_K = 10_000;
/** Billions; a larger N was given in parameters or in millions. */
const LARGEST_N = 1e5;
/** Beyond it squares of losses leave the range of numbers. */
const LARGEST_LOSS = 1e100;
const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', '-']);

/**
 * Reads a CSV of losses (nats per token): `k` and `loss`, optionally `N` (billions) or `parameters` (their number), `domain`, `std`, `n`, `weight`;
 * or one row a merge with `subset` (experts joined by `+`), `loss`, optionally `domain` and the size. A row of k = 0, or
 * with an empty subset, is the base. Rows without a loss are skipped. One curve for each (domain, N), in the order of
 * first appearance. Names of columns may be in any case, except that N and n differ. Curves are empty when there are problems; each names its line and column (of the cell, from 1).
 * `notes` say in sentences what became of rows that are no points, and what points weigh.
 */
export function readPoints(
  text: string,
  options: { readonly file?: string; readonly pool?: number | null } = {},
): { curves: CurveData[]; problems: Problem[]; notes: readonly string[] } {
  const problems: Problem[] = [];
  const report: TellProblem = (code, message, fix, at) => {
    problems.push({ code, message, fix, ...(options.file ? { file: options.file } : {}), ...at });
  };
  const table = readTable(text, report);
  const nothing = { curves: [], problems, notes: [] };
  if (!table) return nothing;
  const skipped: number[] = [];
  const rows = table.flatMap((cells) => {
    const row = readRow(cells, options.pool ?? null, report);
    if (row === null) skipped.push(cells.get('loss')?.line ?? 0);
    return row ? [row] : [];
  });
  if (problems.length > 0) return nothing;
  if (rows.length === 0) {
    report('no_points', 'The file has no row with a loss.', 'Add rows with k and loss.', { line: 1 });
    return nothing;
  }
  const groups = new Map<string, PointRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.domain, row.N]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const pool = options.pool ?? null;
  const merges = rows.some(({ subset }) => subset !== null);
  const read = (curves: CurveData[]) => ({ curves, problems, notes: notesOf(rows, curves, skipped) });
  if (!merges) return read([...groups.values()].map((group) => curveOfMeans(group, pool)));
  const experts = new Set(rows.flatMap(({ subset }) => subset ?? [])).size;
  const size = Math.max(1, pool ?? experts);
  if (size < experts)
    report(
      'pool_too_small',
      `The subsets name ${experts} experts, and the pool is said to have ${size}.`,
      'Leave the pool out, or give its true size.',
    );
  if (problems.length > 0) return nothing;
  return read([...groups.values()].map((group) => curveOfMerges(group, size)));
}

/** Null for a row without a loss, or with a problem (reported). */
function readRow(
  cells: ReadonlyMap<Column, Cell>,
  pool: number | null,
  report: TellProblem,
): PointRow | null {
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
  const billions = number('N', (value) => value > 0, 'a positive number of billions of parameters');
  const cellOfN = cells.get('N');
  if (cellOfN && billions !== null && billions > LARGEST_N)
    fail(
      cellOfN,
      `N is in billions of parameters: 0.5 for half a billion; here it is "${cellOfN.text.slice(0, 40)}".`,
      'Divide the number of parameters by a billion, or name the column parameters.',
    );
  const counted = number(
    'parameters',
    (value) => value >= 1 && value <= LARGEST_N * 1e9,
    'a number of parameters, such as 500000000 (billions go into a column N)',
  );
  const N = billions ?? (counted === null ? null : counted / 1e9);
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
