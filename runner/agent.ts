/** The agent as a service: started when first asked, started again when it died, but not for ever. */
import { ProblemError } from '../core/problem.ts';
import {
  AgentConnection,
  type Command,
  cancelled,
  type Hello,
  type Notify,
  START_MS,
} from './agent-connection.ts';
import { orAborted } from './or-aborted.ts';
import { pythonStart } from './setup/python-start.mjs';

const MOST_DEATHS = 3;

export interface AgentOptions {
  readonly startMs?: number;
  /** Deaths in a row after which it is not started again. */
  readonly mostDeaths?: number;
}

export interface RequestOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Time limits by call: long enough for a slow disk, short enough that nobody waits for a dead agent. */
const LIMITS_MS: Readonly<Record<string, number>> = {
  environment: 120_000,
  prepare: 1_800_000,
  geometry: 600_000,
  launch: 120_000,
  // The last piece of a large file waits for its checksum, a model on another disk than the store for its copy.
  put: 600_000,
  place: 1_800_000,
};
const LIMIT_MS = 30_000;

export class Agent {
  readonly #command: Command;
  readonly #startMs: number;
  readonly #mostDeaths: number;
  readonly #listeners = new Set<Notify>();
  #connection: Promise<AgentConnection> | null = null;
  #deaths = 0;
  readonly #closing = new AbortController();

  constructor(command: Command, options: AgentOptions = {}) {
    this.#command = command;
    this.#startMs = options.startMs ?? START_MS;
    this.#mostDeaths = options.mostDeaths ?? MOST_DEATHS;
  }

  /** The agent of a Python that has it. */
  static of(python: string, options: AgentOptions = {}): Agent {
    return new Agent({ ...pythonStart(python), args: ['-m', 'merge_lab_agent', 'serve'] }, options);
  }

  /** What it said of itself; starts it. */
  async hello(signal?: AbortSignal): Promise<Hello> {
    const { hello } = await this.#connected('hello', signal);
    if (hello) return hello;
    throw new ProblemError({ code: 'agent_error', message: 'The agent said no hello.', fix: 'Try again.' });
  }

  /** A call and its answer. Every call has a time limit; an agent that passes one is ended. */
  async request(method: string, params: unknown, options: RequestOptions = {}): Promise<unknown> {
    const connection = await this.#connected(method, options.signal);
    try {
      const limit = options.timeoutMs ?? LIMITS_MS[method] ?? LIMIT_MS;
      const answer = await connection.request(method, params, limit, options.signal);
      this.#deaths = 0;
      return answer;
    } catch (error) {
      if (!connection.alive) this.#died(connection);
      throw error;
    }
  }

  /** Ends the connection where it does not answer; never begins one. */
  async probe(): Promise<void> {
    const connection = await this.#connection?.catch(() => null);
    await connection?.greet(LIMIT_MS).catch(() => {});
  }

  /** Resolves when the process that answers now is gone; at once where there is none. */
  async gone(): Promise<void> {
    const connection = await this.#connection?.catch(() => null);
    await connection?.closed;
  }

  onNotification(listener: Notify): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => this.#listeners.delete(listener) };
  }

  async dispose(): Promise<void> {
    this.#closing.abort();
    const connection = await this.#connection?.catch(() => null);
    await connection?.close();
  }

  /** Whoever does not wait any longer is let go; the agent goes on starting. */
  async #connected(method: string, signal?: AbortSignal): Promise<AgentConnection> {
    if (signal?.aborted) throw cancelled(method);
    return orAborted(this.#connect(), signal, () => cancelled(method));
  }

  async #connect(): Promise<AgentConnection> {
    if (this.#closing.signal.aborted) throw agentClosed();
    const known = await this.#connection?.catch(() => null);
    if (known?.alive) return known;
    if (known) this.#died(known);
    if (this.#deaths >= this.#mostDeaths) throw this.#givenUp();
    this.#connection ??= this.#open();
    return this.#connection;
  }

  async #open(): Promise<AgentConnection> {
    try {
      return await AgentConnection.open(
        this.#command,
        (method, params) => {
          for (const listener of this.#listeners) listener(method, params);
        },
        this.#startMs,
        this.#closing.signal,
      );
    } catch (error) {
      this.#deaths += 1;
      this.#connection = null;
      throw error;
    }
  }

  /** Counted once for each process. */
  #died(connection: AgentConnection): void {
    if (this.#counted === connection) return;
    this.#counted = connection;
    this.#deaths += 1;
    this.#connection = null;
  }
  #counted: AgentConnection | null = null;

  #givenUp(): ProblemError {
    const { program, args } = this.#command;
    return new ProblemError({
      code: 'agent_keeps_dying',
      message: `The agent ended ${this.#deaths} times in a row; it is not started again.`,
      fix: `See what this says, then open the experiment again: ${[program, ...args].join(' ')}`,
    });
  }
}

export function agentClosed(): ProblemError {
  return new ProblemError({ code: 'agent_closed', message: 'The agent was closed.', fix: 'Open it again.' });
}
