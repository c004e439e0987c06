// @ts-check

/** Share of an installation that is downloading; the rest is unpacking, whose end pip does not announce. */
const DOWNLOADING = 0.6;
/** Smaller files are not worth a name. */
const LARGE = 5e6;

/** Where an installation is, from pip's own lines and from what has arrived on the disk. */
export class PipProgress {
  #what;
  #expected;
  #unpackingMs;
  /** Bytes of downloads that came before the newest. */
  #before = 0;
  /** Announced size of the newest download. */
  #newest = 0;
  #unpackedMs = 0;
  #words;
  installing = false;

  /**
   * @param {string} what as in "PyTorch"
   * @param {{bytes: number, unpackingSeconds: number, words?: string}} usual what it takes as a rule, and how that is
   *   said; pip's own numbers correct it
   */
  constructor(what, usual) {
    this.#what = what;
    this.#expected = usual.bytes;
    this.#unpackingMs = usual.unpackingSeconds * 1000;
    this.#words = `Fetching ${what}${usual.words ? ` (${usual.words})` : ''}`;
  }

  /** @param {string} line */
  line(line) {
    const [, file = '', size = '', unit = ''] =
      /^Downloading (\S+) \(([\d.]+) (bytes|[kMG]B)\)/.exec(line) ?? [];
    if (size !== '') {
      this.#before += this.#newest;
      this.#newest = Number(size) * bytesOf(unit);
      this.#expected = Math.max(this.#expected, this.#before + this.#newest);
      if (this.#newest >= LARGE) this.#words = `Downloading ${this.#nameIn(file)} (${size} ${unit})`;
    } else if (line.startsWith('Installing collected packages')) {
      this.installing = true;
      this.#words = `Installing ${this.#what}`;
    }
  }

  /**
   * @param {number} arrived bytes of the newest download on the disk
   * @param {number} passedMs since the last look
   * @returns {{words: string, done: number}} done: 0 to 1, and 1 never reached
   */
  look(arrived, passedMs) {
    if (!this.installing) {
      const bytes = this.#before + Math.min(arrived, this.#newest);
      return { words: this.#words, done: (DOWNLOADING * bytes) / this.#expected };
    }
    this.#unpackedMs += passedMs;
    const unpacked = 1 - Math.exp((-2 * this.#unpackedMs) / this.#unpackingMs);
    return { words: this.#words, done: DOWNLOADING + (1 - DOWNLOADING) * unpacked };
  }

  /** @param {string} file a wheel's name or address */
  #nameIn(file) {
    const name = (file.split('/').at(-1) ?? file).split('-')[0] ?? file;
    return name === 'torch' ? 'PyTorch' : name;
  }
}

/** @param {string} unit */
function bytesOf(unit) {
  return { kB: 1e3, MB: 1e6, GB: 1e9 }[unit] ?? 1;
}
