import type { Cell, Curve, Report } from '../../core/report/report.ts';
import { type CurveDrawing, drawCurve } from '../terminal/curve.ts';
import type { Style } from '../terminal/style.ts';

/** The objective's curve of a cell. */
export function curveOf(cell: Cell): Curve | undefined {
  return cell.curves.find((curve) => curve.domain === null);
}

/** The small chart of a cell, or nothing before anything is measured. */
export function drawingOf(report: Report, cell: Cell, style: Style, columns: number): string {
  const curve = curveOf(cell);
  if (!curve || curve.points.length === 0) return '';
  const size = report.sizes.find((candidate) => candidate.name === cell.size);
  const drawing: CurveDrawing = {
    points: curve.points.map(({ k, mean }) => ({ k, loss: mean })),
    chosen: (cell.selection?.chosen ?? []).map(({ k, cross_fitted }) => ({ k, loss: cross_fitted.value })),
    law: curve.forecast.filter(({ measured, k }) => !measured && k <= curve.pool),
    base: size?.base?.objective.value ?? null,
    recommended: curve.recommended_k?.k ?? null,
    pool: curve.pool,
  };
  return drawCurve(drawing, style, columns);
}
