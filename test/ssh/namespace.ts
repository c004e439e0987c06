/** A network namespace of Linux and a link to it: what listens there is as far away as another machine. */
import { execFileSync, spawnSync } from 'node:child_process';

export class Namespace {
  readonly #name = `merge-lab-${process.pid}`;
  readonly #here = `ml${process.pid}a`;
  readonly #there = `ml${process.pid}b`;
  /** Of a network for two. */
  readonly #net = `10.222.${process.pid % 250}`;

  /** Null where this machine allows none: no root, no iproute2, a kernel without it. */
  static open(): Namespace | null {
    const made = new Namespace();
    try {
      made.#open();
      return made;
    } catch {
      made.remove();
      return null;
    }
  }

  get address(): string {
    return `${this.#net}.2`;
  }

  /** What starts a program there. */
  get command(): readonly string[] {
    return ['ip', 'netns', 'exec', this.#name];
  }

  /** Pulls its cable, or plugs it in: nobody is told. */
  link(state: 'up' | 'down'): void {
    ip('-n', this.#name, 'link', 'set', this.#there, state);
  }

  /** What passes is late and lost in part. @returns false where the kernel cannot */
  disturb(...netem: readonly string[]): boolean {
    const rule = ['qdisc', 'replace', 'dev', this.#here, 'root', 'netem', ...netem];
    return spawnSync('tc', rule).status === 0;
  }

  remove(): void {
    // A process that still ends there would keep both.
    spawnSync('ip', ['link', 'delete', this.#here]);
    spawnSync('ip', ['netns', 'delete', this.#name]);
  }

  #open(): void {
    ip('netns', 'add', this.#name);
    ip('link', 'add', this.#here, 'type', 'veth', 'peer', 'name', this.#there, 'netns', this.#name);
    ip('address', 'add', `${this.#net}.1/30`, 'dev', this.#here);
    ip('link', 'set', this.#here, 'up');
    ip('-n', this.#name, 'address', 'add', `${this.address}/30`, 'dev', this.#there);
    this.link('up');
  }
}

function ip(...words: readonly string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'pipe'] });
}
