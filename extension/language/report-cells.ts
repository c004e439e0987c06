/** Which part of a Report a place in the file is about. */
import type { Experiment } from '../../core/experiment/experiment.ts';
import type { Cell, Curve, Report } from '../../core/report/report.ts';
import type { CellStudy } from '../../core/report/study/study.ts';
import type { PlanMethod } from '../../core/store/format.ts';
import { planMethod } from '../../core/store/keys.ts';

/** The cell that the headline answers for. */
export function headlineCell(report: Report): Cell | null {
  return report.headline.cell === null ? null : (report.cells[report.headline.cell] ?? null);
}

/** Of the same cell; null while results arrive. */
export function headlineStudy({ study, headline }: Report): CellStudy | null {
  return headline.cell === null ? null : (study?.cells[headline.cell] ?? null);
}

/** Of the objective. */
export function objectiveCurve(cell: Cell | null): Curve | null {
  return cell?.curves.find(({ domain }) => domain === null) ?? null;
}

/** Each method of an experiment with its cell at the size that the headline answers for. */
export function cellsOfMethods(experiment: Experiment, report: Report): readonly (Cell | null)[] {
  const size = headlineCell(report)?.size ?? report.cells[0]?.size;
  return experiment.methods.map((method) => {
    const spec = identity(planMethod(method));
    return report.cells.find((cell) => cell.size === size && identity(cell.spec) === spec) ?? null;
  });
}

/** The same method with the same parameters: then its numbers are those of this entry, wherever it stands in the list. */
function identity(method: PlanMethod): string {
  return JSON.stringify(
    Object.entries(method)
      .filter(([field]) => field !== 'seeds')
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
