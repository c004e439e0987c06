/** A machine whose only Python is a stand-in that writes down its calls, with a home and sources of the agent. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { SetUpOptions } from '../../runner/agent-environment.ts';
import { processLives } from '../../runner/process-alive.ts';

const fakePython = path.join(import.meta.dirname, '..', 'scripts', 'fake-python.mjs');

export class StandInMachine {
  readonly folder: string;
  readonly home: string;
  readonly source: string;
  readonly #log: string;

  constructor(parent = os.tmpdir()) {
    this.folder = mkdtempSync(path.join(parent, 'merge-lab-environment-'));
    this.home = path.join(this.folder, 'home');
    this.source = path.join(this.folder, 'agent');
    this.#log = path.join(this.folder, 'log');
    writeFileSync(this.#log, '');
    this.python('python3');
    mkdirSync(path.join(this.source, 'merge_lab_agent', '__pycache__'), { recursive: true });
    writeFileSync(path.join(this.source, 'pyproject.toml'), '[project]\n');
    writeFileSync(path.join(this.source, 'merge_lab_agent', '__init__.py'), '__version__ = "0.1.0"\n');
    writeFileSync(path.join(this.source, 'merge_lab_agent', '__pycache__', 'x.pyc'), '');
  }

  /** Puts a stand-in on the PATH and answers its path. */
  python(name: string): string {
    const file = path.join(this.folder, 'bin', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `#!${process.execPath}\n${readFileSync(fakePython, 'utf8')}`);
    chmodSync(file, 0o755);
    return file;
  }

  options(wrong = ''): SetUpOptions {
    return {
      home: this.home,
      agentSource: this.source,
      env: {
        PATH: path.join(this.folder, 'bin'),
        FAKE_LOG: this.#log,
        FAKE_PYTHON: wrong,
        FAKE_PIDS: path.join(this.folder, 'pids'),
      },
    };
  }

  /** Processes of a stand-in that hangs, once it does. */
  async hanging(): Promise<readonly number[]> {
    const file = path.join(this.folder, 'pids');
    while (!existsSync(file) || readFileSync(file, 'utf8') === '')
      await new Promise((resolve) => setTimeout(resolve, 20));
    const pids = readFileSync(file, 'utf8').split(' ').map(Number);
    rmSync(file);
    return pids;
  }

  /** Calls since the last look. */
  calls(): string[] {
    const lines = readFileSync(this.#log, 'utf8').split('\n').filter(Boolean);
    writeFileSync(this.#log, '');
    return lines;
  }

  /** What was installed since the last look. */
  installed(): string[] {
    return this.calls()
      .filter((call) => call.includes('pip install'))
      .map((call) => call.split(' ').at(-1) ?? '');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Dead is also who only waits to be collected by a parent. */
export function lives(pid: number): boolean {
  return processLives({ host: os.hostname(), space: '', pid, started: '' }) === true;
}

export async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some(lives)) await new Promise((resolve) => setTimeout(resolve, 20));
}
