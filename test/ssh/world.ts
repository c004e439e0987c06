/** A tiny experiment whose models lie on a host, and the host. */
import { cpSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ExperimentSession, type OpenOptions } from '../../runner/experiment-session.ts';
import { findPython } from '../../runner/python.ts';
import { TINY, TinyWorld } from '../runner/tiny-world.ts';
import { Sshd, type SshdOptions } from './sshd.ts';

export class HostWorld {
  readonly tiny: TinyWorld;
  readonly sshd: Sshd;
  readonly home: string;

  private constructor(sshd: Sshd, making?: string) {
    this.tiny = new TinyWorld(making);
    this.home = path.join(this.tiny.folder, 'home');
    this.sshd = sshd;
    sshd.use();
    this.describe({ python: findPython() });
    cpSync(path.join(this.tiny.folder, 'template', 'models'), path.join(sshd.home, 'models', 'models'), {
      recursive: true,
    });
  }

  /** `making`: the script that makes its models and data. */
  static async start({
    making,
    ...options
  }: SshdOptions & { readonly making?: string } = {}): Promise<HostWorld> {
    return new HostWorld(await Sshd.start(options), making);
  }

  /** `hosts.yaml`: this machine's Python has what the agent needs. */
  describe(fields: Readonly<Record<string, unknown>>): void {
    mkdirSync(this.home, { recursive: true });
    writeFileSync(path.join(this.home, 'hosts.yaml'), JSON.stringify({ [this.sshd.alias]: fields }));
  }

  /** An experiment here without its models, which are there. */
  experiment(text = `${TINY}target: ${this.sshd.alias}\n`): string {
    const file = this.tiny.experiment(text);
    renameSync(path.join(path.dirname(file), 'models'), path.join(path.dirname(file), 'elsewhere'));
    return file;
  }

  open(file: string, options: OpenOptions = {}): Promise<ExperimentSession> {
    return ExperimentSession.open(file, { home: this.home, agreeToHost: async () => true, ...options });
  }

  /** The store on the host. */
  get store(): string {
    return path.join(this.sshd.home, '.merge-lab', 'store');
  }

  async remove(): Promise<void> {
    await this.sshd.remove();
    this.tiny.remove();
  }
}
