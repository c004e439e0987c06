import { parse } from 'yaml';
import { entryAt, outlineOf } from './outline.ts';
import type { TextEdit } from './text-edit.ts';
import { TextLines } from './text-lines.ts';
import { plainScalar } from './yaml-edit.ts';

/** The edit that makes a place the target of a text; null where no small one does. */
export function targetEdit(text: string, name: string): TextEdit | null {
  const [begin, end, newText] = changeFor(text, plainScalar(name));
  if (targetOf(text.slice(0, begin) + newText + text.slice(end)) !== name) return null;
  return { range: new TextLines(text).range(begin, end), newText };
}

function changeFor(text: string, value: string): readonly [begin: number, end: number, newText: string] {
  const entry = entryAt(outlineOf(text).root, ['target']);
  if (entry?.value) return [...entry.value, value];
  if (entry) {
    const colon = text.indexOf(':', entry.name[1]);
    return [colon + 1, colon + 1, ` ${value}`];
  }
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const isEnded = text === '' || text.endsWith('\n');
  return [text.length, text.length, `${isEnded ? '' : eol}target: ${value}${eol}`];
}

/** Undefined where the text is no YAML, or names none. */
function targetOf(text: string): unknown {
  try {
    return parse(text, { merge: true, stringKeys: true, logLevel: 'silent', maxAliasCount: 100 })?.target;
  } catch {
    return undefined;
  }
}
