/** Maps and lists in braces and brackets, over several lines if need be, closed or not. */
import { DEEPEST, type Growing, grow } from './outline.ts';
import { indentOf, isSpace, keyAt, quoteEnd, skipMarks, unquoted } from './scan-line.ts';

/** Where the text ends inside braces or brackets. */
export interface OpenFlow {
  /** The entry whose map or list is open; null below what an experiment can hold. */
  readonly container: Growing | null;
  readonly kind: 'map' | 'list';
  /** In a map: the entry behind whose colon the text ends; null before a colon. */
  readonly entry: Growing | null;
  /** Where the word begins that is being typed; the text's end where there is none. */
  readonly word: number;
}

/** Nobody nests brackets deeper; what does is not looked into. */
const MOST_OPEN = 100;

interface Container {
  readonly kind: 'map' | 'list';
  readonly entry: Growing | null;
  /** Key whose value is awaited or was read. */
  pending: Growing | null;
  /** A word without a colon so far, in a map. */
  word: number | null;
}

export class FlowScan {
  readonly #text: string;
  readonly #begin: number;
  /** Column of the line's key: a key no deeper than this on a later line ends what was never closed. */
  readonly #column: number;
  readonly #owner: Growing | null;
  readonly #stack: Container[] = [];
  open: OpenFlow | null = null;
  mute = false;

  constructor(text: string, begin: number, column: number, owner: Growing | null) {
    this.#text = text;
    this.#begin = begin;
    this.#column = column;
    this.#owner = owner;
  }

  /** The offset of the line to go on with. */
  run(): number {
    const text = this.#text;
    let at = this.#begin;
    while (at < text.length) {
      const sign = text[at] as string;
      if (sign === '\n') {
        if (this.#isAbandoned(at + 1)) return this.#abandon(at);
        at += 1;
      } else if (isSpace(sign)) at += 1;
      else if (sign === '#' && (at === this.#begin || isSpace(text[at - 1]))) {
        const end = text.indexOf('\n', at);
        this.mute = end === -1;
        at = end === -1 ? text.length : end;
      } else if (sign === '{' || sign === '[') {
        if (this.#stack.length >= MOST_OPEN) return this.#giveUp();
        this.#enter(sign, at++);
      } else if (sign === '}' || sign === ']') {
        this.#leave(sign, ++at);
        if (this.#stack.length === 0) return this.#nextLine(at);
      } else if (sign === ',') this.#separate(at++);
      else at = this.#word(at);
    }
    this.#stillOpen();
    return text.length;
  }

  #enter(sign: '{' | '[', at: number): void {
    const kind = sign === '{' ? 'map' : 'list';
    const top = this.#stack.at(-1);
    const entry = top ? this.#target(top, at) : this.#owner;
    if (entry) {
      entry.form = kind;
      entry.value = [at, at + 1];
    }
    const inside = entry && entry.path.length < DEEPEST ? entry : null;
    this.#stack.push({ kind, entry: inside, pending: null, word: null });
  }

  /** The entry that a value belongs to: the key before it, or a new item. */
  #target(top: Container, at: number): Growing | null {
    if (top.kind === 'map') return top.pending;
    return top.entry && grow(top.entry, null, [at, at], true);
  }

  #leave(sign: '}' | ']', end: number): void {
    const kind = sign === '}' ? 'map' : 'list';
    if (!this.#stack.some((open) => open.kind === kind)) return;
    while (this.#stack.length > 0) {
      const closed = this.#stack.pop() as Container;
      if (closed.entry?.value) closed.entry.value = [closed.entry.value[0], end];
      if (closed.kind === kind) break;
    }
    const top = this.#stack.at(-1);
    if (top?.kind === 'list') top.pending = null;
  }

  #separate(at: number): void {
    const top = this.#stack.at(-1) as Container;
    if (top.kind === 'map' && top.word !== null) this.#bareKey(top, at);
    top.pending = null;
    top.word = null;
  }

  /** A key without a value. */
  #bareKey(top: Container, end: number): void {
    if (!top.entry || top.word === null) return;
    const written = this.#text.slice(top.word, end).trimEnd();
    grow(top.entry, unquoted(written), [top.word, top.word + written.length], true);
  }

  #word(from: number): number {
    const text = this.#text;
    const top = this.#stack.at(-1) as Container;
    const begin = skipMarks(text, from, text.length);
    if (begin > from && begin < text.length && ',[]{}\n#'.includes(text[begin] as string)) return begin;
    const end = this.#wordEnd(begin);
    if (begin >= text.length) return text.length;
    if (top.kind === 'map' && (top.pending === null || this.#isNextKey(top.pending, begin, end))) {
      const key = keyAt(text, begin, end);
      const colon = key ? text.indexOf(':', key[1]) : -1;
      // Behind a quoted key the colon may touch its value.
      const stop = key ? colon + 1 : end;
      if (key && top.entry) top.pending = grow(top.entry, unquoted(text.slice(...key)), key, true);
      top.word = key ? null : begin;
      return Math.max(stop, from + 1);
    }
    const entry = this.#target(top, begin);
    if (entry) {
      entry.form = 'scalar';
      entry.value = [begin, end];
    }
    return Math.max(end, from + 1);
  }

  /** A key on a later line than a value: the comma between them is still to be typed. */
  #isNextKey({ value }: Growing, begin: number, end: number): boolean {
    if (value === null || !this.#text.slice(value[1], begin).includes('\n')) return false;
    const line = this.#text.indexOf('\n', end);
    return keyAt(this.#text, begin, line === -1 ? this.#text.length : line) !== null;
  }

  #giveUp(): number {
    this.mute = true;
    return this.#text.length;
  }

  /** Behind a word: at the next bracket, comma, comment or line, or behind the closing quote. */
  #wordEnd(begin: number): number {
    const text = this.#text;
    const line = text.indexOf('\n', begin);
    const limit = line === -1 ? text.length : line;
    let at = begin;
    if (text[begin] === '"' || text[begin] === "'") {
      const close = quoteEnd(text, begin, limit);
      if (close === null) return trimmed(text, begin, limit);
      if (text[close] !== ':' && !/^[ \t]*:/.test(text.slice(close, close + 20))) return close;
      return text.indexOf(':', close) + 1;
    }
    while (at < limit && !',[]{}'.includes(text[at] as string)) {
      if (text[at] === '#' && isSpace(text[at - 1])) break;
      if (
        text[at] === ':' &&
        (at + 1 >= limit || isSpace(text[at + 1]) || ',]}'.includes(text[at + 1] ?? ''))
      )
        return at + 1;
      at += 1;
    }
    return trimmed(text, begin, at);
  }

  /** A line that can only be the next key of the block around. */
  #isAbandoned(begin: number): boolean {
    const end = this.#text.indexOf('\n', begin);
    const limit = end === -1 ? this.#text.length : end;
    const indent = indentOf(this.#text, begin, limit);
    return indent <= this.#column && keyAt(this.#text, begin + indent, limit) !== null;
  }

  #abandon(end: number): number {
    for (const { entry } of this.#stack) if (entry?.value) entry.value = [entry.value[0], end];
    this.#stack.length = 0;
    return end + 1;
  }

  #nextLine(from: number): number {
    const end = this.#text.indexOf('\n', from);
    const stop = end === -1 ? this.#text.length : end;
    this.mute = end === -1 && /\s#/.test(this.#text.slice(from, stop));
    return end === -1 ? this.#text.length : end + 1;
  }

  #stillOpen(): void {
    const top = this.#stack.at(-1);
    const { length } = this.#text;
    for (const { entry } of this.#stack) if (entry?.value) entry.value = [entry.value[0], length];
    if (!top) return;
    const last = top.kind === 'list' ? top.entry?.children.at(-1) : top.pending;
    const typed = last?.form === 'scalar' && last.value?.[1] === length ? last.value[0] : length;
    const word = top.kind === 'map' && top.word !== null && !top.pending ? top.word : typed;
    this.open = { container: top.entry, kind: top.kind, entry: top.pending, word };
  }
}

function trimmed(text: string, begin: number, end: number): number {
  let at = end;
  while (at > begin && isSpace(text[at - 1])) at -= 1;
  return at;
}
