import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lines } from '../../runner/lines.ts';

describe('a stream of bytes', () => {
  it('is split into the same lines, wherever its chunks end', () => {
    const text = fc.array(fc.string({ unit: fc.constantFrom('a', 'ü', '€', '😀', '\n', '\r\n') }));
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 9 }), (parts, step) => {
        const bytes = Buffer.from(parts.join(''));
        const heard: string[] = [];
        const lines = new Lines((line) => heard.push(line));
        for (let at = 0; at < bytes.length; at += step) lines.feed(bytes.subarray(at, at + step));
        expect(heard).toEqual(parts.join('').split(/\r?\n/).slice(0, -1));
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  it('is given up where a line does not end', () => {
    const heard: string[] = [];
    let told = 0;
    const lines = new Lines(
      (line) => heard.push(line),
      () => {
        told += 1;
      },
      10,
    );
    for (const piece of ['ab\n', '123456', '78901\ncd\n', 'ef\n']) lines.feed(Buffer.from(piece));
    expect([heard, told]).toEqual([['ab'], 1]);
  });
});
