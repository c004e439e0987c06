/** Names and messages from files, made harmless for the eye: nothing in them hides, reorders or floods what is around them. */

/** Longest name shown whole. */
const LONGEST = 60;

// Control characters, marks that change writing direction or hide text, line and paragraph separators, lone surrogates.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

export function plain(text: string, longest: number = LONGEST): string {
  // A name of any length is cut before it is looked at letter by letter.
  const visible = text.slice(0, 4 * longest).replace(UNSAFE, '\ufffd');
  const characters = [...visible];
  return characters.length <= longest && text.length <= 4 * longest
    ? visible
    : `${characters.slice(0, longest - 1).join('')}…`;
}

/** The same for text that may span lines, as a sentence or an error message does. */
export function plainLines(text: string, longest = 2000): string[] {
  return text
    .slice(0, 20_000)
    .split(/\r?\n/)
    .map((line) => plain(line, longest));
}

/** `algebra, biology and code`, or `algebra, biology and 4 more`; at most `most` names are written out. */
export function nameList(names: readonly string[], most: number = Number.POSITIVE_INFINITY): string {
  const shown = names.length <= most ? names : names.slice(0, Math.max(1, most - 1));
  const words = shown.map((name) => plain(name, 40));
  if (shown.length < names.length) words.push(`${names.length - shown.length} more`);
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
