/** A cluster of Slurm on this machine, as the agent's own tests start it; it ends with its input. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import path from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { findPython } from '../../runner/python.ts';
import { hasSlurm, slurmAdvice } from '../../scripts/setup/slurm.mjs';

/** Null, or why these tests are left out. */
export function whyNoCluster(): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'the daemons of Slurm start as root on Linux';
  return hasSlurm() ? null : slurmAdvice;
}

type Program = ChildProcessByStdio<Writable, Readable, null>;

export class Cluster {
  /** Its `slurm.conf`. */
  readonly configuration: string;
  readonly #process: Program;

  private constructor(program: Program, configuration: string) {
    this.#process = program;
    this.configuration = configuration;
  }

  static async start(): Promise<Cluster> {
    const script = path.join(import.meta.dirname, '..', '..', 'agent', 'tests', 'small_cluster.py');
    const program = spawn(findPython(), [script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const said = await new Promise<string>((resolve, reject) => {
      program.stdout.once('data', (data) => resolve(String(data).trim()));
      program.once('exit', (code) => reject(new Error(`the cluster ended with ${code}`)));
    });
    return new Cluster(program, said);
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.stdin.end();
    await ended;
  }
}
