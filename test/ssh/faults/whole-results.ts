/** What a store holds, read plainly: without the product's own reader. */
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { filesBelow } from '../look.ts';

/** Each a merge on a domain; lines that are torn are none. */
export function wholeResults(store: string): readonly string[] {
  return [...filesBelow(path.join(store, 'results')).values()]
    .flatMap((content) => content.split('\n').slice(1))
    .filter(isWhole)
    .map(
      (line) =>
        line
          .match(/"key":"(\w+)","evaluation":"(\w+)"/)
          ?.slice(1)
          .join(' ') ?? '',
    );
}

/** Those that are scored on both domains. */
export function mergesOf(results: readonly string[]): number {
  const of = new Map<string, number>();
  for (const [merge = ''] of results.map((each) => each.split(' '))) of.set(merge, (of.get(merge) ?? 0) + 1);
  return [...of.values()].filter((domains) => domains === 2).length;
}

/** By its checksum, over all that stands before it. */
function isWhole(line: string): boolean {
  const end = line.lastIndexOf(',"crc":"');
  const sum = crc32(Buffer.from(line.slice(0, end), 'latin1'))
    .toString(16)
    .padStart(8, '0');
  return end > 0 && line.slice(end) === `,"crc":"${sum}"}`;
}
