/** Who is told of Ctrl-C: whoever began to listen last and still does. */
export class Interrupts {
  readonly #listeners: (() => void)[] = [];

  listen(listener: () => void): Disposable {
    this.#listeners.push(listener);
    return {
      [Symbol.dispose]: () => {
        this.#listeners.splice(this.#listeners.lastIndexOf(listener), 1);
      },
    };
  }

  /** Whether anybody listened. */
  tell(): boolean {
    const listener = this.#listeners.at(-1);
    listener?.();
    return listener !== undefined;
  }
}
