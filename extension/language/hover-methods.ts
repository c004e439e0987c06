import type { Cell, Report } from '../../core/report/report.ts';
import { cellName } from '../../words/cell-name.ts';
import { estimated } from '../../words/estimates.ts';
import { count, ordinal } from '../../words/numbers.ts';
import { curveMarkdown } from './curve-drawing.ts';
import type { EditedExperiment } from './edited-experiment.ts';
import { goalText, kWithInterval } from './headline.ts';
import { fitText, formula, lawParameters } from './law-text.ts';
import { escapeMarkdown, markdownTable, messageMarkdown } from './markdown.ts';
import { cellsOfMethods, objectiveCurve } from './report-cells.ts';
import { schemasAt } from './schema-at.ts';

/** The law of a method with its values, and what the method does. */
export function hoverOfMethod(edited: EditedExperiment, index: number): readonly (string | null)[] {
  const { experiment, state } = edited;
  const method = experiment?.methods[index];
  if (!method) return [];
  const range = edited.valueRange(['methods', index]);
  if (!range || !edited.lines.slice(range).includes(method.method)) return [];
  const about = schemasAt(['methods', index], ({ length }) => (length > 0 ? method.method : null)).find(
    (node) => node.properties?.['method']?.const === method.method,
  )?.description;
  const report = state?.report;
  const cell = report ? (cellsOfMethods(experiment, report)[index] ?? null) : null;
  return [
    `**${cell && report ? escapeMarkdown(cellName(report, cell)) : escapeMarkdown(method.method)}**${about ? ` · ${messageMarkdown(about)}` : ''}`,
    cell && report ? law(cell, report) : null,
  ];
}

function law(cell: Cell, report: Report): string {
  const curve = objectiveCurve(cell);
  const base = report.sizes.find(({ name }) => name === cell.size)?.base?.objective.value ?? null;
  const written = curve && formula(curve);
  const { done, total } = cell.progress;
  const progress = done < total ? `${count(done)} of ${count(total)} merges measured so far.` : '';
  if (!curve || written === null) return [progress, 'No law can be fitted yet.'].filter(Boolean).join(' ');
  const facts = [curve.form === null ? '' : `form ${curve.form}`, fitText(curve), rankText(cell, report)];
  return [
    curveMarkdown(curve, base, 'Loss of the typical subset over k, with the fitted law'),
    `\`${written}\``,
    facts
      .filter(Boolean)
      .map((fact) => escapeMarkdown(fact))
      .join(' · '),
    parameterTable(curve),
    answer(cell),
    ...curve.warnings.map(({ message }) => messageMarkdown(message)),
    progress,
  ]
    .filter((part) => part !== null && part !== '')
    .join('\n\n');
}

function rankText(cell: Cell, report: Report): string {
  const rivals = report.cells.filter(({ size, rank }) => size === cell.size && rank !== null).length;
  return cell.rank === null || rivals < 2 ? '' : `${ordinal(cell.rank)} of ${rivals} methods`;
}

function parameterTable(curve: NonNullable<ReturnType<typeof objectiveCurve>>): string {
  const parameters = lawParameters(curve);
  const hasIntervals = parameters.some(({ interval }) => interval !== '');
  const rows = parameters.map(({ symbol, value, interval }) =>
    [symbol, value, interval].slice(0, hasIntervals ? 3 : 2),
  );
  return markdownTable(['', 'value', '95% interval'].slice(0, hasIntervals ? 3 : 2), rows);
}

/** Its own recommended k and subset. */
function answer(cell: Cell): string | null {
  const recommended = objectiveCurve(cell)?.recommended_k;
  const chosen = cell.selection?.recommended;
  const parts = [
    recommended ? `${kWithInterval(recommended)}, ${goalText(recommended)}` : '',
    chosen ? `its recommended subset has a loss of ${estimated(chosen.cross_fitted)}` : '',
  ].filter(Boolean);
  return parts.length > 0 ? `${escapeMarkdown(parts.join('; '), 300)}\\.` : null;
}
