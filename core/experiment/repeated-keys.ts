import { type Document, isScalar, visit } from 'yaml';

/** Said at most: a file that repeats itself more often has another problem. */
const MOST = 20;

/**
 * Keys that are in the same map twice, as stretches of the text. The parser's own check compares each key with
 * each, which a long file turns into minutes.
 */
export function repeatedKeys(document: Document): (readonly [begin: number, end: number])[] {
  const repeated: (readonly [number, number])[] = [];
  visit(document, {
    Map(_, map) {
      const seen = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key) || key.value === '<<') continue;
        if (seen.has(key.value) && key.range) repeated.push([key.range[0], key.range[1]]);
        seen.add(key.value);
        if (repeated.length >= MOST) return visit.BREAK;
      }
      return undefined;
    },
  });
  return repeated;
}
