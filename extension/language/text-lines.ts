/** A text with its lines, counted as the parser and editors do: from 1, columns in UTF-16 units. */
import type { Position, Range } from '../../core/experiment/diagnostic.ts';

export class TextLines {
  readonly text: string;
  readonly #starts: readonly number[];

  constructor(text: string) {
    this.text = text;
    const starts = [0];
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    this.#starts = starts;
  }

  get count(): number {
    return this.#starts.length;
  }

  /** Of a line, without its line break; empty where there is no such line. */
  line(line: number): string {
    const begin = this.#starts[line - 1];
    return begin === undefined ? '' : this.text.slice(begin, this.#endOf(line));
  }

  /** Behind the last character of a line. */
  lineEnd(line: number): Position {
    const clamped = Math.min(Math.max(1, line), this.count);
    return { line: clamped, column: this.line(clamped).length + 1 };
  }

  /** Characters before a position; positions outside the text are moved into it. */
  offset({ line, column }: Position): number {
    if (line < 1) return 0;
    const begin = this.#starts[line - 1];
    if (begin === undefined) return this.text.length;
    return Math.min(begin + Math.max(0, column - 1), this.#endOf(line));
  }

  position(offset: number): Position {
    const inside = Math.min(Math.max(0, offset), this.text.length);
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] as number) <= inside) low = middle;
      else high = middle - 1;
    }
    // Between the two characters of a line break is no place of its own.
    return {
      line: low + 1,
      column: Math.min(inside, this.#endOf(low + 1)) - (this.#starts[low] as number) + 1,
    };
  }

  range(begin: number, end: number): Range {
    return { start: this.position(begin), end: this.position(Math.max(begin, end)) };
  }

  /** Moved into the text, and never empty where there is a character to underline: the last one before it then. */
  visible({ start, end }: Range): Range {
    const begin = this.offset(start);
    const stop = Math.max(begin, this.offset(end));
    if (stop > begin) return this.range(begin, stop);
    const before = this.text.slice(0, begin).trimEnd().length;
    const isInLine = begin < this.text.length && !/\s/.test(this.text[begin] as string);
    if (isInLine) return this.range(begin, begin + 1);
    return before === 0 ? this.range(begin, begin) : this.range(before - 1, before);
  }

  slice({ start, end }: Range): string {
    return this.text.slice(this.offset(start), this.offset(end));
  }

  /** Where a line's break begins, or the text ends. */
  #endOf(line: number): number {
    const next = this.#starts[line];
    if (next === undefined) return this.text.length;
    const end = next - 1;
    return this.text[end - 1] === '\r' && end - 1 >= (this.#starts[line - 1] as number) ? end - 1 : end;
  }
}

export function contains({ start, end }: Range, { line, column }: Position): boolean {
  const after = line > start.line || (line === start.line && column >= start.column);
  return after && (line < end.line || (line === end.line && column <= end.column));
}

export function overlap(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}
