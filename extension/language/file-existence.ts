import { stat } from 'node:fs/promises';

/** How long an answer holds; what is missing is looked for again sooner, because somebody is about to mend it. */
const THERE_MS = 10_000;
const MISSING_MS = 2_000;
/** Asked at once: a network folder that hangs must not take every thread. */
const AT_ONCE = 8;

/** Which paths exist, asked of the file system apart from typing and remembered for a while. */
export class FileExistence {
  readonly #known = new Map<string, { readonly exists: boolean; readonly at: number }>();
  readonly #now: () => number;

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** As far as it was ever asked, however long ago: better than flickering. */
  get known(): ReadonlyMap<string, boolean> {
    return new Map([...this.#known].map(([path, { exists }]) => [path, exists]));
  }

  /** Forgets when answers were given: the next check asks all again. */
  expire(): void {
    for (const [path, { exists }] of this.#known)
      this.#known.set(path, { exists, at: Number.NEGATIVE_INFINITY });
  }

  /** Asks for what is not known or known too long. True where any answer changed. */
  async check(paths: Iterable<string>): Promise<boolean> {
    const wanted = [...new Set(paths)].filter((path) => this.#isOld(path));
    let changed = false;
    const next = async (): Promise<void> => {
      for (let path = wanted.pop(); path !== undefined; path = wanted.pop()) {
        const exists = await isThere(path);
        if (exists === null) continue;
        if (this.#known.get(path)?.exists !== exists) changed = true;
        this.#known.set(path, { exists, at: this.#now() });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    return changed;
  }

  #isOld(path: string): boolean {
    const known = this.#known.get(path);
    return !known || this.#now() - known.at > (known.exists ? THERE_MS : MISSING_MS);
  }
}

/** Null where that cannot be told, e.g. without the right to look. */
async function isThere(path: string): Promise<boolean | null> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' || code === 'ENOTDIR' ? false : null;
  }
}
