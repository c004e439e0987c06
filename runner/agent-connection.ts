/** One process of the agent, spoken to in JSON-RPC 2.0, a message a line. Its life ends with the process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { type Problem, ProblemError } from '../core/problem.ts';
import { placedProblemSchema } from '../core/store/problem-schema.ts';
import { Lines, Tail } from './lines.ts';
import { NAME_PYTHON, SET_UP_AGENT } from './python-advice.ts';

/** Protocols that this client speaks. */
export const PROTOCOL = 1;
const GREETING = { protocol: PROTOCOL, client: 'merge-lab' };
const BANNER = /^merge-lab-agent (\d+)$/;
/** What noisy shells print before the banner; beyond it, this is no agent. */
const LARGEST_NOISE = 1 << 20;
/** Python and its first imports from a cold disk. */
export const START_MS = 60_000;

export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Ctrl-C in the terminal does not reach it: what that means is for the client to say. It still ends with its input. */
  readonly isApart?: boolean;
  /** Written before anything else, for what starts the agent. */
  readonly prelude?: string;
  /** Knows better than we why a process that is not the agent itself ended or stayed silent; null where it does not. */
  readonly explain?: (end: CommandEnd) => Problem | null;
}

export interface CommandEnd {
  /** The exit code; `silent` where it did not end in time, `missing` where it could not be started. */
  readonly code: number | null | 'silent' | 'missing';
  /** Its last words on standard error. */
  readonly said: string;
  /** Whether the agent had answered before. */
  readonly greeted: boolean;
}

export interface Hello {
  readonly protocol: number;
  readonly agent: string;
  readonly python: string;
}

export type Notify = (method: string, params: unknown) => void;

interface Pending {
  readonly method: string;
  resolve(value: unknown): void;
  reject(error: ProblemError): void;
}

export class AgentConnection {
  readonly #child: ChildProcess;
  readonly #command: Command;
  readonly #notify: Notify;
  readonly #stderr = new Tail();
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;
  #noise = 0;
  #greeted: ((error: ProblemError | null) => void) | null = null;
  #hello: Hello | null = null;
  #ended: ProblemError | null = null;
  readonly #closed: Promise<void>;

  private constructor(command: Command, notify: Notify) {
    this.#command = command;
    this.#notify = notify;
    this.#child = spawn(command.program, command.args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
      detached: command.isApart === true && process.platform !== 'win32',
      ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
      env: { ...(command.env ?? process.env), PYTHONUNBUFFERED: '1', PYTHONUTF8: '1' },
    });
    const lines = new Lines(
      (line) => this.#line(line),
      () => this.#garbled(),
    );
    this.#child.stdout?.on('data', (chunk: Buffer) => lines.feed(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#stderr.feed(chunk));
    // A write to a process that has gone is told by its end.
    this.#child.stdin?.on('error', () => {});
    if (command.prelude !== undefined) this.#child.stdin?.write(command.prelude);
    this.#closed = new Promise((resolve) => {
      this.#child.on('error', (error) => {
        this.#end(this.#cannotStart(error));
        resolve();
      });
      this.#child.on('close', (code, signal) => {
        this.#end(this.#died(code, signal));
        resolve();
      });
    });
  }

  /** Starts a process, waits for its banner, and agrees on a protocol. Throws a ProblemError. */
  static async open(
    command: Command,
    notify: Notify,
    startMs = START_MS,
    signal?: AbortSignal,
  ): Promise<AgentConnection> {
    const connection = new AgentConnection(command, notify);
    const close = (): void => void connection.close();
    signal?.addEventListener('abort', close, { once: true });
    try {
      await connection.#greeting(startMs);
      const hello = await connection.greet(startMs);
      connection.#hello = checkHello(hello, command);
      return connection;
    } catch (error) {
      await connection.close();
      throw error;
    } finally {
      signal?.removeEventListener('abort', close);
    }
  }

  get hello(): Hello | null {
    return this.#hello;
  }

  /** Once the process is gone. */
  get closed(): Promise<void> {
    return this.#closed;
  }

  get alive(): boolean {
    return this.#ended === null;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Answered at once by an agent that lives, whatever else it is doing. */
  greet(timeoutMs: number, signal?: AbortSignal): Promise<unknown> {
    return this.request('hello', GREETING, timeoutMs, signal);
  }

  /** Rejects with the agent's own problem, `agent_silent` past the limit, or `agent_died`. */
  request(method: string, params: unknown, timeoutMs: number, signal?: AbortSignal): Promise<unknown> {
    if (this.#ended) return Promise.reject(this.#ended);
    if (signal?.aborted) return Promise.reject(cancelled(method));
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#pending.delete(id);
      };
      const pending: Pending = {
        method,
        resolve: (value) => {
          settle();
          resolve(value);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        pending.reject(this.#silent(method, timeoutMs));
        // Whoever does not answer once is not asked again.
        void this.close();
      }, timeoutMs);
      const abort = (): void => pending.reject(cancelled(method));
      signal?.addEventListener('abort', abort, { once: true });
      this.#pending.set(id, pending);
      this.#child.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id, method, params })}\n`);
    });
  }

  /** Ends with standard input, as agreed; one that does not is killed. */
  async close(): Promise<void> {
    this.#end(
      new ProblemError({ code: 'agent_closed', message: 'The agent was closed.', fix: 'Open it again.' }),
    );
    this.#child.stdin?.end();
    // One that is still on its way does not read.
    if (this.#hello === null) this.#child.kill();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2_000);
    await this.#closed;
    clearTimeout(timer);
  }

  #greeting(timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#greeted?.(this.#silent('its first line', timeoutMs)), timeoutMs);
      this.#greeted = (error) => {
        clearTimeout(timer);
        this.#greeted = null;
        if (error) reject(error);
        else resolve();
      };
    });
  }

  #garbled(): void {
    this.#end(
      new ProblemError({
        code: 'agent_error',
        message: `${this.#command.program} sends a line without an end: that is no agent's answer.`,
        fix: `See what this says: ${byHand(this.#command)}`,
      }),
    );
    this.#child.kill('SIGKILL');
  }

  #line(line: string): void {
    if (this.#greeted) this.#beforeBanner(line, this.#greeted);
    else if (this.#ended === null) this.#message(line);
  }

  #beforeBanner(line: string, greeted: (error: ProblemError | null) => void): void {
    const spoken = line.trim().match(BANNER)?.[1];
    if (spoken !== undefined) {
      greeted(Number(spoken) === PROTOCOL ? null : otherProtocol(Number(spoken), this.#command));
      return;
    }
    this.#noise += line.length + 1;
    if (this.#noise > LARGEST_NOISE) {
      greeted(
        new ProblemError({
          code: 'agent_noise',
          message: `${this.#command.program} prints, but is no agent of Model Merge Lab.`,
          fix: `See what this says: ${byHand(this.#command)}`,
        }),
      );
    }
  }

  #message(line: string): void {
    const message = parse(line);
    if (message === null) return;
    if (typeof message.id === 'number') {
      const pending = this.#pending.get(message.id);
      if (!pending) return;
      if (message.error === undefined) pending.resolve(message.result);
      else pending.reject(problemOf(message.error, pending.method));
    } else if (typeof message.method === 'string') {
      this.#notify(message.method, message.params);
    }
  }

  #end(error: ProblemError): void {
    this.#ended ??= error;
    this.#greeted?.(error);
    for (const pending of [...this.#pending.values()]) pending.reject(error);
  }

  #silent(what: string, timeoutMs: number): ProblemError {
    const known = this.#explained('silent');
    if (known) return known;
    return new ProblemError({
      code: 'agent_silent',
      message: `The agent did not answer ${what} within ${Math.round(timeoutMs / 1000)} s.${this.#said()}`,
      fix: `Try again; if it stays silent, see what this says: ${byHand(this.#command)}`,
    });
  }

  #explained(code: CommandEnd['code']): ProblemError | null {
    const end = { code, said: this.#stderr.lines(20), greeted: this.#hello !== null };
    const problem = this.#command.explain?.(end);
    return problem ? new ProblemError(problem) : null;
  }

  #died(code: number | null, signal: NodeJS.Signals | null): ProblemError {
    const known = this.#explained(code);
    if (known) return known;
    if (/No module named '?merge_lab_agent/.test(this.#stderr.lines(20))) {
      return new ProblemError({
        code: 'agent_missing',
        message: `The Python at ${this.#command.program} does not have the agent.`,
        fix: `${SET_UP_AGENT}, or name another Python ${NAME_PYTHON}.`,
      });
    }
    return new ProblemError({
      code: 'agent_died',
      message: `The agent ended (${signal ?? `exit code ${code ?? 'unknown'}`}) before it answered.${this.#said()}`,
      fix: `Results on disk are safe. Try again; if it comes back, see what this says: ${byHand(this.#command)}`,
    });
  }

  #cannotStart(cause: Error): ProblemError {
    const known = this.#explained('missing');
    if (known) return known;
    return new ProblemError(
      {
        code: 'python_missing',
        message: `${this.#command.program} cannot be started: ${cause.message}`,
        fix: `${SET_UP_AGENT}, or name its Python ${NAME_PYTHON}.`,
      },
      { cause },
    );
  }

  #said(): string {
    const lines = this.#stderr.lines(3);
    return lines ? ` It said: ${lines}` : '';
  }
}

function parse(
  line: string,
): { id?: unknown; method?: unknown; params?: unknown; result?: unknown; error?: unknown } | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    // A library that prints must not end the conversation.
    return null;
  }
}

/** The agent says what is wrong in `error.data`; anything else is a fault of the conversation itself. */
function problemOf(error: unknown, method: string): ProblemError {
  const { data, message } = (error ?? {}) as { data?: unknown; message?: unknown };
  const problem = placedProblemSchema.safeParse(data).data;
  if (problem) return new ProblemError(problem);
  return new ProblemError({
    code: 'agent_error',
    message: `The agent could not answer ${method}: ${typeof message === 'string' ? message : 'no reason given'}`,
    fix: `Agent and client may be of different versions. ${SET_UP_AGENT} to set up this one.`,
  });
}

function checkHello(value: unknown, command: Command): Hello {
  const { protocol, agent, python } = (value ?? {}) as Partial<Record<keyof Hello, unknown>>;
  if (typeof protocol === 'number' && protocol !== PROTOCOL) throw otherProtocol(protocol, command);
  if (typeof protocol !== 'number' || typeof agent !== 'string' || typeof python !== 'string') {
    throw new ProblemError({
      code: 'agent_error',
      message: 'The agent does not say which protocol it speaks.',
      fix: `${SET_UP_AGENT}, to set it up again.`,
    });
  }
  return { protocol, agent, python };
}

function otherProtocol(spoken: number, command: Command): ProblemError {
  const older = spoken < PROTOCOL;
  return new ProblemError({
    code: older ? 'agent_too_old' : 'agent_too_new',
    message: `The agent at ${command.program} speaks protocol ${spoken}; this version of Model Merge Lab speaks ${PROTOCOL}.`,
    fix: older
      ? `${SET_UP_AGENT}, to update the agent.`
      : 'Update Model Merge Lab to the version of the agent.',
  });
}

export function cancelled(method: string): ProblemError {
  return new ProblemError({ code: 'cancelled', message: `${method} was cancelled.`, fix: 'Start it again.' });
}

/** For people to type; the program itself never passes a line to a shell. */
function byHand(command: Command): string {
  return [command.program, ...command.args].map((part) => (/\s/.test(part) ? `"${part}"` : part)).join(' ');
}
