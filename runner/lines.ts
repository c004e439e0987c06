/** No honest line is nearly as long: pieces of files have a mebibyte, answers a few. */
const LONGEST_LINE = 1 << 26;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Splits a byte stream into lines, wherever its chunks end. `\r\n` ends a line too. */
export class Lines {
  readonly #listener: (line: string) => void;
  readonly #tooLong: () => void;
  readonly #longest: number;
  #pieces: Uint8Array[] = [];
  #length = 0;
  #isOver = false;

  /** @param tooLong called once, for a line beyond `longest` bytes; nothing is listened to after it */
  constructor(listener: (line: string) => void, tooLong: () => void = () => {}, longest = LONGEST_LINE) {
    this.#listener = listener;
    this.#tooLong = tooLong;
    this.#longest = longest;
  }

  feed(chunk: Uint8Array): void {
    let begin = 0;
    while (!this.#isOver) {
      const end = chunk.indexOf(NEWLINE, begin);
      this.#keep(chunk.subarray(begin, end === -1 ? chunk.length : end));
      if (end === -1) return;
      if (!this.#isOver) this.#listener(this.#take());
      begin = end + 1;
    }
  }

  #keep(piece: Uint8Array): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#length <= this.#longest) return;
    this.#isOver = true;
    this.#pieces = [];
    this.#tooLong();
  }

  #take(): string {
    const line = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    return line.toString('utf8', 0, line.at(-1) === RETURN ? line.length - 1 : line.length);
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
