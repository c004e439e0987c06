/** How far a copy of a file of lines is to be believed: a power cut may leave zeros where a file had grown. */
import { closeSync, openSync, readSync } from 'node:fs';
import { isSealed } from '../../core/store/sealed.ts';

const CHUNK = 1 << 20;
const NEWLINE = 0x0a;

/** By absolute path: what this process has looked at holds for as long as it lives. */
const known = new Map<string, number>();

/** Where the first line begins that is cut or does not hold, of a file of `size` bytes; lines are of events or sealed. */
export function wholeUntil(file: string, size: number): number {
  const before = known.get(file) ?? 0;
  const begin = before <= size ? before : 0;
  if (begin === size) return size;
  try {
    const whole = readWhole(file, begin, file.endsWith('events.jsonl') ? isJson : isSealed);
    known.set(file, whole);
    return whole;
  } catch {
    // Told when it is written to.
    return size;
  }
}

function readWhole(file: string, begin: number, holds: (line: Uint8Array) => boolean): number {
  let whole = begin;
  let rest: Uint8Array = new Uint8Array();
  const chunk = Buffer.allocUnsafe(CHUNK);
  const handle = openSync(file, 'r');
  try {
    for (;;) {
      const count = readSync(handle, chunk, 0, CHUNK, whole + rest.length);
      if (count === 0) return whole;
      const bytes = Buffer.concat([rest, chunk.subarray(0, count)]);
      let from = 0;
      for (let end = bytes.indexOf(NEWLINE, rest.length); end !== -1; end = bytes.indexOf(NEWLINE, from)) {
        if (!holds(bytes.subarray(from, end))) return whole;
        whole += end + 1 - from;
        from = end + 1;
      }
      rest = bytes.subarray(from);
      // No writer makes such a line.
      if (rest.length > 64 * CHUNK) return whole;
    }
  } finally {
    closeSync(handle);
  }
}

function isJson(line: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(line).toString('utf8'));
    return true;
  } catch {
    return false;
  }
}
