/** What keeps an experiment from being worked with. */
import path from 'node:path';
import type { Diagnostic } from '../core/experiment/parse.ts';
import type { Warning } from '../core/law/curve.ts';
import { type Problem, ProblemError } from '../core/problem.ts';
import type { PreparedEnsemble } from '../core/store/ensemble/format.ts';
import type { Prepared } from '../core/store/format.ts';

/** The experiment's text cannot be used; every reason with its place in the text. */
export class DiagnosticsError extends Error {
  /** Absolute. */
  readonly file: string;
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];

  constructor(file: string, text: string, diagnostics: readonly Diagnostic[]) {
    const errors = diagnostics.filter(({ severity }) => severity === 'error').length;
    super(`${path.basename(file)} cannot be used: ${errors} ${errors === 1 ? 'error' : 'errors'}.`);
    this.name = 'DiagnosticsError';
    this.file = file;
    this.text = text;
    this.diagnostics = diagnostics;
  }
}

/** Models and data cannot be used: all that `prepare` found, the first as `problem`. */
export class FoundProblemsError extends ProblemError {
  /** Of the experiment, absolute. */
  readonly experiment: string;
  readonly prepared: Prepared | PreparedEnsemble;

  constructor(experiment: string, first: Problem, prepared: Prepared | PreparedEnsemble) {
    super(first);
    this.name = 'FoundProblemsError';
    this.experiment = experiment;
    this.prepared = prepared;
  }
}

export function nothingRuns(): ProblemError {
  return new ProblemError({
    code: 'nothing_runs',
    message: 'No run of this experiment is going on.',
    fix: 'Start one with: merge-lab run FILE.',
  });
}

export function damageOf(lines: number): readonly Problem[] {
  if (lines === 0) return [];
  return [
    {
      code: 'results_damaged',
      message: `${lines} damaged ${lines === 1 ? 'line' : 'lines'} of the results ${lines === 1 ? 'is' : 'are'} ignored.`,
      fix: 'Nothing is needed: what they held is computed again.',
    },
  ];
}

/** A caveat of a report: why it is of an older plan. */
export function modelsNotAtHand(why: string): Warning {
  return {
    code: 'models_not_at_hand',
    message: `The experiment cannot be prepared here: ${why} This is the report of the newest plan in the store that fits it.`,
  };
}

export function cannotRead(file: string, cause: NodeJS.ErrnoException): ProblemError {
  const missing = cause.code === 'ENOENT';
  if (cause.code === 'EISDIR')
    return new ProblemError(
      {
        code: 'file_unreadable',
        message: `${file} is a folder.`,
        fix: 'Name an experiment file in it, e.g. one that ends in .mergelab.yaml.',
        file,
      },
      { cause },
    );
  return new ProblemError(
    {
      code: missing ? 'file_missing' : 'file_unreadable',
      message: missing ? `There is no file ${file}.` : `The file ${file} cannot be read: ${cause.message}`,
      fix: missing ? 'Check the path.' : 'Check that it is a file and that you may read it.',
      file,
    },
    { cause },
  );
}

/** For what merging alone has: a plan of merges, a merged model. */
export function ofAnEnsemble(file: string): ProblemError {
  return new ProblemError({
    code: 'ensemble_not_merged',
    message: 'This file is of an ensemble: its models are scored as they are, and none is merged.',
    fix: 'Score them and see the report with: merge-lab run FILE.',
    file,
  });
}
