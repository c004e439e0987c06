import { plainLines } from '../../words/plain.ts';
import { type Style, styleFor } from './style.ts';

/** Where a command writes. Answers go to `out`, everything about getting there to `err`, so that pipes stay clean. */
export interface Io {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly style: Style;
  readonly errStyle: Style;
  readonly columns: number;
}

export function ioOf(process: NodeJS.Process): Io {
  return {
    out: process.stdout,
    err: process.stderr,
    env: process.env,
    style: styleFor(process.stdout, process.env),
    errStyle: styleFor(process.stderr, process.env),
    columns: Math.max(40, Math.min(process.stdout.columns ?? 116, 120)),
  };
}

/** Columns to break text at: no line is broken for a file or a program. */
export function breadth(stream: NodeJS.WriteStream, { columns }: Pick<Io, 'columns'>): number {
  return stream.isTTY ? columns : Number.POSITIVE_INFINITY;
}

export function print(io: Io, text = ''): void {
  io.out.write(`${text}\n`);
}

/** A line about what is going on, for people; made harmless first, since it may quote a file. */
export function say(io: Io, text: string): void {
  io.err.write(`${plainLines(text)}\n`);
}

export function printJson(io: Io, document: unknown): void {
  io.out.write(`${JSON.stringify(document, null, 2)}\n`);
}
