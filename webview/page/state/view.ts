/** What the panels look at: a state, and the part of it that the reader has chosen. */
import type { Planning } from '../../../core/planning/planning.ts';
import type { Cell, Curve, Report, ReportSize } from '../../../core/report/report.ts';
import type { CellStudy } from '../../../core/report/study/study.ts';
import type { DashboardState } from '../../messages.ts';
import type { UiState } from './ui-state.ts';

export interface View {
  readonly state: DashboardState;
  readonly ui: UiState;
  readonly scope: Scope | null;
  /** The host's last answer to another budget. */
  readonly planned: Planning | null;
}

/** One cell and one domain of a report. */
export interface Scope {
  readonly report: Report;
  readonly cell: Cell;
  readonly size: ReportSize | null;
  /** Index into `report.domains`; null = the objective. */
  readonly domain: number | null;
  /** Of that domain. */
  readonly curve: Curve | null;
}

/** Null where the report has no cell. */
export function scopeOf(report: Report, chosen: UiState['cell'], domainChosen: string | null): Scope | null {
  const cell =
    report.cells.find(({ size, label }) => size === chosen?.size && label === chosen.label) ??
    report.cells[report.headline.cell ?? 0] ??
    null;
  if (!cell) return null;
  const index = report.domains.findIndex(({ name }) => name === domainChosen);
  const domain = index < 0 ? null : index;
  return {
    report,
    cell,
    size: report.sizes.find(({ name }) => name === cell.size) ?? null,
    domain,
    curve: curveOf(cell, domain),
  };
}

export function curveOf(cell: Cell, domain: number | null): Curve | null {
  return cell.curves[domain === null ? 0 : domain + 1] ?? null;
}

/** What the report says of the cell beyond its answer; null until the numbers are complete. */
export function studyOf({ report, cell }: Scope): CellStudy | null {
  return report.study?.cells[report.cells.indexOf(cell)] ?? null;
}

/** Changes where another cell, domain or experiment is looked at. */
export function scopeKey({ report, cell, domain }: Scope): string {
  return JSON.stringify([
    report.name,
    cell.size,
    cell.label,
    domain === null ? null : report.domains[domain]?.name,
  ]);
}
