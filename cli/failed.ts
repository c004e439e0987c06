import { readFileSync } from 'node:fs';
import { ProblemError } from '../core/problem.ts';
import { DiagnosticsError, FoundProblemsError } from '../runner/session-errors.ts';
import type { Context, ExitCode } from './command.ts';
import { diagnosticText } from './diagnostic-text.ts';
import { problemText } from './problem-text.ts';
import { printJson } from './terminal/io.ts';

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
  const problem =
    error instanceof ProblemError
      ? error.problem
      : {
          code: 'unexpected',
          message: `Something unexpected went wrong: ${messageOf(error)}`,
          fix: 'Results on disk are safe. Run the command again; if it comes back, report it with MERGE_LAB_DEBUG=1 set.',
        };
  const problems = error instanceof FoundProblemsError ? error.problems : [problem];
  if (json) printJson(io, { error: problem, problems });
  for (const each of problems) io.err.write(`${problemText(each, io.errStyle)}\n`);
  if (io.env['MERGE_LAB_DEBUG'] && error instanceof Error) io.err.write(`${error.stack ?? ''}\n`);
  return error instanceof ProblemError && INPUT_CODES.has(problem.code) ? 2 : 1;
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
