/** The agent as it really is, spoken to line by line, with nothing in between that could hide what it says. */
import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import {
  BANNER,
  type CallName,
  calls,
  notifications,
  requestSchema,
  responseSchema,
} from '../../core/store/protocol.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The checkout's own Python; a clear failure where it is not set up. */
export function agentPython(): string {
  const windows = process.platform === 'win32';
  const python = `${root}.venv/${windows ? 'Scripts/python.exe' : 'bin/python'}`;
  if (!existsSync(python))
    throw new Error(`The agent's Python is not set up: ${python} is missing. Run: npm test`);
  return python;
}

function environment(home: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    HOME: home,
    USERPROFILE: home,
    HF_HUB_OFFLINE: '1',
    TOKENIZERS_PARALLELISM: 'false',
    OMP_NUM_THREADS: '1',
    PYTHONUTF8: '1',
  };
}

/** Makes a tiny base, experts that differ from it, and data for two domains, in `folder`. */
export function makeModels(folder: string, experts: readonly string[]): void {
  const script = `
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from tiny_models import make_model, tiny_records, write_records
folder = Path(sys.argv[2])
base = make_model(folder / "base")
for seed, name in enumerate(sys.argv[3:], start=1):
    make_model(folder / name, like=base, noise=0.1, seed=seed)
for name in sys.argv[3:]:
    write_records(folder / "eval" / f"{name}.json", tiny_records(name))
`;
  const args = ['-c', script, `${root}agent/tests`, folder, ...experts];
  const { status, stderr } = spawnSync(agentPython(), args, { encoding: 'utf8', env: environment(folder) });
  if (status !== 0) throw new Error(stderr);
}

/** Runs Python with the agent's package; returns what it prints. */
export function python(script: string, args: readonly string[], home: string): string {
  const { status, stdout, stderr } = spawnSync(agentPython(), ['-c', script, ...args], {
    encoding: 'utf8',
    env: environment(home),
  });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

export interface Failed {
  readonly code: number;
  readonly message: string;
  readonly data: { readonly code: string };
}

/** One `serve`. Every line in both directions is held against the schemas. */
export class AgentTalk {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting = new Map<number, (message: unknown) => void>();
  readonly notes: { path: string; offset: number; data: string }[] = [];
  readonly wrong: unknown[] = [];
  #next = 1;
  #banner = '';

  constructor(home: string) {
    this.#process = spawn(agentPython(), ['-m', 'merge_lab_agent', 'serve'], { env: environment(home) });
    this.#process.stderr.resume();
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#line(line));
  }

  get banner(): string {
    return this.#banner;
  }

  /** The raw result of a call, or its error. */
  async raw(method: string, params: unknown): Promise<{ result?: unknown; error?: Failed }> {
    const id = this.#next;
    this.#next += 1;
    const request = requestSchema.parse({ jsonrpc: '2.0', id, method, params });
    const answer = new Promise<unknown>((resolve) => this.#waiting.set(id, resolve));
    this.#process.stdin.write(`${JSON.stringify(request)}\n`);
    return responseSchema.parse(await answer) as { result?: unknown; error?: Failed };
  }

  /** A call whose parameters and answer are both what the schemas say, to the last field. */
  async call(method: CallName, params: unknown): Promise<unknown> {
    calls[method].params.parse(params);
    const { result, error } = await this.raw(method, params);
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return calls[method].answer.parse(result);
  }

  async end(): Promise<number | null> {
    const ended = new Promise<number | null>((resolve) => this.#process.on('exit', resolve));
    this.#process.stdin.end();
    return ended;
  }

  #line(line: string): void {
    if (this.#banner === '') {
      if (BANNER.test(line)) this.#banner = line;
      return;
    }
    const message = JSON.parse(line) as { id?: number; params?: unknown };
    if (typeof message.id === 'number') {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
      return;
    }
    const note = notifications.bytes.safeParse(message.params);
    if (note.success) this.notes.push(note.data);
    else this.wrong.push(message);
  }
}
