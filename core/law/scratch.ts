/**
 * Room for numbers that nobody needs afterwards. Typed arrays of more than eight numbers are made outside of the heap,
 * which takes longer than most of what the innermost functions of a fit do with them.
 */
export class Scratch {
  #room = new Float64Array(128);

  /** At least `count` numbers, with whatever they held before; the caller's until it asks again. */
  of(count: number): Float64Array {
    if (this.#room.length < count) this.#room = new Float64Array(2 * count);
    return this.#room;
  }

  zeros(count: number): Float64Array {
    return this.of(count).fill(0, 0, count);
  }
}
