/** Models that lie on hosts, asked for while somebody types: of hosts that were agreed to, and nothing is put there. */
import { ProblemError } from '../../core/problem.ts';
import { calls } from '../../core/store/protocol.ts';
import { userHome } from '../store-folder.ts';
import { findHost } from './find-host.ts';
import { HostLink } from './host-link.ts';
import { knownHost, knownModels } from './known-hosts.ts';
import { pause } from './pause.ts';

export interface ModelThere {
  /** Below the folder that was asked for, with forward slashes. */
  readonly path: string;
  readonly kind: 'checkpoint' | 'adapter';
}

/** Models up to five levels below a folder of the host; null where nothing is known of them. */
type Listing = readonly ModelThere[] | null;

interface Asked {
  until: number;
  readonly answer: Promise<Listing>;
}

/** How long an answer holds, and also that there was none: a host that is away is not called at every key. */
const KEPT_MS = 60_000;
/** What is missing is looked for again sooner: somebody is about to mend it. */
const MISSING_MS = 5_000;
/** Nobody who types waits longer; what comes later is there the next time. */
export const WAIT_MS = 2_000;
const GIVEN_UP_MS = 15_000;
/** After the last question the connection ends. */
const IDLE_MS = 30_000;

export class HostModels implements AsyncDisposable {
  readonly #home: string;
  readonly #now: () => number;
  readonly #asked = new Map<string, Asked>();
  readonly #links = new Map<string, { readonly link: HostLink; readonly end: NodeJS.Timeout }>();

  constructor(home = userHome(), now: () => number = Date.now) {
    this.#home = home;
    this.#now = now;
  }

  /** A relative folder begins at the host's folder of models. The signal ends the waiting, not the question. */
  async below(name: string, folder: string, signal: AbortSignal): Promise<Listing> {
    return Promise.race([this.#listing(name, folder), pause(WAIT_MS, signal).then(() => null)]);
  }

  /** Whether a folder of the host is a model; null where that is not known. May take seconds. */
  async holds(name: string, folder: string): Promise<boolean | null> {
    const found = await this.#listing(name, folder);
    return found === null ? null : found.some(({ path }) => path === '.');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#links.keys()].map((name) => this.#end(name)));
  }

  #listing(name: string, folder: string): Promise<Listing> {
    const key = `${name}\n${folder}`;
    const before = this.#asked.get(key);
    if (before && this.#now() < before.until) return before.answer;
    for (const [old, { until }] of this.#asked)
      if (this.#now() > until + 10 * KEPT_MS) this.#asked.delete(old);
    const answer = this.#ask(name, folder).catch(() => before?.answer ?? null);
    const asked: Asked = { until: this.#now() + KEPT_MS, answer };
    this.#asked.set(key, asked);
    void answer.then((found) => {
      if (found?.length === 0) asked.until = this.#now() + MISSING_MS;
    });
    return answer;
  }

  async #ask(name: string, folder: string): Promise<Listing> {
    const { host } = findHost(name, this.#home);
    const known = knownHost(this.#home, host);
    const models = known && knownModels(known, host);
    if (!known || !models) return null;
    const { place } = known;
    const root = /^[/~]/.test(folder) ? folder : `${models}/${folder}`;
    const link = this.#link(name, () => new HostLink(host, async (isGone) => (isGone ? gone() : place)));
    try {
      const signal = AbortSignal.timeout(GIVEN_UP_MS);
      const { models } = calls.list.answer.parse(await link.request('list', { root }, { signal }));
      return models.filter(({ path }) => !/\p{Cc}/u.test(path));
    } catch (error) {
      if (error instanceof ProblemError && error.problem.code === 'folder_missing') return [];
      throw error;
    }
  }

  #link(name: string, open: () => HostLink): HostLink {
    const known = this.#links.get(name);
    clearTimeout(known?.end);
    const link = known?.link ?? open();
    this.#links.set(name, { link, end: setTimeout(() => void this.#end(name), IDLE_MS).unref() });
    return link;
  }

  async #end(name: string): Promise<void> {
    const known = this.#links.get(name);
    this.#links.delete(name);
    clearTimeout(known?.end);
    await known?.link.dispose();
  }
}

function gone(): never {
  throw new ProblemError({
    code: 'host_agent_missing',
    message: 'The agent is no longer where it was put.',
    fix: 'Plan or run the experiment: it is put there once more.',
  });
}
