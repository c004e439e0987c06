/** Thrown when a caller's `cancelled()` says that the answer is no longer wanted. */
export class Cancelled extends Error {
  constructor() {
    super('Cancelled: a newer request replaced this one.');
    this.name = 'Cancelled';
  }
}

/** Ends long work early; to be called between slow steps. */
export function throwIfCancelled(cancelled: (() => boolean) | undefined): void {
  if (cancelled?.()) throw new Cancelled();
}
