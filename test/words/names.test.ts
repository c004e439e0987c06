import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cellName } from '../../words/cell-name.ts';
import { inQuotes, nameList, oneLine, plain, plainLines } from '../../words/plain.ts';

const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

describe('names from files', () => {
  it('lose what could move the cursor, recolour, hide or reorder text', () => {
    expect(plain('a\u001b[31mb')).toBe('a\ufffd[31mb');
    expect(plain('x\ny\r\tz')).toBe('x\ufffdy\ufffd\ufffdz');
    expect(plain('abc\u202edef\u200b\u2066\ufeff')).toBe('abc\ufffddef\ufffd\ufffd\ufffd');
    expect(plain('\u009b2J\ud800\u2028')).toBe('\ufffd2J\ufffd\ufffd');
    expect(plain('Größe 数学 é')).toBe('Größe 数学 é');
  });

  it('are cut to a length in characters, letters of two halves whole', () => {
    expect(plain('x'.repeat(10_000))).toHaveLength(60);
    expect([...plain('😀'.repeat(100))]).toHaveLength(60);
    expect(plain('😀'.repeat(100), 5)).toBe('😀😀😀😀…');
    expect(plain('😀'.repeat(60))).toBe('😀'.repeat(60));
    expect(plain('short')).toBe('short');
  });

  it('never put a control character anywhere, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 12 }), (text, longest) => {
        expect(plain(text, longest)).not.toMatch(unsafe);
        expect([...plain(text, longest)].length).toBeLessThanOrEqual(longest);
        expect(oneLine(text)).not.toMatch(unsafe);
        expect(plainLines(text).replaceAll('\n', '')).not.toMatch(unsafe);
      }),
    );
  });

  it('a message keeps its lines, or becomes one line without a link', () => {
    expect(plainLines('one\r\ntwo\nthree\u0007')).toBe('one\ntwo\nthree\ufffd');
    expect(oneLine('one\r\n  two [x](command:y)')).toBe('one two [x] (command:y)');
  });

  it('a message shows no Markdown where none is drawn', () => {
    expect(inQuotes('`bsae` is no key: write `base`, or a ` alone')).toBe(
      '"bsae" is no key: write "base", or a ` alone',
    );
    expect(oneLine('Write `base`.')).toBe('Write "base".');
  });

  it('a long list says how many are left out', () => {
    expect(nameList(['a', 'b', 'c', 'd'], 3)).toBe('a, b and 2 more');
    expect(nameList(['a', 'b', 'c'], 3)).toBe('a, b and c');
    expect(nameList(['a', 'b'], 3)).toBe('a and b');
    expect(nameList([])).toBe('');
  });
});

describe('a method at a size', () => {
  it('is named by both where the file declares sizes', () => {
    const cell = { size: 'S', label: 'ties' };
    expect(cellName({ sizes: [{ name: 'S', declared: true }] }, cell)).toBe('S · ties');
    expect(cellName({ sizes: [{ name: 'S', declared: false }] }, cell)).toBe('ties');
  });
});
