/**
 * Says on standard error what the set-up is doing and since when. Standard output stays free for the command's own
 * answer (`--json`).
 */
export class Progress {
  #started = Date.now();
  #label = '';
  #detail = '';
  #timer = /** @type {NodeJS.Timeout | null} */ (null);
  #spoken = 0;

  /** @param {string} label */
  begin(label) {
    this.#started = Date.now();
    this.#label = label;
    this.#detail = '';
    this.#spoken = 0;
    if (process.stderr.isTTY) {
      this.#draw();
      this.#timer = setInterval(() => this.#draw(), 200);
    } else {
      process.stderr.write(`set-up: ${label} ...\n`);
      this.#timer = setInterval(() => this.#speak(), 1000);
    }
  }

  /** @param {string} line the newest line of the program at work */
  detail(line) {
    this.#detail = line;
  }

  done(note = '') {
    this.#end(`${this.#label}: done in ${seconds(this.#started)}${note ? `, ${note}` : ''}`);
  }

  failed() {
    this.#end(`${this.#label}: failed after ${seconds(this.#started)}`);
  }

  /** @param {string} text */
  say(text) {
    const redraw = process.stderr.isTTY && this.#timer !== null;
    process.stderr.write(`${redraw ? '\r\x1b[K' : ''}set-up: ${text}\n`);
  }

  /** @param {string} text */
  #end(text) {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    process.stderr.write(`${process.stderr.isTTY ? '\r\x1b[K' : ''}set-up: ${text}\n`);
  }

  #draw() {
    const room = (process.stderr.columns ?? 80) - 1;
    const text = `set-up: ${this.#label} ... ${seconds(this.#started)}${this.#detail ? `  ${this.#detail}` : ''}`;
    process.stderr.write(`\r\x1b[K${text.slice(0, room)}`);
  }

  /** Where nobody watches the line move, a word every 15 s shows that it lives. */
  #speak() {
    const due = Math.floor((Date.now() - this.#started) / 15_000);
    if (due <= this.#spoken) return;
    this.#spoken = due;
    process.stderr.write(`set-up: ${this.#label} ... ${seconds(this.#started)}\n`);
  }
}

/** @param {number} since */
function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}
