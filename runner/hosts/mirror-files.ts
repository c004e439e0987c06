/** The local copy of a host's store: what arrives is written where it belongs, and nowhere else. */
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { cannotWrite, writeAtomically } from '../write-atomically.ts';
import { wholeUntil } from './whole-lines.ts';

const NAME = '[A-Za-z0-9][A-Za-z0-9._-]{0,127}';
/** Grow at their end, and never change otherwise. */
const APPENDED = new RegExp(
  `^(?:(?:results|downstream)/${NAME}\\.jsonl|runs/${NAME}/(?:events\\.jsonl|agent\\.log))$`,
);
/** Of these, one that the host has lost the end of is begun anew; results that it lost are still true here. */
const ONE_WRITER = /^runs\//;
const REPLACED = new RegExp(`^runs/${NAME}/status/${NAME}\\.json$`);
const RUN = new RegExp(`^${NAME}$`);
/** A status is a few hundred bytes; one that comes in several pieces is none. */
const LARGEST_STATUS = 100_000;

export interface HostWord {
  /** Whether any process of the run lives; null where the host does not know either. */
  readonly alive: boolean | null;
  /** Workers whose processes are gone. */
  readonly gone: readonly string[];
}

export type Taken = 'taken' | 'gap' | 'refused';

export class MirrorFiles {
  readonly #store: string;
  readonly #sizes = new Map<string, number>();
  /** Where the host was asked to go on from. */
  readonly #asked = new Map<string, number>();

  constructor(store: string) {
    this.#store = store;
  }

  /** Path to size of all that grows, as far as it is whole: where to go on from. */
  offsets(): Readonly<Record<string, number>> {
    this.#sizes.clear();
    const inside = (folder: string): string[] =>
      names(path.join(this.#store, folder)).map((name) => `${folder}/${name}`);
    const found = [
      ...inside('results'),
      ...inside('downstream'),
      ...inside('runs').flatMap((run) => [`${run}/events.jsonl`, `${run}/agent.log`]),
    ];
    this.#asked.clear();
    for (const file of found.filter((name) => APPENDED.test(name))) {
      const whole = this.#whole(file);
      this.#sizes.set(file, whole);
      if (whole > 0) this.#asked.set(file, whole);
    }
    return Object.fromEntries(this.#asked);
  }

  /**
   * A piece of a file at its offset. What is there already is passed over; `gap` where something before it is missing,
   * `refused` for a path that no store has. Two that write at once write the same bytes at the same place.
   */
  take(file: string, offset: number, data: Uint8Array): Taken {
    if (REPLACED.test(file)) {
      if (offset > 0 || data.length > LARGEST_STATUS) return 'refused';
      writeAtomically(path.join(this.#store, file), Buffer.from(data).toString('utf8'));
      return 'taken';
    }
    if (!APPENDED.test(file)) return 'refused';
    if (offset === 0 && ONE_WRITER.test(file) && this.#asked.delete(file)) {
      this.#write(file, 0, data);
      truncateSync(path.join(this.#store, file), data.length);
      return 'taken';
    }
    const size = this.#size(file);
    if (offset > size) return 'gap';
    if (offset + data.length > size) this.#write(file, size, data.subarray(size - offset));
    return 'taken';
  }

  /** What the host says of a run's processes, which nobody can look at from here. */
  lives(run: string, { alive, gone }: HostWord): Taken {
    if (!RUN.test(run)) return 'refused';
    writeAtomically(path.join(this.#store, 'runs', run, 'host.json'), `${JSON.stringify({ alive, gone })}\n`);
    return 'taken';
  }

  #size(file: string): number {
    const known = this.#sizes.get(file);
    if (known !== undefined) return known;
    const size = statSync(path.join(this.#store, file), { throwIfNoEntry: false })?.size ?? 0;
    this.#sizes.set(file, size);
    return size;
  }

  #whole(file: string): number {
    const size = this.#size(file);
    return file.endsWith('.jsonl') ? wholeUntil(path.join(this.#store, file), size) : size;
  }

  #write(file: string, at: number, data: Uint8Array): void {
    const full = path.join(this.#store, file);
    try {
      mkdirSync(path.dirname(full), { recursive: true });
      // Neither cuts what is there, nor puts all at the end, as 'w' and 'a' would.
      const handle = openSync(full, constants.O_WRONLY | constants.O_CREAT, 0o666);
      try {
        for (let written = 0; written < data.length; ) {
          written += writeSync(handle, data, written, data.length - written, at + written);
        }
      } finally {
        closeSync(handle);
      }
      this.#sizes.set(file, at + data.length);
    } catch (cause) {
      this.#sizes.delete(file);
      throw cannotWrite(full, cause as NodeJS.ErrnoException);
    }
  }
}

/** The host's last word on a run's processes; undefined in a store that is no mirror. */
export function hostWord(store: string, run: string): HostWord | undefined {
  try {
    const { alive, gone } = JSON.parse(readFileSync(path.join(store, 'runs', run, 'host.json'), 'utf8'));
    const workers = Array.isArray(gone) ? gone.filter((worker) => typeof worker === 'string') : [];
    return { alive: typeof alive === 'boolean' ? alive : null, gone: workers };
  } catch {
    return undefined;
  }
}

/** When news of a run arrived last, in milliseconds since 1970; null for none. */
export function lastNews(store: string, run: string): number | null {
  const folder = path.join(store, 'runs', run);
  const files = [...names(path.join(folder, 'status')).map((name) => path.join('status', name)), 'host.json'];
  const times = files.flatMap(
    (name) => statSync(path.join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? [],
  );
  return times.length === 0 ? null : Math.max(...times);
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
