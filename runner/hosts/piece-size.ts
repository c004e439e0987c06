/** How many bytes of a file go in one question: few where the way is slow, so that each is answered in time. */
const LEAST = 64 * 1024;
export const MOST = 1024 * 1024;
export const FIRST = 128 * 1024;
/** Far below the half minute that a question may take, and far above what one costs by itself. */
const WANTED_MS = 4_000;

/** After a piece of `bytes` that took `ms` to go and be answered. */
export function nextPiece(bytes: number, ms: number): number {
  return Math.max(LEAST, Math.min(MOST, 2 * bytes, Math.round((bytes * WANTED_MS) / Math.max(ms, 1))));
}
