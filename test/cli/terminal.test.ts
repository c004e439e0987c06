import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import { drawCurve } from '../../cli/terminal/curve.ts';
import { bar } from '../../cli/terminal/progress.ts';
import { styleFor, wantsColour } from '../../cli/terminal/style.ts';
import { fittingParts, flowing, labelled, table, wrap } from '../../cli/terminal/table.ts';
import type { WorkerStatus } from '../../core/store/format.ts';

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

describe('on a narrow terminal', () => {
  const parts = ['212 of 521 models scored', '24 s left', '2 workers on cpu float32', '1.2 GB'];

  test('labelled text is broken between words, below where it begins', () => {
    const text = 'Intel Xeon, 2 cores, float32 (the fastest on a processor)';
    const shown = labelled([['device', text]], 40);
    expect(shown.split('\n')).toEqual([
      '  device  Intel Xeon, 2 cores, float32',
      '          (the fastest on a processor)',
    ]);
    expect(labelled([['device', text]], Number.POSITIVE_INFINITY)).toBe(`  device  ${text}`);
  });

  test('parts are broken between each other, or the last ones left out', () => {
    for (const width of [40, 60, 80]) {
      const lines = flowing(parts, '   ', width, '  ').split('\n');
      expect(lines.flatMap((line) => line.trim().split('   '))).toEqual(parts);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }
    expect(fittingParts(parts, ' · ', 40)).toBe('212 of 521 models scored · 24 s left');
    expect(fittingParts(parts, ' · ', 10)).toBe(parts[0]);
    expect(fittingParts(parts, ' · ', 200)).toBe(parts.join(' · '));
  });

  test.each([50, 60, 80])('the line of a run that goes on stays within %i columns', (columns) => {
    const counts = { done: 212, failed: 0, total: 521 };
    const place = { device: 'cuda:0', dtype: 'float32', memory_bytes: 1.2e9 };
    const worker = { state: 'running', seconds_left: 24, at_start: 0, ...counts, ...place };
    const line = bar({ status: [worker as WorkerStatus], progress: counts }, noColour, columns, false);
    expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(line).toContain('212 of 521 models scored');
  });

  test.each([40, 60, 80])('the caption of a curve stays within %i columns', (columns) => {
    const points = [1, 2, 3].map((k) => ({ k, loss: 1 + 1 / k }));
    const text = drawCurve(
      { points, chosen: points, law: [{ k: 4, loss: 1.2 }], base: 9, recommended: 3, pool: 4 },
      noColour,
      columns,
    );
    for (const line of text.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(text).toContain('[k] recommended');
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
