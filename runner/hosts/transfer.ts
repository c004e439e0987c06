/** Files to a host, named by their content, and from its store: in pieces, on from where a cut left them. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  createReadStream,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { ProblemError } from '../../core/problem.ts';
import { calls } from '../../core/store/protocol.ts';
import { checked } from '../local-target.ts';
import { makeFolders } from '../make-folders.ts';
import { cannotWrite } from '../write-atomically.ts';
import type { HostLink } from './host-link.ts';
import { FIRST, MOST, nextPiece } from './piece-size.ts';

export interface Sent {
  /** Absolute path on the host. */
  readonly path: string;
  readonly sha256: string;
}

interface Sending {
  /** Of its content, where that is known. */
  readonly sha256?: string;
  /** Told how many bytes are there, first of all those of an earlier try. */
  readonly onHave?: (bytes: number) => void;
}

/** One that is there already costs a question. Throws the system's error where the file cannot be read. */
export async function sendFile(
  link: HostLink,
  store: string,
  kind: 'plan' | 'data',
  file: string,
  signal: AbortSignal,
  { sha256: known, onHave }: Sending = {},
): Promise<Sent> {
  const sha256 = known ?? (await digestOf(file, signal));
  const handle = openSync(file, 'r');
  try {
    const { size } = fstatSync(handle);
    const put = async (offset: number, data: string) => {
      const asked = { store, kind, sha256, size, offset, data };
      return checked('put', calls.put.answer, await link.request('put', asked, { signal }));
    };
    let { have, path: there } = await put(0, '');
    const piece = Buffer.allocUnsafe(MOST);
    let most = FIRST;
    onHave?.(have);
    while (have < size) {
      const began = performance.now();
      const count = readSync(handle, piece, 0, most, have);
      if (count === 0) throw changed(file);
      const after = await put(have, piece.toString('base64', 0, count));
      have = after.have;
      there = after.path;
      most = nextPiece(most, performance.now() - began);
      onHave?.(have);
    }
    return { path: there, sha256 };
  } finally {
    closeSync(handle);
  }
}

/** A file of the host's store to one here, which gets its name when it is whole. `onHave` is told how many bytes are here, first of all those of an earlier try. */
export async function fetchFile(
  link: HostLink,
  store: string,
  name: string,
  file: string,
  signal: AbortSignal,
  onHave: (bytes: number) => void = () => {},
): Promise<void> {
  const part = path.join(path.dirname(file), `.${path.basename(file)}.part`);
  try {
    makeFolders(path.dirname(file));
    const handle = openSync(part, constants.O_RDWR | constants.O_CREAT, 0o666);
    try {
      let [have, most] = [fstatSync(handle).size, FIRST];
      for (;;) {
        onHave(have);
        const began = performance.now();
        const asked = { store, path: name, offset: have, most };
        const { data, size } = checked('get', calls.get.answer, await link.request('get', asked, { signal }));
        const piece = Buffer.from(data, 'base64');
        for (let written = 0; written < piece.length; )
          written += writeSync(handle, piece, written, piece.length - written, have + written);
        have += piece.length;
        most = nextPiece(most, performance.now() - began);
        if (have >= size) break;
        if (piece.length === 0) throw changed(name);
      }
      onHave(have);
    } finally {
      closeSync(handle);
    }
    renameSync(part, file);
  } catch (cause) {
    if (cause instanceof ProblemError) throw cause;
    throw cannotWrite(file, cause as NodeJS.ErrnoException);
  }
}

/** SHA-256 of a file's content, in hexadecimal. Throws `cancelled`. */
export async function digestOf(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) {
    if (signal.aborted) throw new ProblemError(CANCELLED);
    hash.update(chunk as Buffer);
  }
  return hash.digest('hex');
}

const CANCELLED = {
  code: 'cancelled',
  message: 'It was stopped before its end.',
  fix: 'Start it again when you like: what arrived is kept.',
};

export function changed(file: string): ProblemError {
  return new ProblemError({
    code: 'transfer_damaged',
    message: `${file} changed while it was sent.`,
    fix: 'Try again when nobody writes to it.',
    file,
  });
}
