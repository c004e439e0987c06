import { describe, expect, it } from 'vitest';
import { FIRST, MOST, nextPiece } from '../../runner/hosts/piece-size.ts';

/** Seconds that each of the first pieces takes on a way of so many bytes a second, in base64. */
function seconds(bytesPerSecond: number, pieces = 12): number[] {
  let size = FIRST;
  return Array.from({ length: pieces }, () => {
    const took = (size * 4) / 3 / bytesPerSecond;
    size = nextPiece(size, 1000 * took);
    return took;
  });
}

describe('pieces of a file', () => {
  it('are answered far within the half minute that a question may take, on a slow way too', () => {
    for (const way of [6_000, 30_000, 1e6])
      expect(Math.max(...seconds(way)), `${way} B/s`).toBeLessThan(29.5);
    expect(seconds(30_000).at(-1)).toBeCloseTo(4, 0);
  });

  it('are as large as may be on a quick one', () => {
    let size = FIRST;
    for (let piece = 0; piece < 3; piece += 1) size = nextPiece(size, 100);
    expect(size).toBe(MOST);
    expect(nextPiece(MOST, 0)).toBe(MOST);
  });
});
