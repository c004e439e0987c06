import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { drawCurve } from '../../cli/terminal/curve.ts';
import { bytes, estimated, lossDigits, parameters, seconds, signed } from '../../cli/terminal/number.ts';
import { plain, plainLines } from '../../cli/terminal/plain.ts';
import { styleFor, wantsColour } from '../../cli/terminal/style.ts';
import { table, wrap } from '../../cli/terminal/table.ts';

const noColour = styleFor({ isTTY: false }, {});

describe('names from files', () => {
  test('lose what could move the cursor, recolour, hide or reorder text', () => {
    expect(plain('a\u001b[31mb')).toBe('a\ufffd[31mb');
    expect(plain('x\ny\r\tz')).toBe('x\ufffdy\ufffd\ufffdz');
    expect(plain('abc\u202edef\u200b\u2066\ufeff')).toBe('abc\ufffddef\ufffd\ufffd\ufffd');
    expect(plain('\u009b2J\ud800')).toBe('\ufffd2J\ufffd');
    expect(plain('Größe 数学 é')).toBe('Größe 数学 é');
  });

  test('are cut to a length in characters, not in code units', () => {
    expect(plain('x'.repeat(10_000))).toHaveLength(60);
    expect([...plain('😀'.repeat(100))]).toHaveLength(60);
  });

  test('never put a control character on the terminal, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(plain(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(plainLines(text).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('numbers', () => {
  test('are printed to the digits that their interval allows', () => {
    expect(lossDigits(0.7, 0.74)).toBe(3);
    expect(lossDigits(0.7281, 0.7285)).toBe(5);
    expect(lossDigits(0.1, 2.1)).toBe(2);
    expect(lossDigits(null, null)).toBe(3);
    expect(estimated({ value: 0.72812, low: 0.72411, high: 0.73213 })).toBe('0.7281 (0.7241 to 0.7321)');
    expect(estimated({ value: -0.03, low: null, high: null }, signed)).toBe('−0.030');
    expect(signed(-0.0001, 3)).toBe('0.000');
    expect(signed(0.02, 2)).toBe('+0.02');
  });

  test('carry units that fit', () => {
    expect(seconds(0.2)).toBe('under 1 s');
    expect(seconds(89)).toBe('89 s');
    expect(seconds(600)).toBe('10 min');
    expect(seconds(7200)).toBe('2.0 h');
    expect(bytes(999)).toBe('999 B');
    expect(bytes(5_368_709_120)).toBe('5.4 GB');
    expect(parameters(494_032_768)).toBe('494M');
    expect(parameters(7_615_616_512)).toBe('7.6B');
    expect(parameters(41_280)).toBe('41k');
  });
});

describe('colour', () => {
  test('needs a terminal and no objection', () => {
    expect(wantsColour({ isTTY: true }, {})).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '1' })).toBe(false);
    expect(wantsColour({ isTTY: true }, { TERM: 'dumb' })).toBe(false);
    expect(wantsColour({ isTTY: false }, {})).toBe(false);
    expect(wantsColour({ isTTY: false }, { FORCE_COLOR: '1' })).toBe(true);
    expect(wantsColour({ isTTY: true }, { NO_COLOR: '1', FORCE_COLOR: '1' })).toBe(false);
  });
});

describe('tables', () => {
  test('align wide and coloured text by what is seen', () => {
    const colour = styleFor({ isTTY: true }, {});
    const text = table(
      [
        { title: 'name', align: 'left' },
        { title: 'loss', align: 'right' },
      ],
      [
        ['数学', '1.5'],
        [colour.red('code'), '12.25'],
      ],
    );
    const widths = text.split('\n').map((line) => stringWidth(line));
    expect(new Set(widths)).toEqual(new Set([11]));
  });

  test('wrapped text keeps every word and no line is too wide', () => {
    const text = 'A plain sentence of several words that has to be broken at spaces.';
    const wrapped = wrap(text, 20, '  ');
    expect(wrapped.split(/\s+/).filter(Boolean).join(' ')).toBe(text);
    for (const line of wrapped.split('\n')) expect(line.length).toBeLessThanOrEqual(20);
  });
});

describe('the drawn curve', () => {
  const drawing = {
    points: [1, 2, 3, 4].map((k) => ({ k, loss: 1 + 1 / k })),
    chosen: [],
    law: [{ k: 5, loss: 1.2 }],
    base: 2.1,
    recommended: 3,
    pool: 5,
  };

  test('has every measured point once, highest loss on top', () => {
    const lines = drawCurve(drawing, noColour).split('\n');
    const marks = lines
      .slice(0, 9)
      .flatMap((line, row) => [...line.matchAll(/●/g)].map((match) => [row, match.index] as const));
    expect(marks).toHaveLength(4);
    const byColumn = [...marks].sort((a, b) => a[1] - b[1]).map(([row]) => row);
    expect(byColumn).toEqual([...byColumn].sort((a, b) => a - b));
    expect(lines.at(-2)).toContain('[3]');
  });

  test('never exceeds its width and never shows NaN, for any pool and any losses', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 64 }),
        (pool, losses) => {
          const points = losses.slice(0, pool).map((loss, index) => ({ k: index + 1, loss }));
          const text = drawCurve(
            { points, chosen: [], law: [], base: null, recommended: 1, pool },
            noColour,
            100,
          );
          expect(text).not.toContain('NaN');
          for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(104);
        },
      ),
    );
  });

  test('a single point, and losses all equal, are drawn', () => {
    const one = drawCurve(
      { points: [{ k: 1, loss: 1 }], chosen: [], law: [], base: null, recommended: null, pool: 1 },
      noColour,
    );
    expect([...one.matchAll(/●/g)]).toHaveLength(2); // the point and the legend
    const flat = drawCurve(
      { ...drawing, points: [1, 2, 3].map((k) => ({ k, loss: 1 })), law: [], base: 1 },
      noColour,
    );
    expect([...flat.matchAll(/●/g)]).toHaveLength(4);
  });
});
