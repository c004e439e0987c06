import { readFileSync } from 'node:fs';
import { placeOfProblem, placesOf } from '../core/experiment/model-places.ts';
import { parseExperiment } from '../core/experiment/parse.ts';
import { ProblemError } from '../core/problem.ts';
import { DiagnosticsError, FoundProblemsError } from '../runner/session-errors.ts';
import type { Context, ExitCode } from './command.ts';
import { Declined } from './declined.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { problemText } from './problem-text.ts';
import { printJson } from './terminal/io.ts';
import type { Style } from './terminal/style.ts';

/** Says a failure once, as a person or a program wants it. 2 where the input cannot be used, 1 otherwise. */
export function failed(context: Context, error: unknown, json: boolean): ExitCode {
  const { io } = context;
  if (error instanceof DiagnosticsError) {
    if (json)
      printJson(io, {
        error: {
          code: 'experiment_invalid',
          message: error.message,
          file: error.file,
          diagnostics: error.diagnostics,
        },
      });
    for (const diagnostic of error.diagnostics) {
      io.err.write(`${diagnosticText(diagnostic, error.file, error.text, io.errStyle)}\n`);
    }
    return 2;
  }
  if (error instanceof FoundProblemsError) {
    if (json) printJson(io, { error: error.problem, problems: error.prepared.problems });
    for (const text of foundTexts(error, io.errStyle)) io.err.write(`${text}\n`);
    return 1;
  }
  if (error instanceof Declined) {
    const { message, exitCode } = error;
    const fix = 'Run the command again, and answer y.';
    if (json) printJson(io, { error: { code: 'declined', message, fix } });
    io.err.write(`${exitCode === 130 ? '\n' : ''}${message}\n`);
    return exitCode;
  }
  const problem =
    error instanceof ProblemError
      ? error.problem
      : {
          code: 'unexpected',
          message: `Something unexpected went wrong: ${messageOf(error)}`,
          fix: 'Results on disk are safe. Run the command again; if it comes back, report it with MERGE_LAB_DEBUG=1 set.',
        };
  if (json) printJson(io, { error: problem, problems: [problem] });
  io.err.write(`${problemText(problem, io.errStyle)}\n`);
  if (io.env['MERGE_LAB_DEBUG'] && error instanceof Error) io.err.write(`${error.stack ?? ''}\n`);
  return error instanceof ProblemError && INPUT_CODES.has(problem.code) ? 2 : 1;
}

/** Each at the line of the experiment that names the model or the data concerned. */
function foundTexts({ experiment, prepared }: FoundProblemsError, style: Style): string[] {
  const text = readNamed(experiment);
  const places = placesOf(parseExperiment(text).positions);
  return prepared.problems.map((problem) => {
    const range = placeOfProblem(places, problem);
    if (!range) return problemText(problem, style);
    return diagnosticText({ ...problem, severity: 'error', range, path: [] }, experiment, text, style);
  });
}

/** Codes that mean "what you gave cannot be used", as opposed to "the work failed". */
const INPUT_CODES: ReadonlySet<string> = new Set([
  'file_missing',
  'file_unreadable',
  'points_invalid',
  'no_such_cell',
  'archive_invalid',
  'archive_exists',
  'option_invalid',
  'target_unknown',
  'host_invalid',
  'hosts_invalid',
]);

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Reads a file named on the command line. */
export function readNamed(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new ProblemError(
      {
        code: missing ? 'file_missing' : 'file_unreadable',
        message: missing
          ? `There is no file ${file}.`
          : `The file ${file} cannot be read: ${messageOf(cause)}`,
        fix: missing ? 'Check the path.' : 'Check that it is a file and that you may read it.',
        file,
      },
      { cause },
    );
  }
}
