/** Lines and files that end in a check of themselves: `,"crc":"<CRC-32 of the bytes before it>"}`. */
import { crc32 } from 'node:zlib';

/** The zeros stand for the check. */
const TAIL = ',"crc":"00000000"}';
const SEAL_BEGIN = TAIL.indexOf('0');
const SEAL_END = TAIL.lastIndexOf('0') + 1;

/** The line's value if its check holds: CRC-32 of the bytes before `,"crc"`, which is the last field. */
export function checkedJson(bytes: Uint8Array): unknown {
  return isSealed(bytes) ? json(bytes) : undefined;
}

/** Whether its check holds. */
export function isSealed(bytes: Uint8Array): boolean {
  const body = bytes.length - TAIL.length;
  return body >= 1 && sealOf(bytes, body) === crc32(bytes.subarray(0, body));
}

/** The number in the tail that begins at `body`; null where the tail is not one, in lower-case hex. */
function sealOf(bytes: Uint8Array, body: number): number | null {
  let seal = 0;
  for (let i = 0; i < TAIL.length; i += 1) {
    const byte = bytes[body + i] ?? 0;
    if (i < SEAL_BEGIN || i >= SEAL_END) {
      if (byte !== TAIL.charCodeAt(i)) return null;
    } else {
      const digit =
        byte >= 0x30 && byte <= 0x39 ? byte - 0x30 : byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
      if (digit < 0) return null;
      seal = seal * 16 + digit;
    }
  }
  return seal;
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
  } catch {
    return undefined;
  }
}
