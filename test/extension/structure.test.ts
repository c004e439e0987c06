import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { folds } from '../../extension/language/folding.ts';
import { definitionAt, fileLinks } from '../../extension/language/links.ts';
import { resolvePath } from '../../extension/language/named-files.ts';
import { symbols } from '../../extension/language/symbols.ts';
import { edited, SAMPLE_FOLDER, sample } from './edited.ts';

const roots = { folder: path.resolve(SAMPLE_FOLDER), home: '/home/somebody' };
const file = edited(sample('nine-domains'));

describe('symbols', () => {
  it('are the sections, with experts and methods in them', () => {
    const found = symbols(file);
    expect(found.map(({ name }) => name)).toEqual([
      'name',
      'base',
      'experts',
      'evaluation',
      'methods',
      'sweep',
      'goals',
    ]);
    const experts = found[2]?.children ?? [];
    expect(experts).toHaveLength(9);
    expect(experts[4]).toMatchObject({
      name: 'code',
      detail: './models/S/code',
      kind: 'expert',
      children: [],
    });
    const methods = symbols(edited(sample('methods-S'))).find(({ name }) => name === 'methods')?.children;
    expect(methods?.map(({ name }) => name)).toEqual([
      'average',
      'task_arithmetic',
      'ties',
      'dare',
      'dare_ties',
    ]);
    expect(methods?.[1]).toMatchObject({ kind: 'method', detail: 'method: task_arithmetic, scale: 0.8' });
  });
});

describe('folding', () => {
  it('folds sections and comments, not single lines', () => {
    const at = (text: string) => file.lines.position(file.text.indexOf(text)).line;
    expect(folds(file)).toContainEqual({ begin: at('experts:'), end: at('  physics:'), kind: 'section' });
    expect(folds(file)).toContainEqual({ begin: 1, end: 2, kind: 'comment' });
    expect(folds(file).some(({ begin }) => begin === at('methods:'))).toBe(false);
  });
});

describe('links', () => {
  it('lead from every expert to its folder, and from the pattern to each file', () => {
    const links = fileLinks(file, roots);
    expect(links).toHaveLength(11);
    const data = links.find(({ kind }) => kind === 'data');
    expect(data?.targets).toHaveLength(9);
    expect(data?.targets[4]).toEqual({ name: 'code', path: path.join(roots.folder, 'eval', 'code.json') });
    expect(data && file.lines.slice(data.range)).toBe('./eval/{domain}.json');
    // They are there: the sample's own files.
    for (const { path: target } of data?.targets ?? [])
      expect(readFileSync(target, 'utf8').length).toBeGreaterThan(10);
  });

  it.each([
    ['a goal out of reach', (text: string) => `${text}  pick: 12\n`],
    ['half a word', (text: string) => `${text}meth`],
    ['an unknown method', (text: string) => text.replace(/methods:.*/, 'methods: [averag, average]')],
    ['an expert twice in the pool', (text: string) => text.replace('experts:\n', 'experts:\n  "": ./x\n')],
  ])('and the outline are there in a file that was opened with an error: %s', (_, broken) => {
    const text = broken(file.text);
    const opened = edited(text);
    expect(opened.parsed.experiment).toBeNull();
    expect(opened.state?.valid).toBeNull();
    const places = (links: ReturnType<typeof fileLinks>) => links.map(({ targets }) => targets);
    expect(places(fileLinks(opened, roots))).toEqual(places(fileLinks(file, roots)));
    expect(symbols(opened).map(({ name }) => name)).toEqual(expect.arrayContaining(['base', 'experts']));
  });

  it('lead from the name of an expert to it, wherever it is named', () => {
    const text = `${file.text}  must_include: [code]\nmerge: { subset: [biology, code] }\n`;
    const more = edited(text);
    for (const place of ['[code]', 'code] }']) {
      const found = definitionAt(more, more.lines.position(text.lastIndexOf(place) + 2), roots);
      expect(found?.targets).toEqual([
        { name: 'code', path: path.join(roots.folder, 'models', 'S', 'code') },
      ]);
    }
    expect(definitionAt(more, { line: 1, column: 3 }, roots)).toBeNull();
  });

  it('lead to every size of an expert', () => {
    const sizes = edited(sample('sizes'));
    const at = sizes.lines.position(sizes.text.indexOf('[algebra') + 3);
    const targets = definitionAt(sizes, at, roots)?.targets.map((target) =>
      path.relative(roots.folder, target.path),
    );
    expect(targets).toEqual(['S', 'M', 'L'].map((size) => path.join('models', size, 'algebra')));
  });

  it('do not lead to the hub', () => {
    const hub = edited(
      'base: org/model\nexperts: { a: org/other, b: ./b }\nevaluation: { data: ~/d.json, domains: [x] }\n',
    );
    expect(fileLinks(hub, roots).map(({ targets }) => targets[0]?.path)).toEqual([
      path.join(roots.folder, 'b'),
      path.join('/home/somebody', 'd.json'),
    ]);
  });

  it('resolve paths as the agent does', () => {
    expect(resolvePath('../x', { folder: '/a/b', home: '/h' })).toBe('/a/x');
    expect(resolvePath('~', { folder: '/a/b', home: '/h' })).toBe('/h');
    expect(resolvePath('~x', { folder: '/a/b', home: '/h' })).toBe('/a/b/~x');
  });
});

describe('the grammar and the language', () => {
  const read = (name: string) =>
    JSON.parse(readFileSync(new URL(`../../extension/grammar/${name}`, import.meta.url), 'utf8'));

  it('include YAML, and mark what stands for names and ranges', () => {
    const { scopeName, patterns, injections } = read('mergelab.tmLanguage.json');
    expect(scopeName).toBe('source.mergelab');
    expect(patterns).toEqual([{ include: 'source.yaml' }]);
    const [placeholder, range] = injections['L:source.mergelab - comment'].patterns;
    expect('./eval/{domain}.json'.match(placeholder.match)?.[0]).toBe('{domain}');
    expect('  k: 1..9   # all'.match(range.match)?.[0]).toBe('1..9');
    expect('base: ./a1..9'.match(range.match)).toBeNull();
  });

  it('indent below a key without a value', () => {
    const { indentationRules, wordPattern } = read('language-configuration.json');
    const increase = new RegExp(indentationRules.increaseIndentPattern);
    for (const line of ['experts:', '  data:   # by domain', '"a b":', '  - name:'])
      expect(line).toMatch(increase);
    for (const line of ['base: ./x', '# note:', 'k: [1, 2]', './a:b']) expect(line).not.toMatch(increase);
    expect('number_theory: x'.match(new RegExp(wordPattern.pattern, wordPattern.flags))?.[0]).toBe(
      'number_theory',
    );
  });
});
