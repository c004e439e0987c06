/** Longest name shown whole. */
const LONGEST = 60;

// Control characters, marks that change writing direction or hide text, line and paragraph separators, lone surrogates.
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A name from a file, made harmless for a terminal: nothing in it can move the cursor, recolour, or reorder the line. */
export function plain(text: string, longest: number = LONGEST): string {
  const visible = text.replace(UNSAFE, '\ufffd');
  const characters = [...visible];
  return characters.length <= longest ? visible : `${characters.slice(0, longest - 1).join('')}…`;
}

/** The same for text that may span lines, as an error message does: line breaks stay, the rest is made harmless. */
export function plainLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => plain(line, 1000))
    .join('\n');
}
