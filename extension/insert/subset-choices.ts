/** What there is to choose from, as the picker shows it. */
import type { Cell, Chosen, Report } from '../../core/report/report.ts';
import type { MergeName } from '../../webview/messages.ts';
import { cellName } from '../../words/cell-name.ts';
import { estimated, plusMinus } from '../../words/estimates.ts';
import { counted } from '../../words/numbers.ts';
import { nameList } from '../../words/plain.ts';
import { objectiveCurve } from '../language/report-cells.ts';

export interface CellChoice {
  readonly index: number;
  readonly label: string;
  readonly description: string;
}

/** Cells with something to choose, the one that the headline answers for first. */
export function cellChoices(report: Report): readonly CellChoice[] {
  const own = report.headline.cell;
  return report.cells
    .map((cell, index) => ({ cell, index }))
    .filter(({ cell }) => (cell.selection?.chosen.length ?? 0) > 0)
    .sort((a, b) => Number(b.index === own) - Number(a.index === own) || a.index - b.index)
    .map(({ cell, index }) => ({
      index,
      label: nameList([cellName(report, cell)]),
      description: [
        index === own ? 'the answer of the experiment' : '',
        cell.selection?.recommended ? `loss ${plusMinus(cell.selection.recommended.cross_fitted)}` : '',
      ]
        .filter(Boolean)
        .join(' · '),
    }));
}

export interface SizeChoice {
  readonly label: string;
  readonly description: string;
  readonly members: readonly string[];
  readonly merge: MergeName;
  readonly recommended: boolean;
}

/** The chosen subset of every k, with its expected loss and what it gives up against the best one. */
export function sizeChoices(report: Report, cell: Cell): readonly SizeChoice[] {
  const recommended = cell.selection?.recommended ?? null;
  return [...(cell.selection?.chosen ?? [])]
    .sort((a, b) => a.k - b.k)
    .map((chosen) => {
      const members = chosen.members.map((member) => report.pool[member] ?? '?');
      return {
        label: counted(chosen.k, 'expert'),
        description: description(cell, chosen, recommended),
        members,
        merge: { size: cell.size, method: cell.method, members: chosen.members, seed: null },
        recommended: chosen.k === recommended?.k,
      };
    });
}

function description(cell: Cell, chosen: Chosen, recommended: Chosen | null): string {
  const behind = chosen.behind.value > 0 ? `gives up ${estimated(chosen.behind)}` : 'the best';
  return [
    `loss ${plusMinus(chosen.cross_fitted)}`,
    behind,
    chosen.k === recommended?.k ? 'recommended' : '',
    chosen.k === objectiveCurve(cell)?.recommended_k?.k && chosen.k !== recommended?.k
      ? 'the recommended k'
      : '',
    chosen.k === cell.selection?.fewest?.k ? 'fewest within the goal' : '',
  ]
    .filter(Boolean)
    .join(' · ');
}
