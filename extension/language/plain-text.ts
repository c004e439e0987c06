/** Longest name shown whole. */
const LONGEST = 60;

// Control characters, marks that change writing direction or hide text, line and paragraph separators, lone surrogates.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A name from a file on one line: nothing in it can break, reorder or hide what stands beside it. */
export function plain(text: string, longest: number = LONGEST): string {
  // Cut first: a name may have a million characters, of which nobody reads more than the first.
  const visible = text.slice(0, 4 * longest + 4).replace(UNSAFE, '\ufffd');
  const characters = [...visible];
  return characters.length <= longest ? visible : `${characters.slice(0, longest - 1).join('')}…`;
}

/** The same for text that may span lines, such as a message. */
export function plainLines(text: string, longest = 1000): string {
  return text
    .slice(0, 20_000)
    .split(/\r?\n/)
    .map((line) => plain(line, longest))
    .join('\n');
}

/** `algebra, biology and 3 more`: at most `most` names. */
export function nameList(names: readonly string[], most = 12): string {
  const shown = names.slice(0, most).map((name) => plain(name, 40));
  const left = names.length - shown.length;
  return left > 0 ? `${shown.join(', ')} and ${left} more` : shown.join(', ');
}
