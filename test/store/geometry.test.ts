import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { taskVectors } from '../../core/geometry/task-vectors.ts';
import { geometryKey, parseGeometry } from '../../core/store/geometry.ts';
import { sealed, sealedText, sizeOf, sumsOf } from '../geometry/geometry-files.ts';

const size = sizeOf([0, 1, 2]);
const key = geometryKey(size, 'exact');
const sums = sumsOf(
  [1, 2, 3, 4],
  [
    [0.1, 0, -0.1, 0.2],
    [0.1, 0.1, 0.1, 0],
    [0, 0, 0.3, 0.1],
  ],
);
const bytes = sealed(sums);

describe('a file of task vectors', () => {
  it('is read, with its line end and without', () => {
    const { crc, ...read } = parseGeometry(bytes, key) ?? { crc: '' };
    expect(read).toEqual(sums);
    expect(crc).toMatch(/^[0-9a-f]{8}$/);
    expect(parseGeometry(bytes.subarray(0, -1), key)).not.toBeNull();
  });

  it('goes by its models, not by their names or order', () => {
    expect(geometryKey(sizeOf([2, 0, 1, 0]), 'exact')).toBe(key);
    expect(geometryKey(sizeOf([0, 1]), 'exact')).not.toBe(key);
    expect(geometryKey(size, 'common_rows')).not.toBe(key);
    expect(parseGeometry(bytes, geometryKey(sizeOf([0, 1]), 'exact'))).toBeNull();
  });

  it('is not believed once any bit of it has flipped, or its end is missing', () => {
    for (let place = 0; place < bytes.length - 1; place += 1) {
      const flipped = Uint8Array.from(bytes);
      flipped[place] = (flipped[place] ?? 0) ^ (1 << (place % 8));
      expect(parseGeometry(flipped, key), `byte ${place}`).toBeNull();
      expect(parseGeometry(bytes.subarray(0, place), key)).toBeNull();
    }
  });

  it.each([
    ['another format', { format: 2 }],
    ['a field too many', { extra: 1 }],
    ['other experts', { experts: [...sums.experts].reverse() }],
    ['a row that is missing', { gram: sums.gram.slice(1) }],
    ['a row that is too short', { shared: [[3], [2], [2, 1, 2]] }],
    ['a negative square', { gram: [[-1], [0, 1], [0, 0, 1]] }],
    ['a product larger than the lengths', { gram: [[1], [2, 1], [0, 0, 1]] }],
    ['more in common than there is', { shared: [[1], [2, 3], [1, 1, 2]] }],
    ['more conflicts than there is in common', { opposite: [[0], [3, 0], [0, 0, 0]] }],
    ['a conflict with itself', { opposite: [[1], [1, 0], [0, 0, 0]] }],
    ['more sampled than there is', { sampled: 5 }],
    ['what is no number', { base_square: null }],
  ])('is not believed with %s, though its check holds', (_, change) => {
    expect(parseGeometry(sealed({ ...sums, ...change }), key)).toBeNull();
  });

  it('holds no infinity', () => {
    const text = JSON.stringify(sums).replace('"base_square":30', '"base_square":1e999');
    expect(text).toContain('1e999');
    expect(parseGeometry(sealedText(text), key)).toBeNull();
  });

  it('gives numbers in their bounds or none, whatever it holds', () => {
    const value = fc.oneof(fc.double(), fc.constantFrom(0, 1e-320, 1e308, 4, null, 'x'));
    const rows = fc.tuple(fc.tuple(value), fc.tuple(value, value), fc.tuple(value, value, value));
    const counts = fc.constantFrom(sums.shared, [[4], [0, 0], [3, 0, 4]], [[4], [4, 4], [4, 4, 4]]);
    const field = {
      base_square: fc.oneof(value, fc.constant(30)),
      gram: fc.oneof(rows, fc.constantFrom([[1e308], [1e308, 1e308], [0, 0, 1e-320]], sums.gram)),
      shared: fc.oneof(rows, counts),
      opposite: fc.oneof(rows, fc.constantFrom(sums.opposite, [[0], [0, 0], [0, 0, 0]])),
    };
    let believed = 0;
    fc.assert(
      fc.property(fc.record(field), (change) => {
        const file = parseGeometry(sealed({ ...sums, ...change }), key);
        if (!file) return;
        believed += 1;
        const { experts, cosines, conflicts } = taskVectors(file, size, ['e0', 'e1', 'e2']);
        const inside = (least: number, most: number) => (value: number | null) =>
          value === null || (value >= least && value <= most);
        expect(cosines.flat().every(inside(-1, 1))).toBe(true);
        expect(conflicts.flat().every(inside(0, 1))).toBe(true);
        for (const { norm, zeros, conflict } of experts)
          expect([norm].every(inside(0, Number.MAX_VALUE)) && [zeros, conflict].every(inside(0, 1))).toBe(
            true,
          );
      }),
      { numRuns: 3000, seed: 7 },
    );
    expect(believed).toBeGreaterThan(20);
  });
});
