import { describe, expect, it } from 'vitest';
import { roughly as roughlyInText } from '../../extension/language/numbers.ts';
import { csv } from '../../webview/page/text/csv.ts';
import { nameList, plain, plainLines } from '../../webview/page/text/names.ts';
import {
  estimated,
  interval,
  loss,
  lossDigits,
  pace,
  roughly,
  signed,
  significant,
} from '../../webview/page/text/numbers.ts';

describe('numbers', () => {
  it('a loss has the digits that its interval deserves', () => {
    expect(lossDigits(2.11, 2.29)).toBe(3);
    expect(lossDigits(0.00448, 0.00468)).toBe(5);
    expect(lossDigits(null, null)).toBe(3);
    expect(estimated({ value: 2.2026, low: 2.1147, high: 2.2905 })).toBe('2.203 (2.115 to 2.291)');
    expect(estimated({ value: 2.2026, low: null, high: null })).toBe('2.203');
  });

  it('an end without limit is said', () => {
    expect(interval([null, 3], 0)).toBe('at most 3');
    expect(interval([7, null], 0)).toBe('at least 7');
    expect(interval([null, null])).toBe('no interval');
  });

  it('what is no number is never written as one', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect([loss(value), signed(value), significant(value)]).toEqual(['–', '–', '–']);
  });

  it('signs are aligned, and nothing is minus zero', () => {
    expect(signed(-0.0126, 4)).toBe('−0.0126');
    expect(signed(0.0126, 4)).toBe('+0.0126');
    expect(signed(-0.00001, 3)).toBe('0.000');
  });

  it('a time is rounded as it is beside the text', () => {
    expect([23, 48, 95, 5400, 2 * 86_400].map(roughly)).toEqual(['25 s', '50 s', '2 min', '1.5 h', '2 days']);
    const times = Array.from({ length: 400 }, (_, i) => 0.3 * 1.04 ** i);
    for (const time of [...times, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(roughly(time)).toBe(roughlyInText(time));
  });

  it('a pace is told in the unit that keeps it above one', () => {
    expect(pace(8.3)).toBe('8.3 models per second');
    expect(pace(1 / 30)).toBe('2.0 models per minute');
    expect(pace(1 / 7200)).toBe('0.5 models per hour');
    expect(pace(1)).toBe('1.0 model per second');
  });
});

describe('names', () => {
  it('nothing in a name hides, reorders or breaks what is around it', () => {
    expect(plain('a\u202eb\u0000c\nd\u2028e\u200f')).toBe('a\ufffdb\ufffdc\ufffdd\ufffde\ufffd');
  });

  it('a name of 10,000 characters is shortened, letters of two halves whole', () => {
    expect([...plain('x'.repeat(10_000))]).toHaveLength(60);
    expect(plain('😀'.repeat(100), 5)).toBe('😀😀😀😀…');
    expect(plain('short')).toBe('short');
  });

  it('a message keeps its lines', () => {
    expect(plainLines('one\r\ntwo\nthree\u0007')).toEqual(['one', 'two', 'three\ufffd']);
  });

  it('a long list says how many are left out', () => {
    expect(nameList(['a', 'b', 'c', 'd'], 3)).toBe('a, b and 2 more');
    expect(nameList(['a', 'b'], 3)).toBe('a and b');
    expect(nameList([])).toBe('');
  });
});

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
