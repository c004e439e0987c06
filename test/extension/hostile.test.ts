/** Any text at all: nothing throws, nothing hangs, and every range lies inside the text. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Position, Range } from '../../core/experiment/diagnostic.ts';
import { completions } from '../../extension/language/completion.ts';
import { diagnostics } from '../../extension/language/diagnostics.ts';
import type { EditedExperiment } from '../../extension/language/edited-experiment.ts';
import { folds } from '../../extension/language/folding.ts';
import { headlineHint } from '../../extension/language/headline.ts';
import { hints } from '../../extension/language/hints.ts';
import { hover } from '../../extension/language/hover.ts';
import { lenses } from '../../extension/language/lenses.ts';
import { definitionAt, fileLinks } from '../../extension/language/links.ts';
import { quickFixes } from '../../extension/language/quick-fixes.ts';
import { type OutlineSymbol, symbols } from '../../extension/language/symbols.ts';
import type { TextLines } from '../../extension/language/text-lines.ts';
import { edited, measured, planState, retyped, SAMPLES, sample, World, worldText } from './edited.ts';

const roots = { folder: '/lab', home: '/home/somebody' };
const world = new World({ seed: 7, experts: 4, domains: 2, samples: 20 });
const MORE = `methods:
  - average
  - { method: ties, scale: 1 }   # with a comment
sweep: { k: 1..4 }
goals:
  pick: 2
  weights: { d0: 2 }
merge: { method: average, subset: [e0, e1], out: ./merged }
`;
const known = measured(world, MORE, { stage: 'points' }, { plan: planState() });
const all = new Set(['methods', 'experts', 'goals'] as const);

function expectInside(lines: TextLines, { start, end }: Range, what: string): void {
  expectAt(lines, start, what);
  expectAt(lines, end, what);
  expect(start.line < end.line || (start.line === end.line && start.column <= end.column), what).toBe(true);
}

function expectAt(lines: TextLines, { line, column }: Position, what: string): void {
  expect(line, what).toBeGreaterThanOrEqual(1);
  expect(line, what).toBeLessThanOrEqual(lines.count);
  expect(column, what).toBeGreaterThanOrEqual(1);
  expect(column, what).toBeLessThanOrEqual(lines.lineEnd(line).column);
}

function expectSymbols(lines: TextLines, found: readonly OutlineSymbol[]): void {
  for (const { name, range, selection, children } of found) {
    expect(name).not.toBe('');
    expectInside(lines, range, 'symbol');
    expectInside(lines, selection, 'symbol');
    expect(lines.offset(selection.start)).toBeGreaterThanOrEqual(lines.offset(range.start));
    expect(lines.offset(selection.end)).toBeLessThanOrEqual(lines.offset(range.end));
    expectSymbols(lines, children);
  }
}

async function tryEverything(file: EditedExperiment, offsets: readonly number[]): Promise<void> {
  const { lines, text } = file;
  lenses(file, { uri: 'file:///lab/x.mergelab.yaml', trusted: true });
  const headline = headlineHint(file);
  for (const { position, text: hint } of [...(headline ? [headline] : []), ...hints(file, all)]) {
    expectAt(lines, position, 'hint');
    expect(position, 'hints stand at line ends').toEqual(lines.lineEnd(position.line));
    expect(hint).not.toMatch(/NaN|undefined|null|\n/);
  }
  const exists = new Map(
    fileLinks(file, roots).flatMap(({ targets }) => targets.map(({ path }) => [path, false])),
  );
  for (const { range, message } of diagnostics(file, { ...roots, exists, statistical: true })) {
    expectInside(lines, range, message);
    expect(message).not.toMatch(/NaN|undefined/);
  }
  expectSymbols(lines, symbols(file));
  for (const { begin, end } of folds(file)) {
    expect(begin).toBeLessThan(end);
    expect(end).toBeLessThanOrEqual(lines.count);
  }
  for (const { range } of fileLinks(file, roots)) expectInside(lines, range, 'link');
  for (const each of offsets) {
    const at = lines.position(each);
    const offset = lines.offset(at);
    const found = hover(file, at);
    if (found) expectInside(lines, found.range, 'hover');
    definitionAt(file, at, roots);
    for (const { edits } of quickFixes(file, { start: at, end: at })) {
      for (const { range } of edits) expectInside(lines, range, 'fix');
    }
    for (const { range } of await completions(text, offset, { list: async () => [], roots })) {
      expectInside(lines, range, 'completion');
      expect(range.start.line, 'a completion replaces within one line').toBe(range.end.line);
      expect(lines.offset(range.start)).toBeLessThanOrEqual(offset);
      expect(lines.offset(range.end)).toBeGreaterThanOrEqual(offset);
    }
  }
}

const texts = [...SAMPLES.map(sample), worldText(world, MORE)];
const odd = fc.constantFrom(
  ...[
    '{',
    '}',
    '[',
    ']',
    ':',
    ': ',
    '- ',
    '#',
    ' #',
    '"',
    "'",
    '|',
    '>',
    '&a ',
    '*a',
    '!!x ',
    '\t',
    '\n',
    '\r\n',
    '\r',
  ],
  ...[
    '\u2028',
    '\u202e',
    '\ud800',
    '\u0000',
    '\ufeff',
    '---\n',
    '? ',
    '<<: ',
    ',',
    '  ',
    'e0',
    '$(zap)',
    '<img src=x>',
    '`',
  ],
);

describe('texts being typed', () => {
  it('cut at any place', async () => {
    const cut = fc.constantFrom(...texts).chain((text) => fc.tuple(fc.constant(text), fc.nat(text.length)));
    await fc.assert(
      fc.asyncProperty(cut, async ([text, at]) => {
        const head = text.slice(0, at);
        await tryEverything(retyped(head, known.state ?? raise()), [at, Math.floor(at / 2)]);
      }),
      { numRuns: 150 },
    );
  });

  it('with anything put in at any place', async () => {
    const mangled = fc
      .constantFrom(...texts)
      .chain((text) =>
        fc.tuple(fc.constant(text), fc.array(fc.tuple(fc.nat(text.length), odd), { maxLength: 4 })),
      );
    await fc.assert(
      fc.asyncProperty(mangled, async ([text, insertions]) => {
        const made = insertions.reduce(
          (before, [at, what]) => before.slice(0, at) + what + before.slice(at),
          text,
        );
        const places = insertions.map(([at, what]) => Math.min(made.length, at + what.length));
        await tryEverything(retyped(made, known.state ?? raise()), [...places, made.length]);
      }),
      { numRuns: 150 },
    );
  });

  it('of nothing but odd characters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(odd, { maxLength: 40 }), async (parts) => {
        const text = parts.join('');
        await tryEverything(edited(text), [0, text.length, Math.floor(text.length / 2)]);
      }),
      { numRuns: 150 },
    );
  });
});

describe('hostile sizes', () => {
  it.each([
    ['brackets', '['.repeat(100_000)],
    ['closing brackets', `[${'}'.repeat(100_000)}`],
    ['dashes', '- '.repeat(50_000)],
    ['one long word', 'a'.repeat(200_000)],
    ['many quotes', "x: { a: ' ' ' ' '".repeat(5_000)],
    ['slashes', `base: ${'/'.repeat(100_000)}x/\nexperts:\n  `],
    ['deep indentation', Array.from({ length: 3000 }, (_, i) => `${' '.repeat(i % 500)}k${i}:`).join('\n')],
  ])('%s do not hang', async (_name, text) => {
    await tryEverything(edited(text), [text.length]);
  });
});

function raise(): never {
  throw new Error('no state');
}
