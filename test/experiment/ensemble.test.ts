import { describe, expect, test } from 'vitest';
import { type Diagnostic, parseExperiment } from '../../core/experiment/parse.ts';
import { soundPart } from '../../core/experiment/sound-part.ts';

const SMALLEST = `kind: ensemble
models:
  small: ./models/small
  large: org/large@main
evaluation:
  data: { algebra: ./eval/algebra.json }
`;

function problems(text: string): string[] {
  return parseExperiment(text).diagnostics.map(inOneLine);
}

function inOneLine({ code, range: { start, end }, suggestion }: Diagnostic): string {
  const place = `${start.line}:${start.column}-${end.line}:${end.column}`;
  return [code, place, ...(suggestion ? [suggestion] : [])].join(' ');
}

describe('ensembles', () => {
  test('the smallest one has the defaults of a careful user', () => {
    const { ensemble, experiment, diagnostics } = parseExperiment(SMALLEST, { file: 'two.mergelab.yaml' });
    expect(diagnostics).toEqual([]);
    expect(experiment).toBeNull();
    expect(ensemble).toEqual({
      version: 1,
      kind: 'ensemble',
      name: 'two',
      models: new Map([
        ['small', { source: './models/small', family: null, null_of: null, null_kind: null, merge_of: null }],
        ['large', { source: 'org/large@main', family: null, null_of: null, null_kind: null, merge_of: null }],
      ]),
      evaluation: {
        domains: new Map([['algebra', './eval/algebra.json']]),
        max_bytes: 2048,
        max_length: 2048,
        chat_template: 'auto',
        dtype: 'auto',
      },
      pool: { k: null, parameters: null, memory_bytes: null },
      target: 'local',
    });
  });

  test('the full one says what it says', () => {
    const { ensemble, diagnostics } = parseExperiment(`name: Two families
kind: ensemble
models:
  a: ./a
  again: { model: ./a2, family: llama, null_of: a }
evaluation:
  data: ./eval/{domain}.json
  domains: [code, law]
  max_bytes: 500
pool: { k: 2, parameters: 3B, memory: 1GiB }
`);
    expect(diagnostics).toEqual([]);
    expect(ensemble?.models.get('again')).toEqual({
      source: './a2',
      family: 'llama',
      null_of: 'a',
      null_kind: 'reseed',
      merge_of: null,
    });
    expect([...(ensemble?.evaluation.domains ?? [])]).toEqual([
      ['code', './eval/code.json'],
      ['law', './eval/law.json'],
    ]);
    expect(ensemble?.pool).toEqual({ k: 2, parameters: 3e9, memory_bytes: 2 ** 30 });
  });

  test('keys of merging are named at their place, all of them, with what to do', () => {
    const text = `kind: ensemble
base: ./a
sizes: {}
embeddings: exact
models: { a: ./a, b: ./b }
evaluation:
  data: { code: ./code.json }
  max_tokens_per_domain: 100
sweep:
  subsets: all
merge: { subset: [a] }
`;
    const { diagnostics } = parseExperiment(text);
    expect(diagnostics.map(inOneLine)).toEqual([
      'not_in_ensemble 2:1-2:5',
      'not_in_ensemble 3:1-3:6',
      'not_in_ensemble 4:1-4:11',
      'not_in_ensemble 8:3-8:24',
      'not_in_ensemble 9:1-9:6',
      'not_in_ensemble 11:1-11:6',
    ]);
    expect(diagnostics[3]?.fix).toMatch(/max_bytes/);
    expect(diagnostics.every(({ message }) => /belongs to merging/.test(message))).toBe(true);
  });

  test.each([
    ['a misspelt key', SMALLEST.replace('models', 'model'), 'unknown_key 2:1-2:6 models'],
    ['a key of an entry', entry('{ model: ./b, familie: x }'), 'unknown_key 4:24-4:31 family'],
    ['no model in an entry', entry('{ family: x }'), 'missing_key 4:3-4:8'],
    [
      'an original that is not there',
      entry('{ model: ./b, null_of: smal }'),
      'unknown_model 4:33-4:37 small',
    ],
    ['its own original', entry('{ model: ./b, null_of: large }'), 'null_of_itself 4:33-4:38'],
    [
      'a kind of copy that is of nothing',
      entry('{ model: ./b, null_kind: reseed }'),
      'null_kind_alone 4:35-4:41',
    ],
    ['the same folder twice', entry('./models/small/'), 'model_duplicate 4:10-4:25'],
    ['a single model', SMALLEST.replace(/ {2}large.*\n/, ''), 'too_few_models 2:1-2:7'],
    ['a pool beyond the models', `${SMALLEST}pool: { k: 3 }\n`, 'k_outside_pool 7:12-7:13'],
    ['no parameters', `${SMALLEST}pool: { parameters: 0M }\n`, 'wrong_value 7:21-7:23'],
    ['memory without a unit', `${SMALLEST}pool: { memory: 80 }\n`, 'wrong_value 7:17-7:19'],
    [
      'a pattern without domains',
      SMALLEST.replace(/\{ algebra.*/, './{domain}.json'),
      'missing_key 5:1-5:11',
    ],
    ['no bytes', SMALLEST.replace('data:', 'max_bytes: 0\n  data:'), 'out_of_bounds 6:14-6:15'],
  ])('%s is an error at its place', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  test('a copy of a copy names the original', () => {
    const text = SMALLEST.replace(
      '  large: org/large@main',
      '  b: { model: ./b, null_of: small }\n  c: { model: ./c, null_of: b }',
    );
    expect(problems(text)).toEqual(['null_of_null 5:29-5:30 small']);
  });

  test('another kind is neither', () => {
    const [first] = parseExperiment(SMALLEST.replace('ensemble', 'ensembel')).diagnostics;
    expect(first).toMatchObject({ code: 'wrong_choice', suggestion: 'ensemble' });
  });

  test('the sound part of an ensemble is no experiment that merges', () => {
    expect(soundPart(SMALLEST)).toBeNull();
    expect(soundPart(`${SMALLEST}pool: { k: 9 }\n`)).toBeNull();
  });
});

function entry(written: string): string {
  return SMALLEST.replace('large: org/large@main', `large: ${written}`);
}
