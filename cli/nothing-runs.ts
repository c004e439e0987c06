import { ProblemError, problemOf } from '../core/problem.ts';
import { invocation } from './invocation.ts';

/** As on the command line, and what its plan lacks. */
interface Named {
  readonly file: string;
  readonly on?: string | undefined;
  readonly missing: number;
}

/** That nothing goes on, with the command for what is next: the report, or a run of what is missing. */
export function nothingRuns(env: NodeJS.ProcessEnv, { file, on, missing }: Named): ProblemError {
  const none = 'No run of this experiment is going on';
  return new ProblemError(
    missing === 0
      ? {
          code: 'nothing_runs',
          message: `${none}: it is finished.`,
          fix: `See what it gave: ${invocation(env, 'report', file, on)}`,
        }
      : {
          code: 'nothing_runs',
          message: `${none}.`,
          fix: `Start one with: ${invocation(env, 'run', file, on)}`,
        },
  );
}

/** What needs a run that goes on. */
export async function ofARun<T>(env: NodeJS.ProcessEnv, named: Named, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw problemOf(error).code === 'nothing_runs' ? nothingRuns(env, named) : error;
  }
}
