import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnDigits, estimated, interval, lossDigits, plusMinus } from '../../words/estimates.ts';
import { counted, loss, NONE, ordinal, percent, signed, significant } from '../../words/numbers.ts';
import {
  bytes,
  countedParameters,
  flops,
  millinats,
  pace,
  parameterRange,
  parameters,
  roughly,
} from '../../words/units.ts';

it('one parameter is one, and a range of sizes that read the same is one size', () => {
  expect([countedParameters(1), countedParameters(2), countedParameters(494e6)]).toEqual([
    '1 parameter',
    '2 parameters',
    '494M parameters',
  ]);
  expect(parameterRange([64_100, 63_900])).toBe('64k parameters');
  expect(parameterRange([64_000, 512_000, 1])).toBe('1 to 512k parameters');
});

describe('numbers', () => {
  it('what is no number is never written as one', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
      expect([loss(value), signed(value), significant(value)]).toEqual([NONE, NONE, NONE]);
  });

  it('signs are aligned, and nothing is minus zero', () => {
    expect(signed(-0.0126, 4)).toBe('−0.0126');
    expect(signed(0.0126, 4)).toBe('+0.0126');
    expect(signed(-0.00001, 3)).toBe('0.000');
    expect(signed(0.00001, 3)).toBe('0.000');
    expect(loss(-0.0001)).toBe('0.000');
  });

  it('stay short, however large they are', () => {
    expect(loss(-1.234e9)).toBe('−1.23e+9');
    fc.assert(fc.property(fc.double(), (value) => loss(value).length <= 12));
  });

  it('a count has its noun, a place its ending, a share its percent', () => {
    expect([counted(1, 'merge'), counted(1533, 'merge'), counted(0, 'merge')]).toEqual([
      '1 merge',
      '1,533 merges',
      '0 merges',
    ]);
    expect([1, 2, 3, 4, 11, 12, 13, 21, 112].map(ordinal).join(' ')).toBe(
      '1st 2nd 3rd 4th 11th 12th 13th 21st 112th',
    );
    expect([0.9, 0.975, 1].map(percent)).toEqual(['90%', '97.5%', '100%']);
  });
});

describe('estimates', () => {
  it('have the digits that their interval deserves', () => {
    expect(lossDigits(2.11, 2.29)).toBe(3);
    expect(lossDigits(0.7, 0.74)).toBe(3);
    expect(lossDigits(0.7281, 0.7285)).toBe(5);
    expect(lossDigits(0.1, 2.1)).toBe(2);
    expect(lossDigits(null, null)).toBe(3);
    expect(estimated({ value: 2.2026, low: 2.1147, high: 2.2905 })).toBe('2.203 (2.115 to 2.291)');
    expect(estimated({ value: 0.72812, low: 0.72411, high: 0.73213 })).toBe('0.7281 (0.7241 to 0.7321)');
    expect(estimated({ value: 2.2026, low: null, high: null })).toBe('2.203');
    expect(estimated({ value: -0.03, low: null, high: null }, signed)).toBe('−0.030');
  });

  it('an interval of any width down to a millionth is seen to have one', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 9, noNaN: true }),
        fc.double({ min: -6, max: 0, noNaN: true }),
        (value, log) => {
          const half = 10 ** log;
          const digits = lossDigits(value - half, value + half);
          return loss(value - half, digits) !== loss(value + half, digits);
        },
      ),
    );
  });

  it('of a column have the same digits, 3 or 4', () => {
    expect(columnDigits([])).toBe(3);
    expect(columnDigits([{ low: 0.7, high: 0.74 }])).toBe(3);
    expect(
      columnDigits([
        { low: 0.7, high: 0.74 },
        { low: 0.7281, high: 0.7282 },
      ]),
    ).toBe(4);
  });

  it('an end without limit is said', () => {
    expect(interval([null, 3], 0)).toBe('at most 3');
    expect(interval([7, null], 0)).toBe('at least 7');
    expect(interval([null, null])).toBe('no interval');
    expect(interval([-0.01, 0.02], 2, signed)).toBe('−0.01 to +0.02');
  });

  it('in short, keep three decimals unless the interval is narrower than they show', () => {
    expect(plusMinus({ value: 0.72812, low: 0.72411, high: 0.73213 })).toBe('0.728 ± 0.004');
    expect(plusMinus({ value: 2.2069, low: 2.1259, high: 2.2879 })).toBe('2.207 ± 0.08');
    expect(plusMinus({ value: 0.728123, low: 0.728093, high: 0.728153 })).toBe('0.72812 ± 0.00003');
    expect(plusMinus({ value: 0.728, low: null, high: null })).toBe('0.728');
  });
});

describe('units', () => {
  it('a time is rounded as an estimate deserves', () => {
    expect([0.2, 23, 48, 95, 600, 5400, 7200, 2 * 86_400].map(roughly)).toEqual([
      'under 1 s',
      '25 s',
      '50 s',
      '2 min',
      '10 min',
      '1.5 h',
      '2 h',
      '2 days',
    ]);
    expect([-1, Number.NaN, Number.POSITIVE_INFINITY].map(roughly)).toEqual(
      Array.from({ length: 3 }, () => 'an unknown time'),
    );
  });

  it('fit what they count', () => {
    expect(flops(78_400)).toBe('78.4 kFLOPs');
    expect(bytes(999)).toBe('999 B');
    expect(bytes(5_368_709_120)).toBe('5.4 GB');
    expect(parameters(494_032_768)).toBe('494M');
    expect(parameters(7_615_616_512)).toBe('7.6B');
    expect(parameters(41_280)).toBe('41k');
    expect([0.00012, 0.0123, 0.123].map(millinats)).toEqual(['0.12 mnat', '12.3 mnat', '123 mnat']);
  });

  it('a pace is told in the unit that keeps it above one', () => {
    expect(pace(8.3)).toBe('8.3 models per second');
    expect(pace(1 / 30)).toBe('2.0 models per minute');
    expect(pace(1 / 7200)).toBe('0.5 models per hour');
    expect(pace(1)).toBe('1.0 model per second');
  });
});
