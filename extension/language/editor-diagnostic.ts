import type { Range } from '../../core/experiment/diagnostic.ts';
import type { Problem } from '../../core/problem.ts';
import { inQuotes, plainLines } from '../../words/plain.ts';

/** Something to underline, as the editor shows it. */
export interface EditorDiagnostic {
  readonly severity: 'error' | 'warning' | 'information';
  readonly code: string;
  /** What is wrong, and on the next line what to do. */
  readonly message: string;
  readonly range: Range;
  /** What was probably meant, to put in place of what stands there. */
  readonly suggestion?: string;
}

/** Of a problem: what is wrong, and what to do. */
export function messageOf({ message, fix }: Pick<Problem, 'message' | 'fix'>, suggestion?: string): string {
  // A "did you mean" says already what to write.
  const text = fix && suggestion === undefined ? `${message}\n${fix}` : message;
  return shownText(text);
}

/** As it is shown, where no Markdown is. */
export function shownText(message: string): string {
  return plainLines(inQuotes(message), 2000);
}

/** Without what says the same of the same place. */
export function distinct(diagnostics: readonly EditorDiagnostic[]): EditorDiagnostic[] {
  const seen = new Set<string>();
  return diagnostics.filter(({ code, message, range }) => {
    const { start, end } = range;
    const identity = [code, message, start.line, start.column, end.line, end.column].join('\0');
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}
