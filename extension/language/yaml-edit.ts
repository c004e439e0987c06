/**
 * The smallest edit that gives a key of a section a value: comments, order and spacing of everything else stay. An
 * edit is only offered after it was tried on a copy: the file must then mean the same but for that key.
 */
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'yaml';
import { entryAt, type OutlineEntry, outlineOf, scalarText } from './outline.ts';
import type { TextEdit } from './text-edit.ts';
import { TextLines } from './text-lines.ts';

export type YamlValue = number | string | YamlList | { readonly [name: string]: number };

type YamlList = readonly (string | number)[];

export interface Assignment {
  readonly section: string;
  readonly key: string;
  readonly value: YamlValue;
  /** A key of the section that this one takes the place of, where that is there and this one is not. */
  readonly instead?: string;
}

interface Change {
  readonly begin: number;
  readonly end: number;
  readonly text: string;
}

/** Null where no small edit does it. */
export function yamlEdits(text: string, assignments: readonly Assignment[]): readonly TextEdit[] | null {
  const wanted = expected(text, assignments);
  if (wanted === undefined) return null;
  const changes = changesFor(text, assignments);
  if (!changes || !isDeepStrictEqual(meaning(applied(text, changes)), wanted)) return null;
  const lines = new TextLines(text);
  return changes.map(({ begin, end, text: newText }) => ({ range: lines.range(begin, end), newText }));
}

function changesFor(text: string, assignments: readonly Assignment[]): readonly Change[] | null {
  const { root } = outlineOf(text);
  const [first] = assignments;
  if (!first) return [];
  const section = entryAt(root, [first.section]);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  if (!section || section.form === 'empty') return [newSection(text, section, assignments, eol)];
  if (section.form !== 'map' || !section.value) return null;
  const changes: Change[] = [];
  const added: string[] = [];
  for (const { key, value, instead } of assignments) {
    const own = section.children.find((child) => child.key === key);
    const other = own ? undefined : section.children.find((child) => child.key === instead);
    if (own) {
      const replaced = replaceValue(text, own, value, eol);
      if (!replaced) return null;
      changes.push(...replaced);
    } else if (other?.value) {
      if (holdsComment(text, other)) return null;
      changes.push({ begin: other.name[0], end: other.value[1], text: `${key}: ${valueText(value)}` });
    } else added.push(`${key}: ${valueText(value)}`);
  }
  const insertion = added.length > 0 ? insert(text, section, added, eol) : null;
  return insertion ? [...changes, insertion] : changes;
}

function newSection(
  text: string,
  section: OutlineEntry | null,
  assignments: readonly Assignment[],
  eol: string,
): Change {
  const keys = assignments.map(({ key, value }) => `  ${key}: ${valueText(value)}`);
  if (section) {
    const at = endOfLine(text, section.name[1]);
    return { begin: at, end: at, text: `${eol}${keys.join(eol)}` };
  }
  const body = text.trimEnd().length;
  const at = endOfLine(text, body);
  const name = assignments[0]?.section ?? '';
  return {
    begin: at,
    end: at,
    text: `${at === 0 ? '' : eol}${[`${name}:`, ...keys].join(eol)}${at === text.length ? eol : ''}`,
  };
}

function insert(text: string, section: OutlineEntry, keys: readonly string[], eol: string): Change | null {
  const last = section.children.at(-1);
  const [begin, end] = section.value ?? [0, 0];
  if (text[begin] === '{') {
    const at = last ? (last.value?.[1] ?? last.name[1]) : begin + 1;
    if (last) return { begin: at, end: at, text: `, ${keys.join(', ')}` };
    return { begin: at, end: end - 1, text: ` ${keys.join(', ')} ` };
  }
  const first = section.children[0];
  if (!first || !last) return null;
  const indent = first.name[0] - (text.lastIndexOf('\n', first.name[0] - 1) + 1);
  const at = endOfLine(text, end);
  return { begin: at, end: at, text: keys.map((key) => `${eol}${' '.repeat(indent)}${key}`).join('') };
}

function replaceValue(text: string, entry: OutlineEntry, value: YamlValue, eol: string): Change[] | null {
  if (!entry.value) {
    const colon = text.indexOf(':', entry.name[1]);
    const at = colon === -1 ? entry.name[1] : colon + 1;
    return [{ begin: at, end: at, text: ` ${valueText(value)}` }];
  }
  const [begin, end] = entry.value;
  const isBlockList = entry.form === 'list' && text[begin] === '-';
  if (isBlockList && isList(value)) return replaceItems(text, entry, value, eol);
  if (holdsComment(text, entry)) return null;
  return [{ begin, end, text: valueText(value) }];
}

/** Comments inside of what is replaced would be lost. */
function holdsComment(text: string, { form, value }: OutlineEntry): boolean {
  return form !== 'scalar' && value !== null && /(^|\s)#/m.test(text.slice(...value));
}

/** Names that stay are left alone; others take the places of those that go, or lines of their own. */
function replaceItems(text: string, list: OutlineEntry, values: YamlList, eol: string): Change[] | null {
  const names = values.map(String);
  const items = list.children.map((item) => ({ item, name: scalarText(text, item) }));
  const textOf = (name: string) => itemText(values[names.indexOf(name)] ?? name);
  const gone = items.filter(({ name }) => name === null || !names.includes(name));
  const added = names.filter((name) => !items.some((item) => item.name === name));
  const swapped = gone.slice(0, added.length).map(({ item }, i): Change | null => {
    const name = added[i];
    return item.value && name !== undefined
      ? { begin: item.value[0], end: item.value[1], text: textOf(name) }
      : null;
  });
  // With the line break before it: what is put in behind the list may begin where this line ends.
  const removed = gone.slice(added.length).map(({ item }): Change => {
    const lineBegin = text.lastIndexOf('\n', item.name[0] - 1);
    return { begin: endOfLine(text, lineBegin - 1), end: endOfLine(text, item.name[0]), text: '' };
  });
  const more = added.slice(gone.length);
  const last = items.at(-1)?.item;
  if (!last || swapped.includes(null)) return null;
  const indent = last.name[0] - (text.lastIndexOf('\n', last.name[0] - 1) + 1);
  const at = endOfLine(text, last.value?.[1] ?? last.name[1]);
  const lines = more.map((name) => `${eol}${' '.repeat(indent)}- ${textOf(name)}`).join('');
  const appended = more.length > 0 ? [{ begin: at, end: at, text: lines }] : [];
  return [...swapped.filter((change) => change !== null), ...removed, ...appended];
}

/** In one line. */
function valueText(value: YamlValue): string {
  if (typeof value !== 'object') return itemText(value);
  if (isList(value)) return `[${value.map(itemText).join(', ')}]`;
  const entries = Object.entries(value).map(([name, number]) => `${plainScalar(name)}: ${number}`);
  return `{ ${entries.join(', ')} }`;
}

function isList(value: YamlValue): value is YamlList {
  return Array.isArray(value);
}

function itemText(value: string | number): string {
  return typeof value === 'number' ? String(value) : plainScalar(value);
}

/** Text as YAML, in quotes where it would be read as something else. */
export function plainScalar(value: string): string {
  const isPlain = /^[\p{L}\p{N}./~][\p{L}\p{N}_./~@-]*$/u.test(value) && meaning(value) === value;
  return isPlain ? value : JSON.stringify(value);
}

/** Before the line break; comments on the line stay before it. */
function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  if (end === -1) return text.length;
  return text[end - 1] === '\r' && end > from ? end - 1 : end;
}

function applied(text: string, changes: readonly Change[]): string {
  return [...changes]
    .sort((a, b) => b.begin - a.begin || b.end - a.end)
    .reduce(
      (result, { begin, end, text: newText }) => result.slice(0, begin) + newText + result.slice(end),
      text,
    );
}

/** What the text would mean with the assignments made; undefined where it means nothing. */
function expected(text: string, assignments: readonly Assignment[]): unknown {
  const before = meaning(text);
  if (typeof before !== 'object' || before === null || Array.isArray(before)) return undefined;
  const after = structuredClone(before) as Record<string, unknown>;
  for (const { section, key, value, instead } of assignments) {
    const own = after[section] ?? {};
    if (typeof own !== 'object' || Array.isArray(own)) return undefined;
    const map = { ...(own as Record<string, unknown>) };
    if (instead !== undefined && !Object.hasOwn(map, key)) delete map[instead];
    map[key] = structuredClone(value);
    after[section] = map;
  }
  return normal(after);
}

/** Undefined where the text is no YAML. */
function meaning(text: string): unknown {
  try {
    return normal(parse(text, { merge: true, stringKeys: true, logLevel: 'silent', maxAliasCount: 100 }));
  } catch {
    return undefined;
  }
}

/** Lists of names and of numbers have no order that means anything. */
function normal(value: unknown): unknown {
  if (Array.isArray(value)) {
    const items = value.map(normal);
    const isPlain = items.every((item) => typeof item === 'string' || typeof item === 'number');
    return isPlain ? items.sort((a, b) => String(a).localeCompare(String(b), 'en')) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, normal(inner)]));
}
