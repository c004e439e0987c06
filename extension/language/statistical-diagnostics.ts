import type { Range } from '../../core/experiment/diagnostic.ts';
import type { Cell, Report, Warning } from '../../core/report/report.ts';
import { cellName } from '../../words/cell-name.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { type EditorDiagnostic, shownText } from './editor-diagnostic.ts';
import { cellsOfMethods, objectiveCurve } from './report-cells.ts';

/** What a careful reader would want to be told of the numbers, at the line that they concern. */
export function statisticalDiagnostics(edited: EditedExperiment): EditorDiagnostic[] {
  if (edited.ensemble) return ofEnsemble(edited);
  const { report, stale } = edited.state ?? {};
  const { experiment } = edited;
  if (!report || stale || !experiment) return [];
  const shown = cellsOfMethods(experiment, report);
  const ofCells = shown.flatMap((cell, index) =>
    cell && isMeasured(cell)
      ? (objectiveCurve(cell)?.warnings ?? []).map((warning) =>
          information(warning, methodRange(edited, index), shown.length > 1 ? cellName(report, cell) : null),
        )
      : [],
  );
  const ofReport = report.warnings
    .filter((warning) => !isSaidOfText(edited, warning))
    .map((warning) => information(warning, rangeOfWarning(edited, report, shown, warning), null));
  return [...ofCells, ...ofReport];
}

/** What failed, at its model; what the numbers leave open, at `models`. */
function ofEnsemble(edited: EditedExperiment): EditorDiagnostic[] {
  const { ensemble: report, stale } = edited.state ?? {};
  if (!report || stale) return [];
  const place = edited.keyRange(['models']) ?? fallback(edited);
  const failed = report.left_out.filter(({ code }) => code !== 'model_not_scored');
  return [
    ...failed.map(({ code, model, message }): EditorDiagnostic => {
      const range = edited.keyRange(['models', model]) ?? place;
      return { severity: 'warning', code, message: shownText(message), range };
    }),
    ...report.warnings.map((warning) => ofPool(edited, warning) ?? information(warning, place, null)),
  ];
}

/** Limits that nothing keeps are an error of the file; null for other warnings. */
function ofPool(edited: EditedExperiment, { code, message }: Warning): EditorDiagnostic | null {
  const range = code === 'no_pool_within_limit' ? edited.keyRange(['pool']) : null;
  return range && { severity: 'error', code, message: shownText(message), range };
}

/** While merges are still to come, most of what could be said will be otherwise soon. */
function isMeasured({ progress, precision }: Cell): boolean {
  if (precision?.stop === 'precise') return true;
  return progress.total > 0 && progress.done + progress.failed >= progress.total;
}

function information({ code, message }: Warning, range: Range, of: string | null): EditorDiagnostic {
  const text = of === null ? message : `${of}: ${message}`;
  return { severity: 'information', code, message: shownText(text), range };
}

/** The text's own diagnostics tell of mergekit's variants already. */
function isSaidOfText({ parsed }: EditedExperiment, { code }: Warning): boolean {
  return code === 'outside_law' && parsed.diagnostics.some((each) => each.code === 'compatibility_in_sweep');
}

/** A warning about one method begins with its name. */
function rangeOfWarning(
  edited: EditedExperiment,
  report: Report,
  shown: readonly (Cell | null)[],
  { message }: Warning,
): Range {
  const index = shown.findIndex((cell) => cell && message.startsWith(`${cellName(report, cell)}:`));
  return index === -1 ? fallback(edited) : methodRange(edited, index);
}

function methodRange(edited: EditedExperiment, index: number): Range {
  return edited.valueRange(['methods', index]) ?? fallback(edited);
}

/** An experiment need not name methods or goals, but it has experts. */
function fallback(edited: EditedExperiment): Range {
  return edited.keyRange(['goals']) ?? edited.keyRange(['experts']) ?? edited.parsed.positions.whole();
}
