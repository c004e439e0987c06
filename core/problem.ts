/**
 * What a person is told when something is wrong: a stable `code` that programs act on, a `message` that says
 * what and where, a `fix` that says what to do. The same shape crosses the agent's protocol.
 */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  /** The file concerned, absolute or relative to the experiment, if there is one. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
}

/** A `Problem` in flight. Thrown where the knowledge is, shown once at the edge. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(problem.message, options);
    this.name = 'ProblemError';
    this.problem = problem;
  }
}

/** What to tell of whatever was thrown. */
export function problemOf(error: unknown): Problem {
  // Another bundle has a class of its own.
  if (error instanceof Error && 'problem' in error) return error.problem as Problem;
  return {
    code: 'unexpected',
    message: `Something unexpected went wrong: ${error instanceof Error ? error.message : String(error)}`,
    fix: 'See the log; results on disk are safe.',
  };
}
