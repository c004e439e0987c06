import type { TargetName } from '../../core/hosts/target-name.ts';
import { targetNames } from '../../runner/hosts/target-names.ts';

/** How long what was read holds: long enough for a burst of keys. */
const FRESH_MS = 5_000;

/** What may be a target besides `local`, read from the user's own files apart from typing and remembered for a while. */
export class Targets {
  readonly #read: () => Promise<readonly TargetName[]>;
  readonly #now: () => number;
  #known: readonly TargetName[] | null = null;
  #at = Number.NEGATIVE_INFINITY;
  #reading: Promise<readonly TargetName[]> | null = null;

  constructor(
    read: () => Promise<readonly TargetName[]> = () => targetNames(),
    now: () => number = Date.now,
  ) {
    this.#read = read;
    this.#now = now;
  }

  get isRead(): boolean {
    return this.#known !== null;
  }

  /** As it was read last; empty before. */
  get known(): readonly TargetName[] {
    return this.#known ?? [];
  }

  expire(): void {
    this.#at = Number.NEGATIVE_INFINITY;
  }

  /** Reads again what was read too long ago. */
  async read(): Promise<readonly TargetName[]> {
    if (this.#known && this.#now() - this.#at < FRESH_MS) return this.#known;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    this.#known = await this.#reading;
    this.#at = this.#now();
    return this.#known;
  }

  /** The same; true where it is different from before. */
  async check(): Promise<boolean> {
    const before = JSON.stringify(this.#known);
    return JSON.stringify(await this.read()) !== before;
  }
}
