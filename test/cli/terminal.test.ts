import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { drawCurve } from '../../cli/terminal/curve.ts';
import { styleFor, wantsColour } from '../../cli/terminal/style.ts';
import { table, wrap } from '../../cli/terminal/table.ts';

const noColour = styleFor({ isTTY: false }, {});

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
