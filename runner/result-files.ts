/** Reads `results/*.jsonl` as they grow: each byte once, files of recent writers by handle, the rest by name. */
import { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';

/** A file that was written to so recently may be written to again. */
const RECENT_MS = 120_000;
const MOST_HANDLES = 64;
const CHUNK = 1 << 20;

interface Followed {
  offset: number;
  handle: number | null;
  lastGrowth: number;
}

export class ResultFiles {
  readonly #folder: string;
  readonly #feed: (file: string, chunk: Uint8Array) => void;
  readonly #now: () => number;
  readonly #files = new Map<string, Followed>();
  readonly #buffer = Buffer.allocUnsafe(CHUNK);

  /** `feed` gets a file's name and its next bytes, which it must not keep: the buffer is used again. */
  constructor(folder: string, feed: (file: string, chunk: Uint8Array) => void, now: () => number = Date.now) {
    this.#folder = folder;
    this.#feed = feed;
    this.#now = now;
  }

  /** Looks at every file by name, in the order of names; true when anything was read. */
  scan(): boolean {
    let read = false;
    for (const name of this.#names()) read = this.#catchUp(name) || read;
    return read;
  }

  /** Looks only at files that are held open; true when anything was read. */
  poll(): boolean {
    let read = false;
    for (const [name, file] of this.#files) {
      if (file.handle !== null) read = this.#catchUp(name) || read;
    }
    return read;
  }

  dispose(): void {
    for (const file of this.#files.values()) this.#release(file);
    this.#files.clear();
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#folder, { withFileTypes: true })
        .filter((entry) => !entry.isDirectory())
        .map((entry) => entry.name)
        .filter((name) => name.endsWith('.jsonl') && !name.startsWith('.'))
        .sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }

  #catchUp(name: string): boolean {
    const known = this.#files.get(name);
    const file = known ?? { offset: 0, handle: null, lastGrowth: this.#now() };
    if (!known) this.#files.set(name, file);
    const full = path.join(this.#folder, name);
    try {
      if (file.handle === null && statSync(full).size <= file.offset) return false;
      const handle = file.handle ?? openSync(full, 'r');
      file.handle = handle;
      const grew = this.#read(name, file, handle);
      if (!this.#worthHolding(file, grew, fstatSync(handle).mtimeMs)) this.#release(file);
      return grew;
    } catch (error) {
      this.#release(file);
      // A file may go between the listing and the reading; its results are then computed again.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
      throw error;
    }
  }

  #read(name: string, file: Followed, handle: number): boolean {
    let grew = false;
    for (;;) {
      const count = readSync(handle, this.#buffer, 0, CHUNK, file.offset);
      if (count === 0) return grew;
      this.#feed(name, this.#buffer.subarray(0, count));
      file.offset += count;
      grew = true;
    }
  }

  #worthHolding(file: Followed, grew: boolean, modified: number): boolean {
    const now = this.#now();
    if (grew) file.lastGrowth = Math.min(now, Math.max(modified, file.lastGrowth));
    const held = [...this.#files.values()].filter((other) => other.handle !== null).length;
    return now - Math.max(file.lastGrowth, modified) < RECENT_MS && held <= MOST_HANDLES;
  }

  #release(file: Followed): void {
    if (file.handle !== null) closeSync(file.handle);
    file.handle = null;
  }
}
