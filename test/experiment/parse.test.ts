import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Experiment } from '../../core/experiment/experiment.ts';
import { type Diagnostic, parseExperiment } from '../../core/experiment/parse.ts';
import { soundPart } from '../../core/experiment/sound-part.ts';
import { fixtures, goodFixture } from './fixtures.ts';

function parsed(text: string): Experiment {
  const { experiment, diagnostics } = parseExperiment(text);
  if (!experiment) throw new Error(diagnostics.map((each) => each.message).join('\n'));
  return experiment;
}

function inOneLine({ severity, code, range: { start, end }, suggestion }: Diagnostic): string {
  const place = `${start.line}:${start.column}-${end.line}:${end.column}`;
  return [severity, code, place, ...(suggestion ? [suggestion] : [])].join(' ');
}

function codes(text: string): string[] {
  return parseExperiment(text).diagnostics.map((diagnostic) => diagnostic.code);
}

describe('good experiments', () => {
  test('the smallest one has the defaults of a careful user', () => {
    const { experiment, diagnostics } = parseExperiment(goodFixture('smallest'), {
      file: '/somewhere/three-experts.mergelab.yaml',
    });
    expect(diagnostics).toEqual([]);
    expect(experiment).toEqual({
      version: 1,
      kind: 'merge',
      name: 'three-experts',
      sizes: [
        {
          name: 'default',
          base: 'Qwen/Qwen2.5-0.5B',
          experts: new Map([
            ['math', 'org/qwen-math'],
            ['code', './experts/code'],
            ['biology', './experts/biology'],
          ]),
        },
      ],
      pool: ['math', 'code', 'biology'],
      embeddings: 'exact',
      methods: [{ method: 'average', compatibility: 'none' }],
      evaluation: {
        domains: new Map([
          ['math', './eval/math.json'],
          ['code', './eval/code.json'],
          ['biology', './eval/biology.json'],
        ]),
        max_length: 2048,
        max_tokens_per_domain: null,
        chat_template: 'auto',
        dtype: 'auto',
        downstream: [],
      },
      sweep: { k: [1, 2, 3], subsets: { kind: 'all' }, seed: 0 },
      goals: {
        goal: { rule: 'within', value: 0.01 },
        pick: null,
        weights: new Map([
          ['math', 1],
          ['code', 1],
          ['biology', 1],
        ]),
        must_include: [],
        must_exclude: [],
        interval: 'pool',
        method: null,
        size: null,
      },
      references: [],
      budget: null,
      merge: null,
      target: 'local',
    });
  });

  test('the full surface', () => {
    const { experiment, diagnostics } = parseExperiment(goodFixture('full'));
    expect(diagnostics.map((each) => [each.severity, each.code])).toEqual([
      ['warning', 'compatibility_in_sweep'],
    ]);
    expect(experiment).toMatchObject({
      name: 'Nine domains',
      pool: ['algebra', 'analysis', 'code'],
      embeddings: 'common_rows',
      methods: [
        { method: 'average', compatibility: 'none' },
        { method: 'task_arithmetic', scale: 0.8, normalize: true, compatibility: 'none' },
        { method: 'ties', scale: 0.5, density: 1, trim_scope: 'tensor', compatibility: 'none' },
        { method: 'dare', drop_rate: 0.2, seeds: [0, 1, 2], compatibility: 'none' },
        { method: 'dare_ties', drop_rate: 0.2, seeds: [0], scale: 1, compatibility: 'mergekit' },
      ],
      sweep: { k: [1, 2, 3], subsets: { kind: 'permutations', count: 15 }, seed: 7 },
      budget: {
        gpu_hours: 500,
        hours_per_expert_per_billion: 12,
        max_parameters: 14e9,
        memory_bytes: 80e9,
        target_loss: 0.4,
      },
      references: [
        { name: 'multitask SFT', loss: 0.41, gpu_hours: 1300 },
        { name: 'released merge', model: 'org/merged', gpu_hours: null },
      ],
      merge: {
        method: 'average',
        size: 'L',
        subset: ['algebra', 'code'],
        weights: null,
        out: './merged/two',
      },
    });
    expect(experiment?.goals).toMatchObject({ goal: { rule: 'return', value: 0.9 }, pick: 3 });
    expect(experiment?.goals.weights).toEqual(
      new Map([
        ['algebra', 1],
        ['code', 2],
      ]),
    );
    expect(experiment?.sizes[0]?.experts.get('code')).toBe('./models/S/code');
    expect([...(experiment?.sizes[1]?.experts ?? [])]).toEqual([
      ['algebra', './models/L/algebra'],
      ['analysis', './models/L/analysis'],
      ['code', './models/L/coder'],
    ]);
  });

  test('anchors and merge keys', () => {
    const experiment = parsed(goodFixture('anchors'));
    expect(experiment.evaluation.max_length).toBe(512);
    expect([...experiment.evaluation.domains]).toEqual([
      ['math', './eval/a.jsonl'],
      ['code', './eval/b.jsonl'],
    ]);
    expect(experiment.merge?.weights).toEqual(
      new Map([
        ['math', 0.7],
        ['code', -0.1],
      ]),
    );
  });

  test.each([
    ['1..2', [1, 2]],
    ['2', [2]],
    ['[3, 1, 3]', [1, 3]],
    ['" 2 .. 3 "', [2, 3]],
  ])('k: %s', (written, k) => {
    expect(parsed(`${goodFixture('smallest')}sweep: { k: ${written} }`).sweep.k).toEqual(k);
  });
});

describe('defaults that depend on the pool', () => {
  function pool(size: number, more = ''): string {
    const experts = Array.from({ length: size }, (_, i) => `  expert_${i}: ./e${i}`).join('\n');
    return `base: ./base\nexperts:\n${experts}\nevaluation: { data: "./{domain}.json" }\n${more}`;
  }

  test('all subsets up to 1,000, else 15 permutations', () => {
    expect(parsed(pool(9)).sweep.subsets).toEqual({ kind: 'all' }); // 511
    expect(parsed(pool(10)).sweep.subsets).toEqual({ kind: 'permutations', count: 15 }); // 1,023
    expect(parsed(pool(10, 'sweep: { k: 1..9 }')).sweep.subsets.kind).toBe('permutations'); // 1,022
    expect(parsed(pool(10, 'sweep: { k: [1, 2, 3, 10] }')).sweep.subsets.kind).toBe('all'); // 176
  });

  test('all is refused above 65,535 merges, by number', () => {
    expect(parsed(pool(16, 'sweep: { subsets: all }')).sweep.subsets).toEqual({ kind: 'all' });
    const [diagnostic, ...rest] = parseExperiment(pool(17, 'sweep: { subsets: all }')).diagnostics;
    expect(rest).toEqual([]);
    expect(diagnostic?.code).toBe('too_many_subsets');
    expect(diagnostic?.message).toContain('131,071');
    expect(parseExperiment(pool(64, 'sweep: { subsets: all }')).diagnostics[0]?.message).toContain(
      '18,446,744,073,709,551,615',
    );
  });

  test('numbers that would plan for ever are refused, by number', () => {
    const [many] = parseExperiment(pool(64, 'sweep: { subsets: 60000 }')).diagnostics;
    expect(many?.code).toBe('too_many_subsets');
    expect(many?.message).toContain('3,507,489'); // the sum of min(60000, C(64, k))
    expect(codes(pool(20, 'sweep: { subsets: 3000 }'))).toEqual([]);
    const seeds = Array.from({ length: 20 }, (_, i) => i).join(', ');
    const dare = `methods: [{ method: dare, seeds: [${seeds}] }]\nsweep: { subsets: 3000 }`;
    const [plan] = parseExperiment(pool(20, dare)).diagnostics;
    expect(plan).toMatchObject({ code: 'too_many_merges', path: ['sweep'] });
    expect(codes(pool(64, 'sweep: { subsets: { permutations: 1000 } }'))).toEqual([]);
  });

  test('a precision has room for what comes first, and for a look', () => {
    const precision = (more: string) =>
      parseExperiment(pool(9, `sweep: { subsets: { ${more} } }`)).diagnostics;
    expect(parsed(pool(9, 'sweep: { subsets: { precision: 0.01 } }')).sweep.subsets).toEqual({
      kind: 'precision',
      precision: 0.01,
      at_most: 1000,
    });
    expect(precision('precision: 0.01, at_most: 52')).toEqual([]);
    expect(precision('precision: 0.01, at_most: 51')).toMatchObject([
      { code: 'at_most_small', severity: 'warning', path: ['sweep', 'subsets', 'at_most'] },
    ]);
    const [below] = precision('precision: 0.01, at_most: 9');
    expect(below).toMatchObject({ code: 'at_most_below_anchors', severity: 'error' });
    expect(below?.message).toContain('less than the 10 merges');
    expect(below?.fix).toContain('52');
    expect(precision('precision: 0')).toMatchObject([{ severity: 'error', line: 13 }]);
    expect(precision('precision: -1, at_most: 100')).toMatchObject([{ severity: 'error' }]);
    expect(precision('at_most: 100')).toMatchObject([
      { code: 'missing_key', message: '`sweep.subsets.precision` is missing.' },
    ]);
    expect(precision('precision: 0.01, at_most: 65536')).toMatchObject([{ severity: 'error' }]);
    for (const { message } of precision('precision: 0')) expect(message).toContain('more than 0');
  });

  test('an empty pool is one mistake', () => {
    expect(codes('base: b\nexperts: {}\nevaluation: { data: ./x.json }')).toEqual(['no_experts']);
  });

  test('a pool holds at most 64', () => {
    expect(parsed(pool(64)).pool).toHaveLength(64);
    expect(codes(pool(65))).toEqual(['pool_too_large']);
  });
});

describe('bad experiments: every mistake is named where it stands', () => {
  test.each(fixtures('bad'))('$name', ({ text }) => {
    const expected = [...text.matchAll(/^#! (.*)$/gm)].map(([, line]) => line);
    const { experiment, diagnostics } = parseExperiment(text);
    expect(diagnostics.map(inOneLine).sort()).toEqual(expected.sort());
    expect(experiment).toBeNull();
    for (const { message, fix } of diagnostics) {
      expect(message).toMatch(/[.?]$/);
      expect(fix).toMatch(/\.$/);
    }
  });

  test('names that every object has are names like others', () => {
    const text =
      'base: ./b\nexperts: { constructor: ./a, toString: ./t }\nevaluation: { data: "./{domain}" }\ngoals: { weights: { toString: 2 } }';
    expect([...parsed(text).goals.weights]).toEqual([
      ['constructor', 1],
      ['toString', 2],
    ]);
  });

  test('the file is named', () => {
    const [diagnostic] = parseExperiment('', { file: 'a.mergelab.yaml' }).diagnostics;
    expect(diagnostic).toMatchObject({ code: 'empty_file', file: 'a.mergelab.yaml', line: 1, column: 1 });
  });

  test.each([
    ['', 'empty_file'],
    ['# nothing but a comment\n', 'empty_file'],
    ['[1, 2]', 'wrong_type'],
    ['just text', 'wrong_type'],
    ['a: [', 'yaml_syntax'],
    ['evaluation: { data: ./eval/{domain}.json }', 'yaml_syntax'],
    ['a: 1\na: 2', 'yaml_duplicate_key'],
    ['base: x\n---\nbase: y', 'yaml_several_documents'],
    ['experts:\n\tmath: x', 'yaml_tab'],
    ['version: 2\nanything: at all', 'version_newer'],
    ['['.repeat(100_000), 'yaml_too_deep'],
    ['base: *nowhere', 'yaml_aliases'],
    ['#'.repeat(1_000_001), 'file_too_large'],
  ])('one error says it: %#', (text, code) => {
    expect(codes(text)).toEqual([code]);
  });

  test('aliases that multiply a billion times are refused at once', () => {
    const levels = Array.from({ length: 9 }, (_, i) => {
      const items = i === 0 ? Array(10).fill('lol') : Array(10).fill(`*l${i - 1}`);
      return `l${i}: &l${i} [${items.join(', ')}]`;
    });
    expect(codes(levels.join('\n'))).toEqual(['yaml_aliases']);
    expect(codes(`${goodFixture('smallest')}x: &x [*x]`)).not.toEqual([]);
  });

  test('braces between braces are told to be in quotes', () => {
    const [found] = parseExperiment('evaluation: { data: ./eval/{domain}.json }').diagnostics;
    expect(found).toMatchObject({ line: 1, column: 28, fix: 'Put it in quotes: `"./eval/{domain}.json"`.' });
    expect(codes('evaluation: { data: "./eval/{domain}.json" }')).not.toContain('yaml_syntax');
  });

  test('a flood of syntax errors is cut short', () => {
    expect(codes('a: ]\n'.repeat(500)).length).toBeLessThanOrEqual(20);
  });

  test('where the shape of a list or a map is not plain to see, the fix shows it', () => {
    const { diagnostics } = parseExperiment(
      `${goodFixture('smallest')}references: { name: larger, loss: 2 }\n`,
    );
    expect(diagnostics.map(({ fix }) => fix)).toEqual([
      'Write a list, such as `[{ name: larger model, loss: 1.9 }]`.',
    ]);
  });

  test('names that programs treat as their own are no names', () => {
    expect(
      codes('base: b\nexperts: { __proto__: x, constructor: y }\nevaluation: { data: "{domain}" }'),
    ).toEqual(['bad_name']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('any text', () => {
  const words = goodFixture('full').split(/\s+/);
  const yamlLike = fc
    .array(
      fc.oneof(
        fc.constantFrom(...words),
        fc.constantFrom('\n', '\n  ', ': ', '- ', '{', '}', '[', ']', ',', '&a ', '*a', '"', '|', '#', '\t'),
        fc.string({ maxLength: 4 }),
      ),
      { maxLength: 60 },
    )
    .map((parts) => parts.join(' '));

  test('parsing never throws, and either gives an experiment or says why not', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), yamlLike), (text) => {
        const { experiment, diagnostics } = parseExperiment(text);
        const failed = diagnostics.some((each) => each.severity === 'error');
        expect(experiment === null).toBe(failed);
        for (const { range } of diagnostics) {
          expect(range.start.line).toBeGreaterThanOrEqual(1);
          expect(range.start.column).toBeGreaterThanOrEqual(1);
          const lines = text.split('\n').length;
          expect(range.end.line).toBeLessThanOrEqual(lines);
        }
      }),
      { numRuns: 400, seed: 20 },
    );
  });

  test('what is sound of it is found without ever throwing, and is all of a text without errors', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), yamlLike), (text) => {
        const { experiment } = parseExperiment(text);
        const sound = soundPart(text);
        if (experiment) expect(sound).toEqual({ ...experiment, name: sound?.name });
      }),
      { numRuns: 400, seed: 21 },
    );
    const text = goodFixture('full');
    const { experiment } = parseExperiment(text);
    expect(soundPart(text)).toEqual(experiment);
    const wrong = text.replace(/^goals:/m, 'goals:\n  pick: 1000\n  nonsense: [1, 2]');
    expect(parseExperiment(wrong).experiment).toBeNull();
    expect(soundPart(wrong)).toMatchObject({ sizes: experiment?.sizes, evaluation: experiment?.evaluation });
    for (const broken of ['', '[]', 'base: ./x', 'goals: { pick: 12 }']) expect(soundPart(broken)).toBeNull();
  });

  test('a good file with one line lost or doubled never throws', () => {
    const lines = goodFixture('full').split('\n');
    lines.forEach((line, i) => {
      parseExperiment(lines.filter((_, j) => j !== i).join('\n'));
      parseExperiment(lines.toSpliced(i, 0, line).join('\n'));
    });
  });
});

describe('a misspelt key', () => {
  const good = goodFixture('smallest');

  function told(from: RegExp, to: string): string[] {
    const text = good.replace(from, to);
    expect(text).not.toBe(good);
    const { experiment, diagnostics } = parseExperiment(text);
    expect(experiment).toBeNull();
    return diagnostics.map((each) => `${each.code} ${each.suggestion ?? each.message}`);
  }

  test('is not called missing as well', () => {
    expect(told(/^evaluation:/m, 'evalution:')).toEqual(['unknown_key evaluation']);
    expect(told(/^base:/m, 'bsae:')).toEqual(['unknown_key base']);
    expect(told(/^( +)data:/m, '$1dta:')).toEqual(['unknown_key data']);
  });

  test('is called missing where nothing near it is there, or only elsewhere', () => {
    expect(told(/^evaluation:/m, 'qqqqqqqqqqqq:').sort()).toEqual([
      'missing_key `evaluation` is missing.',
      expect.stringContaining('unknown_key `qqqqqqqqqqqq` is not a key'),
    ]);
    expect(told(/^base:.*$/m, 'sweep: { base: 3 }').some((each) => each.startsWith('missing_key'))).toBe(
      true,
    );
  });
});

describe('positions', () => {
  const text = goodFixture('full');
  const { positions } = parseExperiment(text);

  function at(path: readonly (string | number)[]): string | null {
    const range = positions.at(path);
    if (!range) return null;
    const line = text.split('\n')[range.start.line - 1] ?? '';
    return range.start.line === range.end.line
      ? line.slice(range.start.column - 1, range.end.column - 1)
      : line.slice(range.start.column - 1);
  }

  test('of values, keys, list items and nothing', () => {
    expect(at(['name'])).toBe('Nine domains');
    expect(at(['methods', 1, 'scale'])).toBe('0.8');
    expect(at(['sizes', 'L', 'experts', 'code'])).toBe('./models/L/coder');
    expect(at(['merge', 'subset'])).toBe('[algebra, code]');
    expect(at(['merge', 'nothing'])).toBeNull();
    expect(positions.keyAt(['goals', 'return'])).toEqual({
      start: { line: 33, column: 3 },
      end: { line: 33, column: 9 },
    });
    expect(positions.keyAt(['methods', 1])).toBeNull();
  });

  test('through aliases and merge keys', () => {
    const aliased = parseExperiment('a: &x { b: { c: 1 } }\nd: *x\ne:\n  <<: *x\n  f: 2\n').positions;
    expect(aliased.at(['d', 'b', 'c'])?.start).toEqual({ line: 1, column: 17 });
    expect(aliased.at(['e', 'b', 'c'])?.start).toEqual({ line: 1, column: 17 });
    expect(aliased.at(['d'])?.start).toEqual({ line: 2, column: 4 });
  });

  test('in files of Windows, and behind a byte order mark', () => {
    const windows = parseExperiment('\uFEFFbase: x\r\nexprts: { a: b }\r\n').diagnostics;
    const unknown = windows.find((each) => each.code === 'unknown_key');
    expect(unknown?.range).toEqual({ start: { line: 2, column: 1 }, end: { line: 2, column: 7 } });
    expect(unknown?.suggestion).toBe('experts');
  });
});
