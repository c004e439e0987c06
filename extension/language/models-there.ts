import type { HostModels } from '../../runner/hosts/host-models.ts';

export interface ModelThere {
  readonly host: string;
  /** As the text names it. */
  readonly written: string;
}

/** Which models lie on hosts, as far as these said; asked apart from typing. */
export class ModelsThere {
  readonly #hosts: Pick<HostModels, 'holds'>;
  readonly #known = new Map<string, boolean>();

  constructor(hosts: Pick<HostModels, 'holds'>) {
    this.#hosts = hosts;
  }

  /** What was heard last; null before. */
  known({ host, written }: ModelThere): boolean | null {
    return this.#known.get(nameOf(host, written)) ?? null;
  }

  /** Asks for what was not asked lately. True where any answer changed. */
  async check(models: readonly ModelThere[]): Promise<boolean> {
    const named = new Map(models.map((each) => [nameOf(each.host, each.written), each]));
    const changes = await Promise.all(
      [...named].map(async ([name, { host, written }]) => {
        const holds = await this.#hosts.holds(host, written);
        if (holds === null || this.#known.get(name) === holds) return false;
        this.#known.set(name, holds);
        return true;
      }),
    );
    return changes.includes(true);
  }
}

function nameOf(host: string, written: string): string {
  return `${host}\n${written}`;
}
