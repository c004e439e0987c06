import { mergePoints } from './merge-table.ts';
import type { Cell, MergePoint, Report } from './report.ts';

/** A Report as JSON: its merges one by one instead of by column. */
export type ReportDocument = Omit<Report, 'cells'> & {
  readonly cells: readonly (Omit<Cell, 'merges'> & { readonly merges: readonly MergePoint[] })[];
};

export function reportDocument(report: Report): ReportDocument {
  return { ...report, cells: report.cells.map((cell) => ({ ...cell, merges: mergePoints(cell.merges) })) };
}
