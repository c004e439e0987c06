/** Where in the text each value of an experiment stands. */
import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
} from 'yaml';
import type { Path, Range } from './diagnostic.ts';

type Offsets = readonly [begin: number, end: number];

/** Looks up paths in a parsed document, through aliases and merge keys. */
export class Positions {
  readonly #document: Document;
  readonly #lines: LineCounter;
  readonly #text: string;

  constructor(document: Document, lines: LineCounter, text: string) {
    this.#document = document;
    this.#lines = lines;
    this.#text = text;
  }

  /** Of the value at a path; null where the file has none there. */
  at(path: Path): Range | null {
    const node = this.#node(path);
    return node ? this.#range(this.#trimmed(node)) : null;
  }

  /** Of the key that leads to the value at a path; null for a list's items and where the file has none. */
  keyAt(path: Path): Range | null {
    const pair = this.#pair(path);
    const key = pair?.key;
    return key && typeof key === 'object' && 'range' in key ? this.#range(this.#trimmed(key as Node)) : null;
  }

  /** The text of a single value at a path; null for maps, lists and where the file has none. */
  scalarAt(path: Path): string | null {
    const node = this.#resolved(this.#node(path));
    return isScalar(node) ? String(node.value) : null;
  }

  /** The first line that says anything: where to put what concerns the file as a whole. */
  whole(): Range {
    const begin = /\S/.exec(this.#text)?.index ?? 0;
    const end = this.#text.indexOf('\n', begin);
    return this.#range([begin, end === -1 ? this.#text.length : end]);
  }

  /** Of a stretch of the text, in characters from its beginning. */
  between(begin: number, end: number): Range {
    return this.#range([begin, Math.max(begin, end)]);
  }

  #pair(path: Path): Pair | null {
    const last = path.at(-1);
    if (last === undefined) return null;
    const parent = this.#resolved(this.#node(path.slice(0, -1)));
    return isMap(parent) ? this.#find(parent, String(last), 0) : null;
  }

  #node(path: Path): Node | null {
    let node: Node | null = (this.#document.contents as Node | null) ?? null;
    for (const step of path) {
      const parent: Node | null = this.#resolved(node);
      if (isMap(parent)) node = (this.#find(parent, String(step), 0)?.value as Node | undefined) ?? null;
      else if (isSeq(parent) && typeof step === 'number')
        node = (parent.items[step] as Node | undefined) ?? null;
      else return null;
      if (isPair(node)) return null;
    }
    return node;
  }

  /** The pair with a key, else the one that a merge key (`<<`) brings in. */
  #find(map: Node, key: string, depth: number): Pair | null {
    if (!isMap(map) || depth > 16) return null;
    for (const pair of map.items) if (keyText(pair) === key) return pair;
    for (const pair of map.items) {
      if (keyText(pair) !== '<<') continue;
      const value = this.#resolved(pair.value as Node | null);
      for (const part of isSeq(value) ? value.items : [value]) {
        const merged = this.#resolved(part as Node | null);
        const found = merged && this.#find(merged, key, depth + 1);
        if (found) return found;
      }
    }
    return null;
  }

  #resolved(node: Node | null): Node | null {
    return isAlias(node) ? ((node.resolve(this.#document) as Node | undefined) ?? null) : node;
  }

  /** Block values end before the blank lines and comments behind them. */
  #trimmed(node: Node): Offsets | null {
    if (!node.range) return null;
    const [begin, end] = node.range;
    const text = this.#text.slice(begin, end);
    return [begin, begin + text.trimEnd().length];
  }

  #range(offsets: Offsets | null): Range {
    const [begin, end] = offsets ?? [0, 0];
    return { start: this.#position(begin), end: this.#position(end) };
  }

  #position(offset: number): Range['start'] {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }
}

function keyText(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}
