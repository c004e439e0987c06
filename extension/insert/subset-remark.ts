import { findMerge } from '../../core/report/merge-table.ts';
import type { Cell, Chosen, Report } from '../../core/report/report.ts';
import type { MergeName } from '../../webview/messages.ts';
import { cellName } from '../../words/cell-name.ts';
import { plusMinus } from '../../words/estimates.ts';
import { loss } from '../../words/numbers.ts';
import { plain } from '../../words/plain.ts';

/** Domain to weight, where another objective than the file's was asked for. */
export type Weights = ReadonlyMap<string, number>;

export function cellOf({ cells }: Report, { size, method }: Pick<MergeName, 'size' | 'method'>): Cell | null {
  return cells.find((cell) => cell.size === size && cell.method === method) ?? null;
}

/** `loss 2.207 ± 0.08, k = 5 of 9, average, nine-domains.mergelab.yaml`: what a reader of the code will want to know. */
export function remarkOf(report: Report, merge: MergeName, file: string, weights: Weights | null): string {
  const cell = cellOf(report, merge);
  const loss = cell && lossOf(cell, merge);
  const others = [...(weights ?? [])].filter(([, weight]) => weight !== 1);
  const weighed = others.map(([domain, weight]) => `${plain(domain, 40)}=${weight}`).join(' ');
  return [
    loss === null ? '' : `loss ${loss}`,
    `k = ${merge.members.length} of ${report.pool.length}`,
    cell ? plain(cellName(report, cell)) : '',
    weighed === '' ? '' : `weights ${weighed}`,
    ...soFar(report),
    plain(file, 120),
  ]
    .filter(Boolean)
    .join(', ');
}

/** While merges are still missing, which a reader of the code could not know. */
function soFar({ headline, progress }: Report): readonly string[] {
  return headline.state === 'complete' ? [] : [`so far, ${progress.done} of ${progress.total} scored`];
}

/** Cross-fitted where this subset was chosen; else as measured, which is said. */
function lossOf(cell: Cell, { members, seed: named }: MergeName): string | null {
  const chosen = cell.selection?.chosen.find((each) => isSame(each, members));
  if (chosen && named === null) return plusMinus(chosen.cross_fitted);
  const seeds = named !== null ? [named] : cell.seeds.length > 0 ? cell.seeds : [null];
  for (const seed of seeds) {
    const index = findMerge(cell.merges, members, seed);
    const measured = index === null ? undefined : cell.merges.objective[index];
    if (measured !== undefined) return `${loss(measured)} as measured`;
  }
  return null;
}

function isSame(chosen: Chosen, members: readonly number[]): boolean {
  return (
    chosen.members.length === members.length && chosen.members.every((member) => members.includes(member))
  );
}
