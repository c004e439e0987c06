import type { Plan, PlanLine } from '../store/format.ts';

/** What a plan merges of one size by one method, in its order. */
export interface CellLines {
  readonly lines: readonly PlanLine[];
  /** Of each line: indices into the pool, ascending, and their name. */
  readonly members: readonly (readonly number[])[];
  readonly names: readonly string[];
}

interface Growing extends CellLines {
  readonly lines: PlanLine[];
  readonly members: number[][];
  readonly names: string[];
}

const found = new WeakMap<Plan['lines'], ReadonlyMap<string, CellLines>>();

/** Looked for once in a plan. */
export function cellLines({ header, lines }: Plan, size: string, method: number): CellLines {
  const cells = found.get(lines) ?? cellsOf(header.pool, lines);
  found.set(lines, cells);
  return cells.get(`${method} ${size}`) ?? { lines: [], members: [], names: [] };
}

function cellsOf(pool: readonly string[], lines: readonly PlanLine[]): ReadonlyMap<string, CellLines> {
  const expertIndex = new Map(pool.map((name, index) => [name, index]));
  const cells = new Map<string, Growing>();
  for (const line of lines) {
    if (line.method === null) continue;
    const name = `${line.method} ${line.size}`;
    let cell = cells.get(name);
    if (!cell) {
      cell = { lines: [], members: [], names: [] };
      cells.set(name, cell);
    }
    const members = line.subset.map((expert) => expertIndex.get(expert) ?? -1).sort((a, b) => a - b);
    cell.lines.push(line);
    cell.members.push(members);
    cell.names.push(members.join());
  }
  return cells;
}
