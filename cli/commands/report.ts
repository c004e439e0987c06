import { ProblemError } from '../../core/problem.ts';
import type { Report } from '../../core/report/report.ts';
import { reportDocument } from '../../core/report/report-document.ts';
import { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import { cellName } from '../../words/cell-name.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { orElsewhere, sayElsewhere } from '../elsewhere.ts';
import { reportText } from '../report/report-text.ts';
import { print, printJson } from '../terminal/io.ts';
import { withSession } from '../with-session.ts';
import { pageWritten } from './as-page.ts';
import { reportEnsemble } from './ensemble.ts';

export interface ReportOptions extends CommonOptions {
  readonly full: boolean;
  readonly method?: string;
  readonly size?: string;
  /** Adds Shapley values. */
  readonly shapley: boolean;
  /** As a page: into this file, or beside the experiment where no file is named. */
  readonly html?: string | true;
}

/** `report FILE`: the report from what is there; runs nothing. */
export async function report(context: Context, file: string, options: ReportOptions): Promise<ExitCode> {
  const { io } = context;
  if (EnsembleSession.isOf(file)) return reportEnsemble(context, file, options);
  return withSession(context, file, options, async (session) => {
    const made = await orElsewhere(io, session, options.on, () =>
      session.report('complete', options.shapley),
    );
    if (options.html !== undefined) await pageWritten(context, made, session.file, options);
    else if (options.json) printJson(io, reportDocument(made));
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
    await sayElsewhere(io, session, options.on, made.progress.done);
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
