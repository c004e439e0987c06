/** What the intervals have to reach over all designs. */
import { type CoverageRow, type DesignCoverage, share } from './coverage.ts';

const MEAN = [0.93, 0.97] as const;
const EACH = 0.91;
/** Share of replicates in which a design that cannot fix its floor has to say so. */
const SAYS_SO = 0.95;

interface Named {
  readonly name: string;
  readonly row: CoverageRow;
}

function identified(results: readonly DesignCoverage[]): Named[] {
  return results
    .filter(({ design }) => design.identified)
    .flatMap(({ design, rows }) => rows.map((row) => ({ name: design.name, row })));
}

function meanContinuous(results: readonly DesignCoverage[]): number {
  const rows = identified(results).filter(({ row }) => row.kind === 'continuous');
  return rows.reduce((sum, { row }) => sum + share(row), 0) / rows.length;
}

/** Names every gate that is missed; empty when all hold. */
export function gates(results: readonly DesignCoverage[], replicates: number): string[] {
  const missed: string[] = [];
  const mean = meanContinuous(results);
  if (!(mean >= MEAN[0] && mean <= MEAN[1])) missed.push(`mean coverage ${(100 * mean).toFixed(2)}%`);
  for (const { name, row } of identified(results))
    if (share(row) < EACH) missed.push(`${name}: ${row.quantity} ${(100 * share(row)).toFixed(1)}%`);
  for (const { design, warned } of results)
    if (!design.identified && warned < SAYS_SO)
      missed.push(`${design.name}: says so in only ${(100 * warned).toFixed(1)}% of ${replicates}`);
  return missed;
}

export function summary(results: readonly DesignCoverage[]): string {
  const rows = identified(results);
  if (rows.length === 0) return 'no identified design';
  const lowest = rows.reduce((least, named) => (share(named.row) < share(least.row) ? named : least));
  return [
    `mean over identified designs ${(100 * meanContinuous(results)).toFixed(2)}%`,
    `lowest ${(100 * share(lowest.row)).toFixed(1)}% (${lowest.name}: ${lowest.row.quantity})`,
  ].join('; ');
}
