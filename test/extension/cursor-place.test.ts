import { describe, expect, it } from 'vitest';
import { placeAt } from '../../extension/language/cursor-place.ts';
import { entryAt, namesIn, type OutlineEntry, outlineOf } from '../../extension/language/outline.ts';
import { sample } from './edited.ts';

/** A `‸` marks the cursor. */
function at(marked: string): string | null {
  const offset = marked.indexOf('‸');
  const text = marked.replace('‸', '');
  const place = placeAt(text, offset);
  if (!place) return null;
  const flags = [place.flow ? 'flow' : '', place.needsSpace ? 'space' : '', place.hasColon ? 'colon' : ''];
  return [place.role, place.path.join('.'), `«${text.slice(...place.word)}»`, ...flags]
    .filter(Boolean)
    .join(' ');
}

describe('where the cursor is', () => {
  it.each([
    ['an empty file', '‸', 'key «»'],
    ['a first word', 'ba‸', 'key «ba»'],
    ['behind a colon', 'base:‸', 'value base «» space'],
    ['a value', 'base: ./m‸', 'value base «./m»'],
    ['inside a value', 'base: ./m‸odels', 'value base «./models»'],
    ['a quoted value', 'base: "./m‸"', 'value base «"./m"»'],
    ['behind a finished value', 'base: ./x ‸', null],
    ['in a comment', '# ba‸', null],
    ['in a comment behind a value', 'base: ./x # ‸', null],
    ['an existing key', 'ba‸se: ./x', 'key «base» colon'],
    ['below a key', 'goals:\n  ‸', 'key goals «»'],
    ['below a key with keys', 'goals:\n  within: 0.1\n  pi‸', 'key goals «pi»'],
    ['back at the margin', 'goals:\n  within: 0.1\n‸', 'key «»'],
    ['between keys', 'goals:\n  ‸\n  pick: 3', 'key goals «»'],
    ['deeper than a finished value', 'base: ./x\n    ‸', null],
    ['a new item', 'methods:\n  - ‸', 'item methods.0 «»'],
    ['an item at the margin', 'methods:\n- average\n- ti‸', 'item methods.1 «ti»'],
    ['behind a dash', 'methods:\n  -‸', 'item methods.0 «» space'],
    ['a key in an item', 'references:\n  - name: a\n    lo‸', 'key references.0 «lo»'],
    ['in brackets', 'methods: [average, ti‸]', 'item methods.1 «ti» flow'],
    ['in open brackets', 'methods: [‸', 'item methods.0 «» flow'],
    ['behind a finished word in brackets', 'methods: [average ‸', null],
    ['in braces', 'methods:\n  - { method: ties, sc‸ }', 'key methods.0 «sc» flow'],
    ['a value in braces', 'methods:\n  - { method: ‸', 'value methods.0.method «» flow'],
    ['braces over lines', 'experts: { a: ./x,\n  b: ./‸', 'value experts.b «./» flow'],
    ['lists in braces', 'merge: { subset: [a, ‸', 'item merge.subset.1 «» flow'],
    ['behind brackets never closed', 'methods: [average\ngoals:\n  pi‸', 'key goals «pi»'],
    ['in literal text', 'name: |\n  ba‸', null],
    ['below a broken line', 'experts:\n  a\n  b: ./‸', 'value experts.b «./»'],
    ['with Windows line ends', 'goals:\r\n  pick: 3\r\n  wi‸\r\n', 'key goals «wi»'],
  ])('%s', (_name, marked, expected) => {
    expect(at(marked)).toBe(expected);
  });
});

describe('the outline', () => {
  const shape = (entry: OutlineEntry): unknown =>
    entry.children.length === 0
      ? entry.form
      : Object.fromEntries(entry.children.map((child) => [child.path.at(-1), shape(child)]));

  it('is that of the file', () => {
    const text = sample('methods-S');
    const { root } = outlineOf(text);
    expect(root.children.map(({ key }) => key)).toEqual([
      'name',
      'base',
      'experts',
      'methods',
      'evaluation',
      'sweep',
    ]);
    expect(namesIn(text, entryAt(root, ['experts']))).toHaveLength(9);
    expect(shape(entryAt(root, ['methods']) ?? root)).toEqual({
      0: 'scalar',
      1: { method: 'scalar', scale: 'scalar' },
      2: { method: 'scalar', scale: 'scalar' },
      3: { method: 'scalar', drop_rate: 'scalar', seeds: { 0: 'scalar', 1: 'scalar' } },
      4: { method: 'scalar', drop_rate: 'scalar', seeds: { 0: 'scalar', 1: 'scalar' } },
    });
    const seeds = entryAt(root, ['methods', 3, 'seeds']);
    expect(seeds?.value && text.slice(...seeds.value)).toBe('[0, 1]');
    const experts = entryAt(root, ['experts']);
    expect(experts?.value && text.slice(...experts.value)).toMatch(/^algebra: .*physics$/s);
  });

  it('loses nothing behind a half-typed line', () => {
    const text = 'base: ./x\nexper\ngoals:\n  wi\n  pick: 3\nmethods: [av\nmerge:\n  out: ./y\n';
    const { root } = outlineOf(text);
    expect(root.children.map(({ key }) => key)).toEqual(['base', 'goals', 'methods', 'merge']);
    expect(namesIn(text, entryAt(root, ['goals']))).toEqual(['pick']);
  });

  it('reads quotes, anchors and merge keys', () => {
    const text = `"a b": 'it''s'\nx: &m { "k": 1, l: "a, b" }\ny:\n  <<: *m\n`;
    const { root } = outlineOf(text);
    expect(namesIn(text, root)).toEqual(['a b', 'x', 'y']);
    expect(namesIn(text, entryAt(root, ['x']))).toEqual(['k', 'l']);
    expect(namesIn(text, entryAt(root, ['y']))).toEqual(['<<']);
  });
});
