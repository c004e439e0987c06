/**
 * The structure of an experiment file by its indentation and brackets alone: keys, items and where they stand. Unlike
 * the YAML parser it also knows where a half-typed line belongs, because nothing that is wrong hides what is right.
 */
import type { Path } from '../../core/experiment/diagnostic.ts';
import { FlowScan, type OpenFlow } from './scan-flow.ts';
import { indentOf, keyAt, skipMarks, unquoted, valueEnd } from './scan-line.ts';

export type Offsets = readonly [begin: number, end: number];

/** A key of a map or an item of a list. */
export interface OutlineEntry {
  /** Null for an item. */
  readonly key: string | null;
  readonly path: Path;
  /** Of the key; of an item its dash, or in brackets its value. */
  readonly name: Offsets;
  /** From the first character of what follows to the last, children included; null where nothing does. */
  readonly value: Offsets | null;
  /** Inside brackets or braces. */
  readonly flow: boolean;
  readonly form: 'empty' | 'scalar' | 'map' | 'list';
  readonly children: readonly OutlineEntry[];
}

/** An entry while it is being read. */
export interface Growing extends OutlineEntry {
  value: Offsets | null;
  form: OutlineEntry['form'];
  readonly children: Growing[];
  /** Items so far. */
  items: number;
}

export interface Outline {
  readonly root: OutlineEntry;
  /** What is still open where the text ends. */
  readonly end: OutlineEnd;
}

export interface OutlineEnd {
  /** Block entries that the last line may belong to, outermost first, with the column (from 0) of each. */
  readonly open: readonly { readonly entry: OutlineEntry; readonly indent: number; readonly item: boolean }[];
  /** Set where the text ends inside brackets or braces. */
  readonly flow: OpenFlow | null;
  /** Inside a comment or a block of literal text, where nothing can be said. */
  readonly mute: boolean;
}

/** Deeper nesting than an experiment can have is passed over. */
export const DEEPEST = 12;

export function grow(parent: Growing, key: string | null, name: Offsets, flow: boolean): Growing {
  const path = [...parent.path, key ?? parent.items];
  const entry: Growing = { key, path, name, value: null, flow, form: 'empty', children: [], items: 0 };
  if (key === null) parent.items += 1;
  parent.form = key === null ? 'list' : 'map';
  parent.children.push(entry);
  return entry;
}

export function outlineOf(text: string): Outline {
  return new Scan(text).run();
}

interface Frame {
  readonly entry: Growing;
  readonly indent: number;
  readonly item: boolean;
}

class Scan {
  readonly #text: string;
  readonly #root: Growing;
  readonly #frames: Frame[];
  #at = 0;
  /** Lines deeper than this are literal text; null outside of it. */
  #literal: number | null = null;
  #flow: OpenFlow | null = null;
  #mute = false;

  constructor(text: string) {
    this.#text = text;
    this.#root = {
      key: null,
      path: [],
      name: [0, 0],
      value: null,
      flow: false,
      form: 'empty',
      children: [],
      items: 0,
    };
    this.#frames = [{ entry: this.#root, indent: -1, item: false }];
  }

  run(): Outline {
    while (this.#at < this.#text.length) this.#line();
    const end = this.#text.length;
    this.#root.value = [0, end];
    close(this.#root);
    return { root: this.#root, end: { open: this.#frames, flow: this.#flow, mute: this.#mute } };
  }

  #line(): void {
    const begin = this.#at;
    const end = this.#endOfLine(begin);
    this.#at = Math.min(this.#text.length, end + 1);
    const indent = indentOf(this.#text, begin, end);
    const first = begin + indent;
    this.#mute = false;
    if (first >= end || this.#text[first] === '\r') {
      this.#mute = this.#literal !== null && indent > this.#literal;
      return;
    }
    if (this.#literal !== null) {
      if (indent > this.#literal) {
        this.#mute = true;
        return;
      }
      this.#literal = null;
    }
    if (this.#text[first] === '#') {
      this.#mute = true;
      return;
    }
    if (indent === 0 && /^(---|\.\.\.)(\s|$)/.test(this.#text.slice(first, Math.min(end, first + 4)))) return;
    this.#statement(first, end, indent);
  }

  /** Dashes, then a key or a value. */
  #statement(first: number, end: number, indent: number): void {
    let at = first;
    let column = indent;
    while (this.#text[at] === '-' && /^[\s]?$/.test(this.#text.slice(at + 1, Math.min(at + 2, end)))) {
      const parent = this.#parentOf(column, true);
      if (!parent) return;
      const item = grow(parent, null, [at, at + 1], false);
      this.#frames.push({ entry: item, indent: column, item: true });
      const next = skipSpaces(this.#text, at + 1, end);
      column += next - at;
      at = next;
      if (at >= end) return;
    }
    const key = keyAt(this.#text, at, end);
    if (!key) {
      this.#value(this.#ownerOf(column), at, end);
      return;
    }
    const parent = this.#parentOf(column, false);
    if (!parent) return;
    const entry = grow(parent, unquoted(this.#text.slice(...key)), key, false);
    this.#frames.push({ entry, indent: column, item: false });
    const colon = this.#text.indexOf(':', key[1]);
    this.#value(entry, skipSpaces(this.#text, colon + 1, end), end);
  }

  /** The entry whose map or list a new key or item at this column belongs to. */
  #parentOf(column: number, item: boolean): Growing | null {
    for (;;) {
      const top = this.#frames.at(-1) as Frame;
      // A list may stand at the column of its key.
      const beside = item && !top.item && top.indent === column && top.entry.form !== 'scalar';
      if (top.indent < column || beside) break;
      this.#frames.pop();
    }
    const { entry } = this.#frames.at(-1) as Frame;
    return entry.path.length >= DEEPEST || this.#isTaken(entry) ? null : entry;
  }

  /** A value on the line of its key leaves no room for keys below; a word below it is one that is being typed. */
  #isTaken({ form, name, value }: Growing): boolean {
    return form === 'scalar' && value !== null && !this.#text.slice(name[1], value[0]).includes('\n');
  }

  /** The entry that a line without a key goes on with. */
  #ownerOf(column: number): Growing | null {
    while ((this.#frames.at(-1) as Frame).indent >= column && this.#frames.length > 1) this.#frames.pop();
    const { entry } = this.#frames.at(-1) as Frame;
    return entry === this.#root || entry.children.length > 0 ? null : entry;
  }

  #value(entry: Growing | null, from: number, end: number): void {
    const at = skipMarks(this.#text, from, end);
    const sign = this.#text[at];
    if (at >= end || sign === '\r') return;
    if (sign === '#') {
      this.#mute = true;
      return;
    }
    if (sign === '{' || sign === '[') {
      const scan = new FlowScan(this.#text, at, (this.#frames.at(-1) as Frame).indent, entry);
      this.#at = scan.run();
      this.#flow = scan.open;
      this.#mute = scan.mute;
      return;
    }
    if (sign === '|' || sign === '>') {
      this.#literal = (this.#frames.at(-1) as Frame).indent;
    }
    const stop = valueEnd(this.#text, at, end);
    if (stop < end && this.#text.slice(stop, end).includes('#')) this.#mute = true;
    if (!entry) return;
    entry.form = 'scalar';
    entry.value = [entry.value?.[0] ?? at, stop];
  }

  #endOfLine(begin: number): number {
    const end = this.#text.indexOf('\n', begin);
    return end === -1 ? this.#text.length : end;
  }
}

function skipSpaces(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && (text[at] === ' ' || text[at] === '\t')) at += 1;
  return at;
}

/** Gives every entry the extent of its children. */
function close(entry: Growing): void {
  for (const child of entry.children) close(child);
  const first = entry.children[0];
  const last = entry.children.at(-1);
  if (!first || !last || entry.path.length === 0) return;
  const end = Math.max(last.name[1], last.value?.[1] ?? 0, entry.value?.[1] ?? 0);
  entry.value = [entry.value?.[0] ?? first.name[0], end];
}

export function entryAt(root: OutlineEntry, path: Path): OutlineEntry | null {
  let entry: OutlineEntry | undefined = root;
  for (const step of path) {
    entry = entry?.children.find((child) => child.path.at(-1) === step);
    if (!entry) return null;
  }
  return entry;
}

/** A scalar's text without its quotes; null for anything else. */
export function scalarText(text: string, entry: OutlineEntry | null): string | null {
  return entry?.form === 'scalar' && entry.value ? unquoted(text.slice(...entry.value)) : null;
}

/** Names in a list, or keys of a map; empty for anything else. */
export function namesIn(text: string, entry: OutlineEntry | null): string[] {
  return (entry?.children ?? []).flatMap((child) => {
    const name = child.key ?? scalarText(text, child);
    return name === null ? [] : [name];
  });
}
