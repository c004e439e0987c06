/** One connection to a host for everything: its agent, started when first asked, and again after a cut. */
import type { Host } from '../../core/hosts/host.ts';
import { type Problem, ProblemError } from '../../core/problem.ts';
import { Agent, type RequestOptions } from '../agent.ts';
import type { Command, CommandEnd } from '../agent-connection.ts';
import type { HostPlace } from './known-hosts.ts';
import { pause } from './pause.ts';
import { NO_AGENT, SERVE } from './scripts.ts';
import { scriptInput, sshArguments } from './ssh-command.ts';
import { isPassing, sshProblem } from './ssh-failure.ts';

/** Between tries, once a host was reached: half a minute in all, then the failure is told. */
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000, 8_000, 15_000];

/** What an agent of another version, or a damaged one, is told by: it is put there once more, as it should be. */
const PLACED_AGAIN: ReadonlySet<string> = new Set([
  'host_agent_missing',
  'agent_too_old',
  'agent_too_new',
  'protocol_mismatch',
]);

export class HostLink {
  readonly host: Host;
  readonly #find: (isGone: boolean) => Promise<HostPlace>;
  readonly #signal: AbortSignal | undefined;
  #place: Promise<HostPlace> | null = null;
  #agent: Agent | null = null;
  #reached = false;
  #isGone = false;

  /** `find` says where the agent lies, and puts it there where it does not yet, or where it has gone from. */
  constructor(host: Host, find: (isGone: boolean) => Promise<HostPlace>, signal?: AbortSignal) {
    this.host = host;
    this.#find = find;
    this.#signal = signal;
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

  async agent(): Promise<Agent> {
    if (this.#agent) return this.#agent;
    const place = await this.place();
    this.#agent ??= new Agent(serveCommand(this.host, place), { mostDeaths: Number.POSITIVE_INFINITY });
    return this.#agent;
  }

  /** A call that may be asked twice, as all of the agent's may: a cut on the way is mended, not told. */
  async request(method: string, params: object, options: RequestOptions = {}): Promise<unknown> {
    const signal = AbortSignal.any([this.#signal, options.signal].filter((each) => each !== undefined));
    for (let tries = 0; ; tries += 1) {
      try {
        const answer = await (await this.agent()).request(method, params, { ...options, signal });
        this.#reached = true;
        return answer;
      } catch (error) {
        const again = await this.#mayTryAgain(error, tries);
        if (!again) throw error;
        await pause(PAUSES_MS[tries] ?? 0, signal);
      }
    }
  }

  async dispose(): Promise<void> {
    await this.#agent?.dispose();
    this.#agent = null;
  }

  async #mayTryAgain(error: unknown, tries: number): Promise<boolean> {
    if (!(error instanceof ProblemError) || this.#signal?.aborted) return false;
    const { code } = error.problem;
    const isDamaged = PLACED_AGAIN.has(code) || (code === 'agent_died' && !this.#reached);
    if (isDamaged && tries === 0) {
      await this.#forget();
      return true;
    }
    return this.#reached && isPassing(error.problem) && tries < PAUSES_MS.length;
  }

  async #forget(): Promise<void> {
    this.#place = null;
    this.#isGone = true;
    await this.dispose();
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
