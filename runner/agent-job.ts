/** One job of the agent as a process of its own: a JSON document in, one JSON line out. */
import { spawn } from 'node:child_process';
import { ProblemError } from '../core/problem.ts';
import { placedProblemSchema } from '../core/store/problem-schema.ts';
import type { Command } from './agent-connection.ts';
import { Lines, Tail } from './lines.ts';
import { NAME_PYTHON, SET_UP_AGENT } from './python-advice.ts';

export interface JobOptions {
  readonly signal?: AbortSignal;
  /** Gets what the job tells on its way: lines `{"progress": ...}` before the answer. */
  readonly onProgress?: (progress: unknown) => void;
}

/** The job's answer. Throws its Problem, `agent_died`, or `cancelled` when the signal ends it. */
export function runJob(
  command: Command,
  document: unknown,
  { signal, onProgress }: JobOptions = {},
): Promise<Record<string, unknown>> {
  return new Promise((resolve, reject) => {
    const child = spawn(command.program, command.args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      env: { ...(command.env ?? process.env), PYTHONUNBUFFERED: '1', PYTHONUTF8: '1' },
    });
    let answer: Record<string, unknown> | null = null;
    const lines = new Lines((line) => {
      const said = object(line);
      if (said && 'progress' in said) onProgress?.(said['progress']);
      else answer = said ?? answer;
    });
    const said = new Tail();
    child.stdout.on('data', (chunk: Buffer) => lines.feed(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.feed(chunk));
    child.stdin.on('error', () => {});
    const abort = (): void => void child.kill('SIGTERM');
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    child.on('error', (error) => reject(cannotStart(command, error)));
    child.on('close', (code) => {
      signal?.removeEventListener('abort', abort);
      const problem = placedProblemSchema.safeParse(answer?.['error']).data;
      if (signal?.aborted && (problem || !answer)) reject(cancelled());
      else if (problem) reject(new ProblemError(problem));
      else if (answer) resolve(answer);
      else reject(noAnswer(command, code, said.lines(3)));
    });
    child.stdin.end(`${JSON.stringify(document)}\n`);
  });
}

function object(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

function cancelled(): ProblemError {
  return new ProblemError({
    code: 'cancelled',
    message: 'It was stopped before its end.',
    fix: 'Start it again when you like.',
  });
}

function cannotStart(command: Command, cause: Error): ProblemError {
  return new ProblemError(
    {
      code: 'python_missing',
      message: `${command.program} cannot be started: ${cause.message}`,
      fix: `${SET_UP_AGENT}, or name its Python ${NAME_PYTHON}.`,
    },
    { cause },
  );
}

function noAnswer(command: Command, code: number | null, said: string): ProblemError {
  return new ProblemError({
    code: 'agent_died',
    message: `The agent ended (exit code ${code ?? 'none'}) without an answer.${said ? ` It said: ${said}` : ''}`,
    fix: `Try again; if it comes back, look at memory and at the agent's Python, ${command.program}.`,
  });
}
