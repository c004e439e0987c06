import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Report } from '../../core/report/report.ts';
import { cellChoices, sizeChoices } from '../../extension/insert/subset-choices.ts';
import { remarkOf } from '../../extension/insert/subset-remark.ts';
import { insertionOf, type SubsetToInsert } from '../../extension/insert/subset-text.ts';
import { parseWeights, weightsText } from '../../extension/insert/weights-text.ts';
import { measured, World } from './edited.ts';

const remark = 'loss 2.207 ± 0.08, k = 2 of 9, nine-domains.mergelab.yaml';
const two: SubsetToInsert = { names: ['algebra', 'code'], mergekit: null, remark };

/** The line with the cursor `‸`, after the insertion. */
function inserted(language: string, line: string, subset = two): string {
  const [before = '', after = ''] = line.split('‸');
  const { above, body } = insertionOf(subset, { language, before, after });
  return above + before + body + after;
}

describe('a subset as text', () => {
  it.each([
    ['python', '    experts = ‸', `    # ${remark}\n    experts = ["algebra", "code"]`],
    ['json', '  "experts": ‸,', '  "experts": ["algebra", "code"],'],
    ['jsonc', '  "experts": ‸', `  // ${remark}\n  "experts": ["algebra", "code"]`],
    ['typescript', 'const experts = ‸;', `// ${remark}\nconst experts = ["algebra", "code"];`],
    ['yaml', 'experts: ‸', `# ${remark}\nexperts: [algebra, code]`],
    ['yaml', '  ‸', `  # ${remark}\n  models:\n    - model: algebra\n    - model: code`],
    ['mergelab', '  subset: ‸', `  # ${remark}\n  subset: [algebra, code]`],
    ['markdown', '‸', `<!-- ${remark} -->\n- \`algebra\`\n- \`code\``],
    ['markdown', 'We merge ‸ here.', 'We merge `algebra`, `code` here.'],
    ['shellscript', 'for e in ‸; do', `# ${remark}\nfor e in algebra code; do`],
    ['plaintext', '‸', 'algebra, code'],
    ['some-language', 'x ‸', 'x algebra, code'],
    ['constructor', '‸', 'algebra, code'],
  ])('%s', (language, line, expected) => {
    expect(inserted(language, line)).toBe(expected);
  });

  it('fits the key that it is written under: models of a configuration, or names', () => {
    const mergekit =
      'merge_method: x\nmodels:\n  - model: /a\n    parameters:\n      weight: 1\n  - model: /b\ndtype: y\n';
    const under = (key: string, subset: SubsetToInsert): string =>
      insertionOf(subset, { language: 'yaml', before: '  ', after: '', under: key }).body;
    expect(under('models', { ...two, mergekit })).toBe(
      '- model: /a\n    parameters:\n      weight: 1\n  - model: /b',
    );
    expect(under('models', two)).toBe('- model: algebra\n  - model: code');
    expect(under('experts', two)).toBe('- algebra\n  - code');
  });

  it('is mergekit’s own configuration where there is one, at the indentation of the cursor', () => {
    const mergekit = 'merge_method: ties\nmodels:\n  - model: /a\n';
    expect(inserted('yaml', '    ‸', { ...two, mergekit })).toBe(
      `    # ${remark}\n    merge_method: ties\n    models:\n      - model: /a`,
    );
  });

  it('takes a line for each name where one would be too long', () => {
    const names = Array.from({ length: 12 }, (_, i) => `number_theory_${i}`);
    const text = inserted('python', '  experts = ‸', { ...two, names });
    expect(text.split('\n')).toHaveLength(15);
    expect(text.split('\n')[2]).toBe('      "number_theory_0",');
    expect(JSON.parse(text.slice(text.indexOf('[')))).toEqual(names);
  });

  it('means the same names, whatever they are, and its comment stays on its line', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'no',
        'null',
        '1e5',
        'a"b',
        "a'b",
        'x: y',
        '- z',
        '#',
        '\u202e',
        'a\nb',
        '`',
        '-->',
        '\\',
      ),
      fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((text) => text.isWellFormed()),
    );
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), name, (names, hostile) => {
        const subset = { names, mergekit: null, remark: hostile };
        const at = (language: string) => insertionOf(subset, { language, before: '', after: ' // x' });
        expect(JSON.parse(at('json').body)).toEqual(names);
        expect(JSON.parse(at('python').body)).toEqual(names);
        expect(parse(at('mergelab').body)).toEqual(names);
        const block = insertionOf(subset, { language: 'yaml', before: '', after: '' });
        expect(parse(block.above + block.body)).toEqual({ models: names.map((model) => ({ model })) });
        for (const language of ['python', 'markdown', 'typescript']) {
          const { above } = insertionOf(subset, { language, before: '', after: '' });
          expect(above.trimEnd()).not.toMatch(/[\n\r\u2028\u202e]/);
          if (language === 'markdown') expect(above.slice(4, -4)).not.toMatch(/-->|--!>|--/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

const world = new World({ seed: 7, experts: 6, domains: 3, samples: 40 });
const report: Report =
  measured(world, 'methods: [average, ties]\ngoals: { within: 0.05, pick: 3 }\n').state?.report ?? raise();
const [cell = raise()] = report.cells;

describe('what there is to choose', () => {
  it('is a chosen subset of every k, with what it gives up', () => {
    const choices = sizeChoices(report, cell);
    expect(choices.map(({ merge }) => merge.members.length)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(choices.map(({ recommended }) => recommended)).toEqual([false, false, true, false, false, false]);
    expect(choices[2]).toMatchObject({ label: '3 experts', members: ['e0', 'e2', 'e4'] });
    expect(choices[2]?.description).toMatch(
      /^loss 1\.392 ± 0\.12 · gives up 0\.085 \(0\.057 to 0\.113\) · recommended$/,
    );
    const best = cell.selection?.chosen.findIndex(({ behind }) => behind.value === 0) ?? -1;
    expect(choices[best]?.description).toContain(' · the best');
    expect(choices[0]?.label).toBe('1 expert');
  });

  it('begins with the answer of the experiment', () => {
    const [first, second] = cellChoices(report);
    expect(first).toMatchObject({ index: report.headline.cell, label: 'average' });
    expect(first?.description).toBe('the answer of the experiment · loss 1.392 ± 0.12');
    expect(second?.label).toBe('ties');
  });

  it('is told in a line of provenance', () => {
    const merge = { size: 'default', method: 0, members: [0, 2, 4], seed: null };
    expect(remarkOf(report, merge, 'world.mergelab.yaml', null)).toBe(
      'loss 1.392 ± 0.12, k = 3 of 6, average, world.mergelab.yaml',
    );
    const weights = new Map([
      ['d0', 2],
      ['d1', 1],
    ]);
    expect(remarkOf(report, merge, 'w.yaml', weights)).toContain(', average, weights d0=2, w.yaml');
    // Not the chosen one of its size: its loss was measured, not cross-fitted.
    expect(remarkOf(report, { ...merge, members: [1, 3] }, 'w.yaml', null)).toMatch(
      /^loss \d\.\d{3} as measured, k = 2/,
    );
    expect(remarkOf(report, { ...merge, method: 7 }, 'w.yaml', null)).toBe('k = 3 of 6, w.yaml');
  });
});

describe('weights', () => {
  const domains = ['code', 'physics', 'law'];
  const told = (text: string) => {
    const parsed = parseWeights(text, domains);
    return parsed.ok ? weightsText(parsed.weights) : parsed.message;
  };

  it.each([
    ['code=2, physics=0.5', 'code=2, physics=0.5'],
    ['', ''],
    [' code : 2 ;law=1 ', 'code=2'],
    ['code=0', 'code=0'],
    ['cod=2', '`cod` is not a domain. Did you mean `code`?'],
    ['code=-1', '`-1` is not a number of at least 0.'],
    ['code=1e999', '`1e999` is not a number of at least 0.'],
    ['code', 'Write `code=2` instead of `code`.'],
    ['code=0, physics=0, law=0', 'Give at least one domain a positive weight.'],
  ])('%s', (text, expected) => {
    expect(told(text)).toBe(expected);
  });

  it('say one for every domain', () => {
    const parsed = parseWeights('code=2', domains);
    expect(parsed.ok && [...parsed.weights]).toEqual([
      ['code', 2],
      ['physics', 1],
      ['law', 1],
    ]);
  });
});

function raise(): never {
  throw new Error('missing');
}
