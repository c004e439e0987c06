import type { Path } from '../../core/experiment/diagnostic.ts';
import { type Offsets, type OutlineEnd, type OutlineEntry, outlineOf } from './outline.ts';
import type { OpenFlow } from './scan-flow.ts';
import { indentOf, isSpace, keyAt, skipMarks } from './scan-line.ts';

/** What stands at the cursor, or would. */
export interface CursorPlace {
  /** `key`: of the map at `path`. `value`: at `path`. `item`: of a list, at `path`; it may be a value or begin a map. */
  readonly role: 'key' | 'value' | 'item';
  readonly path: Path;
  /** The word at the cursor, on one line; empty where none is typed. */
  readonly word: Offsets;
  /** Of the word, what stands before the cursor. */
  readonly typed: string;
  readonly flow: boolean;
  /** Directly behind a colon or dash, where YAML wants a space first. */
  readonly needsSpace: boolean;
  /** A colon follows already. */
  readonly hasColon: boolean;
}

/** Where in the experiment the cursor is, from what stands before it; null in comments and where nothing can be said. */
export function placeAt(text: string, offset: number): CursorPlace | null {
  const before = text.slice(0, offset);
  const { end } = outlineOf(before);
  if (end.mute) return null;
  if (end.flow) return inFlow(text, offset, end.flow);
  const lineBegin = before.lastIndexOf('\n') + 1;
  const indent = indentOf(before, lineBegin, offset);
  if (lineBegin + indent === offset) {
    const container = containerOf(text, end, indent);
    return container && place(text, 'key', container.path, offset, offset);
  }
  return inBlock(text, offset, lineBegin + indent, indent, end);
}

/** Behind dashes and keys of a line. */
function inBlock(
  text: string,
  offset: number,
  first: number,
  indent: number,
  end: OutlineEnd,
): CursorPlace | null {
  let at = first;
  let column = indent;
  let item = false;
  while (text[at] === '-' && at < offset && (at + 1 >= offset || isSpace(text[at + 1]))) {
    if (at + 1 >= offset) {
      const own = end.open.at(-1)?.entry;
      return own ? place(text, 'item', own.path, offset, offset, { needsSpace: true }) : null;
    }
    item = true;
    const dash = at;
    at += 1;
    while (at < offset && isSpace(text[at])) at += 1;
    column += at - dash;
  }
  const key = keyAt(text, at, offset);
  if (key) return behindKey(text, offset, key[1], end);
  const last = end.open.at(-1);
  if (item && last?.item) return place(text, 'item', last.entry.path, at, offset);
  const container = containerOf(text, end, column);
  return container && place(text, 'key', container.path, at, offset);
}

function behindKey(text: string, offset: number, keyEnd: number, end: OutlineEnd): CursorPlace | null {
  const entry = end.open.at(-1)?.entry;
  const colon = text.indexOf(':', keyEnd);
  if (!entry || colon === -1 || colon >= offset) return null;
  let begin = colon + 1;
  while (begin < offset && isSpace(text[begin])) begin += 1;
  begin = Math.min(offset, skipMarks(text, begin, offset));
  const isBehindValue = begin < offset && isSpace(text[offset - 1]);
  return isBehindValue
    ? null
    : place(text, 'value', entry.path, begin, offset, { needsSpace: colon + 1 === offset });
}

/** The map that a key at this column belongs to; null where a value stands in its place. */
function containerOf(text: string, { open }: OutlineEnd, column: number): OutlineEntry | null {
  const entry = open.filter(({ indent }) => indent < column).at(-1)?.entry;
  if (!entry || entry.flow) return null;
  const { form, name, value } = entry;
  // A word on a later line than its key may be a key that is being typed.
  const isTaken = form === 'scalar' && value !== null && !text.slice(name[1], value[0]).includes('\n');
  return isTaken ? null : entry;
}

function inFlow(
  text: string,
  offset: number,
  { container, kind, entry, word }: OpenFlow,
): CursorPlace | null {
  if (!container) return null;
  if (word >= offset && !/[,[{:]\s*$/.test(text.slice(Math.max(0, offset - 200), offset))) return null;
  if (kind === 'map') {
    const needsSpace = entry !== null && text[offset - 1] === ':';
    return entry
      ? place(text, 'value', entry.path, word, offset, { flow: true, needsSpace })
      : place(text, 'key', container.path, word, offset, { flow: true });
  }
  const last = container.children.at(-1);
  const isTyped = word < offset && last !== undefined;
  return place(text, 'item', isTyped ? last.path : [...container.path, container.items], word, offset, {
    flow: true,
  });
}

function place(
  text: string,
  role: CursorPlace['role'],
  path: Path,
  begin: number,
  offset: number,
  more: Partial<Pick<CursorPlace, 'flow' | 'needsSpace'>> = {},
): CursorPlace | null {
  const typed = text.slice(begin, offset);
  if (typed.includes('\n')) return null;
  const rest = text.slice(offset, offset + 500);
  const quote = text[begin] === '"' || text[begin] === "'" ? text[begin] : '';
  const tail = (role === 'key' ? /^[\p{L}\p{N}_.-]*/u : /^[^\s,[\]{}#"']*/).exec(rest)?.[0] ?? '';
  const quoted = quote !== '' && rest[tail.length] === quote ? 1 : 0;
  const end = offset + tail.length + quoted;
  return {
    role,
    path,
    word: [begin, end],
    typed,
    flow: false,
    needsSpace: false,
    hasColon: /^[ \t]*:(\s|$)/.test(text.slice(end, end + 20)),
    ...more,
  };
}
