/** One connection to a host for everything: its agent, started when first asked, and again after a cut. */
import type { Host } from '../../core/hosts/host.ts';
import { type Problem, ProblemError } from '../../core/problem.ts';
import { Agent, agentClosed, type RequestOptions } from '../agent.ts';
import type { Command, CommandEnd } from '../agent-connection.ts';
import type { HostPlace } from './known-hosts.ts';
import { pause } from './pause.ts';
import { fullThere } from './problem-of-host.ts';
import { NO_AGENT, SERVE } from './scripts.ts';
import { scriptInput, sshArguments } from './ssh-command.ts';
import { isPassing, sshProblem } from './ssh-failure.ts';

/** Between tries, once a host was reached. */
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000];
/** For a connection to come back after a cut, however long each try takes; then the cut is told. */
const PATIENCE_MS = 30_000;

/** What an agent of another version, or a damaged one, is told by: it is put there once more, as it should be. */
const PLACED_AGAIN: ReadonlySet<string> = new Set([
  'host_agent_missing',
  'agent_too_old',
  'agent_too_new',
  'protocol_mismatch',
]);

export interface LinkOptions extends RequestOptions {
  /** Goes on where the session is cancelled: what must not stay behind is asked so. */
  readonly regardless?: boolean;
}

export class HostLink {
  readonly host: Host;
  readonly #find: (isGone: boolean) => Promise<HostPlace>;
  readonly #signal: AbortSignal | undefined;
  readonly #patienceMs: number;
  readonly #over = new AbortController();
  #place: Promise<HostPlace> | null = null;
  #agent: Agent | null = null;
  #reached = false;
  #isGone = false;

  /** `find` says where the agent lies, and puts it there where it does not yet, or where it has gone from. */
  constructor(
    host: Host,
    find: (isGone: boolean) => Promise<HostPlace>,
    signal?: AbortSignal,
    patienceMs = PATIENCE_MS,
  ) {
    this.host = host;
    this.#find = find;
    this.#signal = signal;
    this.#patienceMs = patienceMs;
  }

  /** Where things are on the host. */
  async place(): Promise<HostPlace> {
    this.#place ??= this.#find(this.#isGone);
    try {
      return await this.#place;
    } catch (error) {
      this.#place = null;
      throw error;
    }
  }

  /** Throws `agent_closed` once this is disposed of: a try after that would leave a process behind. */
  async agent(): Promise<Agent> {
    if (this.#agent) return this.#agent;
    const place = await this.place();
    if (this.#over.signal.aborted) throw agentClosed();
    this.#agent ??= new Agent(serveCommand(this.host, place), { mostDeaths: Number.POSITIVE_INFINITY });
    return this.#agent;
  }

  /** A call that may be asked twice, as all of the agent's may: a cut on the way is mended, not told. */
  async request(method: string, params: object, options: LinkOptions = {}): Promise<unknown> {
    const session = options.regardless ? undefined : this.#signal;
    const signals = [session, this.#over.signal, options.signal];
    const signal = AbortSignal.any(signals.filter((each) => each !== undefined));
    let cut: Cut | null = null;
    for (let tries = 0; ; tries += 1) {
      let isBack = false;
      try {
        const agent = await this.agent();
        if (cut) await backInTime(agent, cut, signal);
        isBack = true;
        const answer = await agent.request(method, params, { ...options, signal }).catch((error) => {
          throw fullThere(error, this.host);
        });
        this.#reached = true;
        return answer;
      } catch (error) {
        if (signal.aborted || !(error instanceof ProblemError)) throw error;
        if (tries === 0 && this.#isDamaged(error.problem)) {
          await this.#forget();
          continue;
        }
        if (!this.#reached || !isPassing(error.problem)) throw error;
        // One that hears and does not answer was not cut off.
        if (cut === null || (isBack && error.problem.code !== 'agent_silent'))
          cut = { error, until: performance.now() + this.#patienceMs };
        const pauseMs = PAUSES_MS[tries];
        if (pauseMs === undefined || performance.now() + pauseMs >= cut.until) throw error;
        await pause(pauseMs, signal);
      }
    }
  }

  async dispose(): Promise<void> {
    this.#over.abort();
    await this.#close();
  }

  #isDamaged({ code }: Problem): boolean {
    return PLACED_AGAIN.has(code) || (code === 'agent_died' && !this.#reached);
  }

  async #forget(): Promise<void> {
    this.#place = null;
    this.#isGone = true;
    await this.#close();
  }

  async #close(): Promise<void> {
    await this.#agent?.dispose();
    this.#agent = null;
  }
}

interface Cut {
  readonly error: ProblemError;
  /** By `performance.now()`. */
  readonly until: number;
}

/** Throws what cut it off where it is not back by then. */
async function backInTime(agent: Agent, { error, until }: Cut, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(Math.max(0, Math.ceil(until - performance.now())));
  try {
    await agent.hello(AbortSignal.any([late, signal]));
  } catch (reason) {
    throw late.aborted ? error : reason;
  }
}

function serveCommand(host: Host, { python, source }: HostPlace): Command {
  return {
    program: 'ssh',
    args: sshArguments(host),
    isApart: true,
    prelude: scriptInput(SERVE, [python, source]),
    explain: (end) => sshProblem(host, end) ?? agentProblem(host, end),
  };
}

function agentProblem({ name }: Host, { code }: CommandEnd): Problem | null {
  if (code !== NO_AGENT) return null;
  return {
    code: 'host_agent_missing',
    message: `The agent is no longer where it was put on ${name}.`,
    fix: 'Try again: it is put there once more.',
  };
}
