/** Parts of one line of YAML: marks, keys, where a value ends. All take offsets into the text and look no further than `end`. */

export function indentOf(text: string, begin: number, end: number): number {
  let at = begin;
  while (at < end && text[at] === ' ') at += 1;
  return at - begin;
}

/** Behind anchors (`&a`) and tags (`!!str`). */
export function skipMarks(text: string, from: number, end: number): number {
  let at = from;
  while (at < end && (text[at] === '&' || text[at] === '!')) {
    while (at < end && !isSpace(text[at])) at += 1;
    while (at < end && isSpace(text[at])) at += 1;
  }
  return at;
}

/** Of the key that begins at `from`, without its colon; null where no key begins there. */
export function keyAt(text: string, from: number, end: number): readonly [number, number] | null {
  const first = text[from];
  if (first === undefined || '{}[],#&*!|>%@`?'.includes(first)) return null;
  if (first === '"' || first === "'") {
    const close = quoteEnd(text, from, end);
    if (close === null) return null;
    let colon = close;
    while (colon < end && isSpace(text[colon])) colon += 1;
    return text[colon] === ':' ? [from, close] : null;
  }
  for (let at = from; at < end; at++) {
    if (text[at] === '#' && isSpace(text[at - 1])) return null;
    if (text[at] === ':' && (at + 1 >= end || isSpace(text[at + 1]))) {
      let close = at;
      while (close > from && isSpace(text[close - 1])) close -= 1;
      return close > from ? [from, close] : null;
    }
  }
  return null;
}

/** Behind a scalar that begins at `from`: before the comment and the spaces that follow it. */
export function valueEnd(text: string, from: number, end: number): number {
  const first = text[from];
  if (first === '"' || first === "'") {
    const close = quoteEnd(text, from, end);
    if (close !== null) return close;
  }
  let at = from;
  while (at < end && !(text[at] === '#' && at > from && isSpace(text[at - 1]))) at += 1;
  while (at > from && isSpace(text[at - 1])) at -= 1;
  return at;
}

/** Behind the quote that closes the one at `from`; null where none does. */
export function quoteEnd(text: string, from: number, end: number): number | null {
  const quote = text[from];
  for (let at = from + 1; at < end; at++) {
    if (quote === '"' && text[at] === '\\') at += 1;
    else if (text[at] === quote) {
      if (quote === "'" && text[at + 1] === "'" && at + 1 < end) at += 1;
      else return at + 1;
    }
  }
  return null;
}

/** A scalar without its quotes, also where the closing one is still to be typed. */
export function unquoted(written: string): string {
  const quote = written[0];
  if (quote === "'") return written.slice(1, closes(written) ? -1 : undefined).replaceAll("''", "'");
  if (quote !== '"') return written;
  try {
    const value: unknown = JSON.parse(written);
    if (typeof value === 'string') return value;
  } catch {
    // Escapes that only YAML knows, or no closing quote.
  }
  return written.slice(1, closes(written) ? -1 : undefined);
}

function closes(written: string): boolean {
  return written.length > 1 && quoteEnd(written, 0, written.length) === written.length;
}

export function isSpace(character: string | undefined): boolean {
  return character === ' ' || character === '\t' || character === '\r' || character === '\n';
}
