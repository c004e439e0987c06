/** A host's Python with the program that makes it ready for the agent: asked line by line, through one connection. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import type { Host } from '../../core/hosts/host.ts';
import { type Problem, ProblemError } from '../../core/problem.ts';
import { problemSchema } from '../../core/store/problem-schema.ts';
import { Lines, Tail } from '../lines.ts';
import { NO_PYTHON, START_PYTHON } from './scripts.ts';
import { scriptInput, sshArguments } from './ssh-command.ts';
import { lastWords, sshProblem } from './ssh-failure.ts';

const MARK = 'merge-lab-host ';
/** A shell and Python from a cold disk, and what answers at once. */
const ANSWER_MS = 60_000;
/** For work of any length, between two signs of life: the program gives one every 30 s. */
const LIFE_MS = 180_000;

const messageSchema = z.union([
  z.object({ error: problemSchema }),
  z.object({ progress: z.string() }),
  z.object({ detail: z.string() }),
  z.object({ alive: z.literal(true) }),
  z.object({ answer: z.record(z.string(), z.unknown()) }),
]);

export type SetUpNews = (news: { readonly progress?: string; readonly detail?: string }) => void;

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: ProblemError): void;
  heard(news: { progress: string } | { detail: string } | { alive: true }): void;
}

interface Limits {
  readonly answerMs: number;
  readonly lifeMs: number;
}

export class HostSetUp {
  readonly #host: Host;
  readonly #limits: Limits;
  readonly #child: ChildProcess;
  readonly #said = new Tail();
  readonly #closed: Promise<void>;
  #answered = false;
  #waiting: Waiting | null = null;
  #ended: ProblemError | null = null;

  /** `source`: the folder of the agent's sources on this machine. */
  constructor(host: Host, source: string, limits: Partial<Limits> = {}) {
    this.#host = host;
    this.#limits = { answerMs: ANSWER_MS, lifeMs: LIFE_MS, ...limits };
    const program = readFileSync(path.join(source, 'merge_lab_agent', 'bootstrap.py'));
    this.#child = spawn('ssh', sshArguments(host), { stdio: ['pipe', 'pipe', 'pipe'], windowsHide: true });
    const lines = new Lines(
      (line) => this.#line(line),
      () => this.#garbled(),
    );
    this.#child.stdout?.on('data', (chunk: Buffer) => lines.feed(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#said.feed(chunk));
    // A write to a process that has gone is told by its end.
    this.#child.stdin?.on('error', () => {});
    this.#closed = new Promise((resolve) => {
      this.#child.on('error', () => {
        this.#end('missing');
        resolve();
      });
      this.#child.on('close', (code) => {
        this.#end(code);
        resolve();
      });
    });
    this.#child.stdin?.write(scriptInput(START_PYTHON, [host.python ?? '', String(program.length)]));
    this.#child.stdin?.write(program);
  }

  /** One call at a time, which must answer within a minute; with `news` it may take as long as the host gives signs of life. */
  call(
    name: string,
    params: object,
    options: { readonly news?: SetUpNews; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<unknown> {
    const { news, signal } = options;
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const limitMs = news ? this.#limits.lifeMs : this.#limits.answerMs;
      const timer = setTimeout(() => this.#silent(limitMs), limitMs);
      const abort = (): void => this.#fail(CANCELLED);
      const settled = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#waiting = null;
      };
      this.#waiting = {
        resolve: (answer) => {
          settled();
          resolve(answer);
        },
        reject: (error) => {
          settled();
          reject(error);
        },
        heard: (said) => {
          if (news) timer.refresh();
          if (!('alive' in said)) news?.(said);
        },
      };
      signal?.addEventListener('abort', abort, { once: true });
      if (signal?.aborted) abort();
      else this.#child.stdin?.write(`${JSON.stringify({ call: name, ...params })}\n`);
    });
  }

  /** What it started there ends with it. */
  async close(): Promise<void> {
    this.#fail(CANCELLED);
    this.#child.stdin?.end();
    // One that is still on its way does not read.
    if (!this.#answered) this.#child.kill();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 2_000);
    await this.#closed;
    clearTimeout(timer);
  }

  #line(line: string): void {
    if (!line.startsWith(MARK)) {
      // A login shell that refuses may say so here.
      if (!this.#answered) this.#said.feed(`${line}\n`);
      return;
    }
    const message = messageSchema.safeParse(parse(line.slice(MARK.length))).data;
    if (!message) return;
    this.#answered = true;
    if ('answer' in message) this.#waiting?.resolve(message.answer);
    else if ('error' in message) this.#waiting?.reject(new ProblemError(message.error));
    else this.#waiting?.heard(message);
  }

  #garbled(): void {
    this.#fail(endless(this.#host));
    this.#child.kill('SIGKILL');
  }

  #silent(ms: number): void {
    const said = this.#said.lines(20);
    const known = sshProblem(this.#host, { code: 'silent', said, greeted: this.#answered });
    this.#fail(known ?? quiet(this.#host, ms));
    this.#child.kill('SIGKILL');
  }

  #end(code: number | null | 'missing'): void {
    const said = this.#said.lines(20);
    const known = sshProblem(this.#host, { code, said, greeted: this.#answered });
    this.#fail(known ?? (code === NO_PYTHON ? noPython(this.#host, said) : ended(this.#host, code, said)));
  }

  #fail(problem: Problem): void {
    this.#ended ??= new ProblemError(problem);
    this.#waiting?.reject(this.#ended);
  }
}

const CANCELLED: Problem = {
  code: 'cancelled',
  message: 'Setting the host up was stopped.',
  fix: 'Start it again: what is there already is kept.',
};

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The script names every Python that it found too old. */
function noPython({ name, python }: Host, said: string): Problem {
  const found = [...said.matchAll(/^merge-lab-found (.*)$/gm)].map(([, what]) => what).join(', ');
  if (python !== null && found === '') {
    return {
      code: 'host_python_missing',
      message: `There is no Python at ${python} on ${name}.`,
      fix: 'Correct `python:` in hosts.yaml, or remove it to have an environment made.',
    };
  }
  if (python !== null && !/: Python \d/.test(found)) {
    const said = found.slice(found.indexOf(': ') + 2).slice(0, 100);
    return {
      code: 'host_python_missing',
      message: `${python} on ${name} is no Python${said ? `: asked for its version, it says "${said}"` : ''}.`,
      fix: 'Correct `python:` in hosts.yaml, or remove it to have an environment made.',
    };
  }
  return {
    code: found ? 'host_python_too_old' : 'host_python_missing',
    message: found
      ? `The agent needs Python 3.10 or newer; ${name} has ${found}.`
      : `${name} has no Python that its shell finds.`,
    fix: 'Install Python 3.10 or newer there, or name one as `python:` in hosts.yaml.',
  };
}

function ended({ name }: Host, code: number | null | 'missing', said: string): Problem {
  const last = lastWords(said);
  return {
    code: 'host_failed',
    message: `The shell of ${name} ended (exit code ${code ?? 'none'}) before it answered.${last ? ` It said: ${last}` : ''}`,
    fix: 'See that it runs `sh` and Python for logins without a terminal, then try again.',
  };
}

function quiet({ name, ssh }: Host, ms: number): Problem {
  return {
    code: 'host_silent',
    message: `${name} gave no sign of life for ${Math.ceil(ms / 60_000)} min while it was worked on.`,
    fix: `See whether it answers (ssh ${ssh}), then try again: what is there already is kept.`,
  };
}

function endless({ name, ssh }: Host): Problem {
  return {
    code: 'host_failed',
    message: `The shell of ${name} sends a line without an end.`,
    fix: `See what its login shell prints: ssh ${ssh}`,
  };
}
