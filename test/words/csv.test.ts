import { describe, expect, it } from 'vitest';
import { csv } from '../../words/csv.ts';

describe('CSV', () => {
  it('quotes what must be quoted and keeps all digits', () => {
    expect(
      csv({
        columns: ['name', 'loss'],
        rows: [
          ['a "b", c', 2.443339668468208],
          ['line\nbreak', null],
        ],
      }),
    ).toBe('name,loss\r\n"a ""b"", c",2.443339668468208\r\n"line\nbreak",\r\n');
  });

  it('a name that a spreadsheet would run stays text, and a number stays a number', () => {
    expect(csv({ columns: ['x'], rows: [['=1+1'], ['@sum'], ['-x'], [-0.5], [Number.NaN]] })).toBe(
      "x\r\n'=1+1\r\n'@sum\r\n'-x\r\n-0.5\r\n\r\n",
    );
  });
});
