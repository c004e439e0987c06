import type { Diagnostic } from '../core/experiment/parse.ts';
import { plain } from '../words/plain.ts';
import { problemText } from './problem-text.ts';
import type { Style } from './terminal/style.ts';

/** A diagnostic with the line of the file it is about, and a mark under its exact range. */
export function diagnosticText(
  diagnostic: Diagnostic,
  file: string,
  text: string | null,
  style: Style,
): string {
  const { start, end } = diagnostic.range;
  const head = problemText({ ...diagnostic, file, line: start.line, column: start.column }, style);
  const shown = diagnostic.severity === 'error' ? head : head.replace('error', diagnostic.severity);
  const line = text?.split(/\r?\n/)[start.line - 1];
  if (line === undefined || line.length > 200) return shown;
  const last = end.line === start.line ? end.column : line.length + 1;
  const number = `${start.line}`.padStart(5);
  const mark = ' '.repeat(start.column - 1) + '~'.repeat(Math.max(1, last - start.column));
  const [first = '', ...rest] = shown.split('\n');
  return [
    first,
    `${style.dim(`${number} │`)} ${plain(line, 200)}`,
    `${style.dim('      │')} ${style.red(mark)}`,
    ...rest,
  ].join('\n');
}
