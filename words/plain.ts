/** Names and messages from files, made harmless for the eye: nothing in them hides, reorders or floods what is around them. */

/** Longest name shown whole, in characters. */
const LONGEST = 60;

// Control characters, marks that change writing direction or hide text, line and paragraph separators, lone surrogates.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** On one line. A terminal's cursor and colours are out of its reach too. */
export function plain(text: string, longest: number = LONGEST): string {
  // Cut first: a name may have a million characters, of which nobody reads more than the first.
  const visible = text.slice(0, 2 * longest + 2).replace(UNSAFE, '\ufffd');
  const characters = [...visible];
  return characters.length <= longest ? visible : `${characters.slice(0, longest - 1).join('')}…`;
}

/** The same for text that may span lines, as a sentence or an error message does: line breaks stay. */
export function plainLines(text: string, longest = 1000): string {
  return text
    .slice(0, 20_000)
    .split(/\r?\n/)
    .map((line) => plain(line, longest))
    .join('\n');
}

/** A message with its line breaks as spaces, and without a link: VS Code makes one of `[words](command:...)` in notifications. */
export function oneLine(text: string, longest = 200): string {
  return plain(inQuotes(text.slice(0, 20_000)).replace(/\s+/g, ' '), longest).replaceAll('](', '] (');
}

/** For a place that shows no Markdown: what stands between backticks is put between quotation marks. */
export function inQuotes(message: string): string {
  return message.replace(/`([^`\n]+)`/g, '"$1"');
}

/** `algebra, biology and code`, or `algebra, biology and 4 more`: at most `most` words. */
export function nameList(names: readonly string[], most: number = Number.POSITIVE_INFINITY): string {
  const shown = names.length <= most ? names : names.slice(0, Math.max(1, most - 1));
  const words = shown.map((name) => plain(name, 40));
  if (shown.length < names.length) words.push(`${names.length - shown.length} more`);
  if (words.length <= 1) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
