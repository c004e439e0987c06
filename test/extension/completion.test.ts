import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { completions } from '../../extension/language/completion.ts';
import type { Completion } from '../../extension/language/fit-completion.ts';
import { folderLister } from '../../extension/language/folder-listing.ts';
import { apply } from './apply.ts';
import { SAMPLE_FOLDER, sample } from './edited.ts';

let home = '';
let folder = '';

/** A folder as people have them: a base, full experts, an adapter, data, and what is none of these. */
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'mergelab-complete-'));
  folder = path.join(home, 'lab');
  const files = [
    ...['base', 'math', 'code'].flatMap((name) => [
      `models/${name}/config.json`,
      `models/${name}/model.safetensors`,
    ]),
    'models/medical/adapter_config.json',
    'models/notes/readme.md',
    'models/odd name/config.json',
    'models/odd name/model.safetensors',
    'eval/math.json',
    'eval/code.json',
    'eval/law.jsonl',
    'template.jinja',
  ];
  for (const file of files) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), '');
  }
});

afterAll(async () => {
  await rm(home, { recursive: true });
});

/** A `‸` marks the cursor. */
async function at(marked: string, where: string | null = folder): Promise<readonly Completion[]> {
  const offset = marked.indexOf('‸');
  const roots = where === null ? null : { folder: where, home };
  return completions(marked.replace('‸', ''), offset, { list: folderLister(), roots });
}

const labels = async (marked: string) => (await at(marked)).map(({ label }) => label);

async function chosen(marked: string, label: string): Promise<string> {
  const found = (await at(marked)).find((each) => each.label === label);
  if (!found) throw new Error(`no ${label} among ${await labels(marked)}`);
  return apply(marked.replace('‸', ''), [{ range: found.range, newText: found.insert }]);
}

const HEAD = `base: ./models/base\nexperts:\n  math: ./models/math\n  code: ./models/code\nevaluation:\n  data: ./eval/{domain}.json\n`;

describe('keys', () => {
  it('are those of the place, the required ones first, with what they mean', async () => {
    const found = await at('‸');
    expect(found.slice(0, 2).map(({ label }) => label)).toEqual(['experts', 'evaluation']);
    expect(found.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['base', 'sizes', 'methods', 'goals', 'merge']),
    );
    expect(found.every(({ kind }) => kind === 'key')).toBe(true);
    expect(found.find(({ label }) => label === 'base')?.documentation).toMatch(/fine\\-tuned from/);
    expect(found.find(({ label }) => label === 'experts')?.detail).toBe('required');
  });

  it('are never offered twice, nor what excludes what is there', async () => {
    const found = await labels(`${HEAD}‸`);
    for (const name of ['base', 'sizes', 'experts', 'evaluation']) expect(found).not.toContain(name);
    const goals = await labels(`${HEAD}goals:\n  within: 0.1\n  ‸`);
    expect(goals).toEqual(['pick', 'weights', 'must_include', 'must_exclude', 'interval', 'method', 'size']);
    expect(await labels(`${HEAD}goals:\n  ‸\n  pick: 2\n`)).not.toContain('pick');
    expect(await labels('merge: { subset: [math], ‸ }')).toEqual(['method', 'size', 'out']);
  });

  it('go into braces as into blocks, and keep a colon that is there', async () => {
    expect(await chosen('goals: { wi‸ }', 'within')).toBe('goals: { within:  }');
    expect(await chosen('goals:\n  wi‸', 'within')).toBe('goals:\n  within: ');
    expect(await chosen('goals:\n  wi‸: 3', 'within')).toBe('goals:\n  within: 3');
    expect(await chosen(`${HEAD}swe‸`, 'sweep')).toMatch(/sweep:\n {2}\$0$/);
  });

  it('of a method are its own', async () => {
    expect(await labels('methods:\n  - { method: ties, ‸ }')).toEqual([
      'scale',
      'density',
      'trim_scope',
      'compatibility',
    ]);
    expect(await labels('methods:\n  - method: dare\n    ‸')).toEqual([
      'drop_rate',
      'seeds',
      'compatibility',
    ]);
  });

  it('of a reference, whose loss or model exclude each other', async () => {
    expect(await labels('references:\n  - ‸')).toEqual(['name', 'loss', 'model', 'gpu_hours']);
    expect(await labels('references:\n  - name: a\n    loss: 1\n    ‸')).toEqual(['gpu_hours']);
  });

  it('do not include what this version refuses', async () => {
    expect(await labels('sweep:\n  subsets: { ‸')).toEqual(['permutations', 'precision', 'at_most']);
    expect(await labels('sweep:\n  subsets: { precision: 0.01, ‸')).toEqual(['at_most']);
    expect(await labels('sweep:\n  subsets: { permutations: 15, ‸')).toEqual([]);
    expect(await labels('evaluation:\n  ‸')).toContain('downstream');
  });
});

describe('values', () => {
  it('of a scale are its default and `tuned`', async () => {
    const text = `${HEAD}methods:\n  - method: ties\n    scale: ‸\n`;
    expect(await labels(text)).toEqual(['tuned', '1']);
    expect(await chosen(text, 'tuned')).toContain('scale: tuned\n');
  });

  it('are the words of the schema', async () => {
    expect(await labels('evaluation:\n  dtype: ‸')).toEqual(['auto', 'float32', 'bfloat16', 'float16']);
    expect(await labels('methods:\n  - { method: ties, trim_scope: ‸')).toEqual(['tensor', 'model']);
    expect(await labels('methods:\n  - { method: task_arithmetic, normalize: ‸')).toEqual(['true', 'false']);
    expect(await labels('embeddings:‸')).toEqual(['exact', 'common_rows']);
    expect(await chosen('embeddings:‸', 'exact')).toBe('embeddings: exact');
    expect(await labels('target: ‸')).toEqual(['local']);
    expect(await labels('evaluation:\n  max_length: ‸')).toEqual(['2048']);
    expect(await labels('sweep:\n  subsets: ‸')).toEqual([
      'all',
      '{ permutations: 15 }',
      '{ precision: 0.01 }',
      '50',
    ]);
    expect(await labels(`${HEAD}sweep: { k: ‸ }`)).toEqual(['1..2']);
  });

  it('are methods, alone or with their parameters', async () => {
    const found = await at('methods: [‸');
    expect(found.map(({ label }) => label)).toContain('average');
    expect(found.find(({ label }) => label === 'ties with its parameters')).toMatchObject({
      insert: `{ method: ties, scale: \${1:1}, density: \${2:1}, trim_scope: \${3|tensor,model|} }`,
      snippet: true,
    });
    expect(await labels('methods:\n  ‸')).toContain('average');
    expect(await chosen('methods:\n  ‸', 'average')).toBe('methods:\n  - average');
    expect(await labels(`${HEAD}methods: [average, { method: ties }]\ngoals:\n  method: ‸`)).toEqual([
      'average',
      'ties',
    ]);
  });

  it('are the names of the file, without those that are there', async () => {
    expect(await labels(`${HEAD}goals:\n  must_include: [‸]`)).toEqual(['math', 'code']);
    expect(await labels(`${HEAD}goals:\n  must_include: [math, ‸]`)).toEqual(['code']);
    expect(await labels(`${HEAD}merge:\n  subset:\n    - code\n    - ‸`)).toEqual(['math']);
    expect(await labels(`${HEAD}merge:\n  weights:\n    code: 0.6\n    ‸`)).toEqual(['math']);
    expect(await labels(`${HEAD}merge: { weights: { ‸ } }`)).toEqual(['math', 'code']);
    expect(await labels('merge: { weights: { math: 1 }, ‸ }')).toEqual(['size', 'out']);
    expect(await labels(`${HEAD}goals:\n  weights: { ‸ }`)).toEqual(['math', 'code']);
    expect(await labels('sizes:\n  S: { base: ./a }\n  L: { base: ./b }\ngoals:\n  size: ‸')).toEqual([
      'S',
      'L',
    ]);
  });

  it('are domains for which data exists', async () => {
    expect(await labels(`${HEAD}  domains: [‸]`)).toEqual(['code', 'math']);
    const jsonl = HEAD.replace('.json', '.jsonl');
    expect(await labels(`${jsonl}  domains:\n    - ‸`)).toEqual(['law']);
  });
});

describe('paths', () => {
  it('are folders that hold models, then folders to go on with', async () => {
    expect(await labels('base: ‸')).toEqual(['./eval/', './models/']);
    expect(await labels('base: ./models/‸')).toEqual([
      './models/base',
      './models/code',
      './models/math',
      './models/medical',
      './models/odd name',
      './models/notes/',
    ]);
    const adapter = (await at('base: ./models/‸'))[3];
    expect(adapter).toMatchObject({ kind: 'model', detail: 'LoRA adapter' });
    expect(await chosen('experts:\n  math: ./models/m‸', './models/math')).toBe(
      'experts:\n  math: ./models/math',
    );
    expect(await chosen('base: "./models/m‸"', './models/math')).toBe('base: "./models/math"');
    expect((await at('base: mod‸')).map(({ filter }) => filter)).toContain('models/');
  });

  it('fit into braces', async () => {
    expect(await chosen('sizes:\n  S: { base: ./models/‸ }', './models/odd name')).toBe(
      'sizes:\n  S: { base: "./models/odd name" }',
    );
    expect(await chosen('sizes:\n  S: { experts: ./models/‸ }', './models/{expert}')).toBe(
      'sizes:\n  S: { experts: "./models/{expert}" }',
    );
  });

  it('are patterns and files for data, and a new folder to write to', async () => {
    expect(await labels('evaluation:\n  data: ./eval/‸')).toEqual([
      './eval/{domain}.json',
      './eval/{domain}.jsonl',
      './eval/code.json',
      './eval/law.jsonl',
      './eval/math.json',
    ]);
    expect((await labels('merge:\n  out: ‸'))[0]).toBe('./merged');
    expect(await labels('evaluation:\n  downstream:\n    - ./‸')).toEqual(['./eval/', './models/']);
    expect(await labels('evaluation:\n  chat_template: ./‸')).toContain('./template.jinja');
  });

  it('offer whole experts beside the base', async () => {
    expect(await labels('base: ./models/base\nexperts:\n  code: ./models/code\n  ‸')).toEqual([
      'math',
      'medical',
    ]);
    const text = await chosen('base: ./models/base\nexperts:\n  ‸\n', 'math');
    expect(text).toBe('base: ./models/base\nexperts:\n  math: ./models/math\n');
  });

  it('need a folder, and survive one that cannot be read', async () => {
    expect(await at('base: ./‸', null)).toEqual([]);
    expect(await at('base: ./nowhere/‸')).toEqual([]);
    expect(await at('base: ./eval/math.json/‸')).toEqual([]);
  });
});

describe('the sample', () => {
  it('can be written from completions alone, as far as they go', async () => {
    const text = sample('nine-domains');
    const offset = text.indexOf('./models/S/code') + './models/S/'.length;
    const cut = `${text.slice(0, offset)}${text.slice(text.indexOf('\n', offset))}`;
    expect(parseExperiment(cut).experiment).not.toBeNull();
    const roots = { folder: SAMPLE_FOLDER, home };
    const found = await completions(cut, offset, { list: folderLister(), roots });
    expect(found.filter(({ kind }) => kind === 'model').map(({ label }) => label)).toContain(
      './models/S/code',
    );
  });
});
