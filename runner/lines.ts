import { StringDecoder } from 'node:string_decoder';

/** Splits a byte stream into lines, wherever its chunks end. `\r\n` ends a line too. */
export class Lines {
  readonly #decoder = new StringDecoder('utf8');
  readonly #listener: (line: string) => void;
  #rest = '';

  constructor(listener: (line: string) => void) {
    this.#listener = listener;
  }

  feed(chunk: Uint8Array): void {
    const parts = (this.#rest + this.#decoder.write(Buffer.from(chunk))).split('\n');
    this.#rest = parts.pop() ?? '';
    for (const part of parts) this.#listener(part.endsWith('\r') ? part.slice(0, -1) : part);
  }
}

/** The last few thousand characters of a stream: enough to say why a process ended. */
export class Tail {
  #text = '';

  feed(chunk: Uint8Array | string): void {
    this.#text = (this.#text + chunk.toString()).slice(-8_000);
  }

  /** The last lines that say something, without a traceback's middle. */
  lines(count: number): string {
    return this.#text
      .split(/\r?\n/)
      .filter((line) => line.trim() !== '')
      .slice(-count)
      .join('\n');
  }
}
