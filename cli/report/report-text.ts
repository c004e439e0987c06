import type { Cell, Report } from '../../core/report/report.ts';
import { cellName } from '../../words/cell-name.ts';
import { intervalsText } from '../../words/intervals.ts';
import { count, counted } from '../../words/numbers.ts';
import { plain, plainLines } from '../../words/plain.ts';
import type { Style } from '../terminal/style.ts';
import { wrap } from '../terminal/table.ts';
import { curveOf, drawingOf } from './curve-of.ts';
import { domainTable } from './domain-table.ts';
import { downstreamText } from './downstream-text.ts';
import { expertTable } from './expert-table.ts';
import { chosenList, kTable } from './k-table.ts';
import { lawText } from './law-text.ts';
import { methodTable } from './method-table.ts';
import { planningText } from './planning-text.ts';
import { precisionText } from './precision-text.ts';
import { referencesText } from './references-text.ts';
import { studyText, withNote } from './study/full-text.ts';
import { shapleyText } from './study/shapley-text.ts';
import { shortStudy } from './study/short-text.ts';
import { taskVectorsText } from './task-vectors-text.ts';

export interface ReportTextOptions {
  readonly style: Style;
  readonly columns: number;
  /** Adds the law of every domain, and the study in full. */
  readonly full: boolean;
  /** The cell to show in detail; null = the one that the headline answers for. */
  readonly cell: number | null;
}

/** The report as a person reads it: the answer first, then what it stands on. */
export function reportText(report: Report, options: ReportTextOptions): string {
  const { style, columns } = options;
  const index = options.cell ?? report.headline.cell ?? (report.cells.length > 0 ? 0 : null);
  const cell = index === null ? undefined : report.cells[index];
  const parts = [title(report, cell, style), answer(report, cell, style, columns)];
  if (cell) parts.push(shortStudy(report, cell, style, columns));
  const curve = cell && curveOf(cell);
  if (cell && curve) {
    parts.push(drawingOf(report, cell, style, columns));
    parts.push(kTable(report, cell, style, columns), referencesText(report, style));
    parts.push(precisionText(report, cell, style, columns));
    parts.push(lawText(curve, style, columns));
    parts.push(expertTable(report, cell, style));
    const shapley = report.study?.shapley?.[report.cells.indexOf(cell)];
    if (shapley) parts.push(withNote(shapleyText(shapley, report.pool, style, columns), report, columns));
    if (options.full) parts.push(chosenList(report, cell, style, columns), domainTable(report, cell, style));
  }
  if (report.cells.length > 1) parts.push(methodTable(report, style, columns));
  const planning = report.study?.planning;
  if (planning && (report.sizes.length > 1 || Object.values(planning.budget).some((limit) => limit !== null)))
    parts.push(planningText(planning, style, columns, options.full));
  parts.push(downstreamText(report, style, columns, options.full));
  if (cell && options.full)
    parts.push(taskVectorsText(report, cell, style, columns), studyText(report, cell, style, columns));
  parts.push(warnings(report, curve?.warnings ?? [], style, columns));
  parts.push(style.dim(wrap(intervalsText(report), columns, '  ')));
  return parts.filter((part) => part !== '').join('\n\n');
}

function title(report: Report, cell: Cell | undefined, style: Style): string {
  const { done, failed, total } = report.progress;
  const state = [
    `${count(done)} of ${report.precision ? 'at most ' : ''}${counted(total, 'model')} scored`,
    failed > 0 ? style.red(`${failed} failed`) : '',
  ];
  const name = [style.bold(plain(report.name)), cell ? cellName(report, cell) : '']
    .filter(Boolean)
    .join(' · ');
  return `${name}   ${style.dim(state.filter(Boolean).join(', '))}`;
}

/** The experiment's answer; said to be another method's where this is the detail of one that it does not rest on. */
function answer(report: Report, cell: Cell | undefined, style: Style, columns: number): string {
  const of = report.headline.cell === null ? undefined : report.cells[report.headline.cell];
  const other =
    of !== undefined && of !== cell
      ? `  ${style.dim(`The experiment's answer, by ${cellName(report, of)}:`)}\n`
      : '';
  return other + sentences(report, style, columns);
}

function sentences(report: Report, style: Style, columns: number): string {
  const [first = '', ...rest] = plainLines(report.headline.sentence).split('\n');
  const lead = wrap(first, columns, '  ')
    .split('\n')
    .map((line) => style.bold(line))
    .join('\n');
  return rest.length === 0 ? lead : `${lead}\n${wrap(rest.join('\n'), columns, '  ')}`;
}

function warnings(
  report: Report,
  ofCurve: readonly { readonly code: string; readonly message: string }[],
  style: Style,
  columns: number,
): string {
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const warning of [...report.warnings, ...ofCurve]) {
    if (seen.has(warning.message)) continue;
    seen.add(warning.message);
    lines.push(wrap(`${plainLines(warning.message)} [${plain(warning.code)}]`, columns, '    '));
  }
  return lines.length === 0 ? '' : `  ${style.yellow('Caveats')}\n${lines.join('\n')}`;
}
