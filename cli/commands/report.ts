import { ProblemError } from '../../core/problem.ts';
import type { Report } from '../../core/report/report.ts';
import { reportDocument } from '../../core/report/report-document.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { cellName, reportText } from '../report/report-text.ts';
import { print, printJson } from '../terminal/io.ts';
import { withSession } from '../with-session.ts';

export interface ReportOptions extends CommonOptions {
  readonly full: boolean;
  readonly method?: string;
  readonly size?: string;
}

/** `report FILE`: the report from what is there; runs nothing. */
export async function report(context: Context, file: string, options: ReportOptions): Promise<ExitCode> {
  const { io } = context;
  return withSession(context, file, {}, async (session) => {
    const made = await session.report('complete');
    if (options.json) printJson(io, reportDocument(made));
    else
      print(
        io,
        reportText(made, {
          style: io.style,
          columns: io.columns,
          full: options.full,
          cell: chosenCell(made, options),
        }),
      );
    return 0;
  });
}

function chosenCell(report: Report, options: ReportOptions): number | null {
  if (options.method === undefined && options.size === undefined) return null;
  const index = report.cells.findIndex(
    (cell) =>
      (options.size === undefined || cell.size === options.size) &&
      (options.method === undefined || cell.label === options.method || cell.spec.method === options.method),
  );
  if (index >= 0) return index;
  throw new ProblemError({
    code: 'no_such_cell',
    message: `The experiment has no ${[options.size, options.method].filter((part) => part !== undefined).join(' · ')}.`,
    fix: `It has: ${report.cells.map((cell) => cellName(report, cell)).join(', ')}.`,
  });
}
