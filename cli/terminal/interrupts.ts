/** Who is told of Ctrl-C: whoever began to listen last and still does. */
export class Interrupts {
  readonly #listeners: (() => void)[] = [];

  listen(listener: () => void): Disposable {
    this.#listeners.push(listener);
    return {
      [Symbol.dispose]: () => {
        const place = this.#listeners.lastIndexOf(listener);
        if (place !== -1) this.#listeners.splice(place, 1);
      },
    };
  }

  /** Aborted by the first Ctrl-C until it is disposed of; a second one is for others. */
  once(): Disposable & { readonly signal: AbortSignal } {
    const abort = new AbortController();
    const listening = this.listen(() => {
      listening[Symbol.dispose]();
      abort.abort();
    });
    return { signal: abort.signal, [Symbol.dispose]: () => listening[Symbol.dispose]() };
  }

  /** Whether anybody listened. */
  tell(): boolean {
    const listener = this.#listeners.at(-1);
    listener?.();
    return listener !== undefined;
  }
}
