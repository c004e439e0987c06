import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { plainHost } from '../../core/hosts/host.ts';
import type { PrepareRequest } from '../../core/store/format.ts';
import { missingThere, modelsToSend } from '../../runner/hosts/missing-models.ts';
import { modelFiles } from '../../runner/hosts/model-files.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'merge lab models-'));
afterAll(() => rmSync(root, { recursive: true }));
const host = { ...plainHost('gpu-box'), ssh: 'ann@10.0.0.7' };
const sources = ['./models/base', './models/gone', './x/../.vscode', './x/../models/base/', '~/models/base'];
const models = sources.map((source) => ({ id: source, source })) as unknown as PrepareRequest['models'];
const asked = { root, models };
const problem = (model: string, file: string, code = 'model_missing') => ({
  code,
  message: 'There is no folder.',
  fix: 'Correct the path.',
  model,
  file,
});
const fix = (...args: Parameters<typeof problem>) =>
  missingThere(problem(...args), asked, '/home/ann/models', host).fix;

function makeModel(folder: string, files: readonly string[] = []): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'config.json'), '{}');
  writeFileSync(path.join(folder, 'model.safetensors'), 'x'.repeat(1500));
  for (const file of files) writeFileSync(path.join(folder, file), 'secret');
}
const base = path.join(root, 'models', 'base');
makeModel(base);
makeModel(path.join(root, '.vscode'));

it('a model that only this machine has is named with its size and what copies it', () => {
  expect(fix('./models/base', '/srv/home/ann/models/models/base')).toBe(
    `It lies here (1.5 kB). This copies it, and goes on after a cut: rsync -aP --mkpath '${base}/' ann@10.0.0.7:/srv/home/ann/models/models/base/`,
  );
});

it('of one that neither has it is said where the host looks', () => {
  expect(fix('./models/gone', '/home/ann/models/models/gone')).toContain(
    'on gpu-box a relative one begins at /home/ann/models',
  );
});

it('other problems stay as they are', () => {
  expect(fix('./models/base', '/home/ann/models/models/base', 'config_missing')).toBe('Correct the path.');
  expect(fix('./models/base', '/home/ann/models/models/base/model.safetensors')).toBe('Correct the path.');
  expect(fix('of-another-file', '/home/ann/models/models/base')).toBe('Correct the path.');
});

it('models are offered each once, and only where they are all that is wrong', () => {
  const there = '/home/ann/models/models/base';
  const one = problem('./models/base', there);
  expect(modelsToSend([one, { ...one, model: './x/../models/base/' }, one], asked)).toHaveLength(1);
  expect(modelsToSend([one], asked)[0]).toMatchObject({ here: base, there, size: 1502 });
  expect(modelsToSend([one, problem('./models/gone', '/home/ann/models/models/gone')], asked)).toEqual([]);
  expect(modelsToSend([one, { ...one, code: 'evaluation_missing' }], asked)).toEqual([]);
  expect(modelsToSend([], asked)).toEqual([]);
});

it('nothing goes into a hidden folder that an experiment leads to', () => {
  expect(modelsToSend([problem('./x/../.vscode', '/home/ann/models/.vscode')], asked)).toEqual([]);
});

it('of a model’s folder goes what it is loaded from: no code, no pickle, nothing hidden, no second copy', () => {
  const folder = path.join(root, 'cache', 'snapshot');
  makeModel(path.join(root, 'cache', 'blobs'));
  const beside = ['.netrc', 'id_rsa', 'run.py', 'pytorch_model.bin', 'a b.json', 'tokenizer.model'];
  makeModel(folder, [...beside, 'model-00001-of-00002.safetensors']);
  rmSync(path.join(folder, 'model.safetensors'));
  symlinkSync('../blobs/model.safetensors', path.join(folder, 'model.safetensors'));
  symlinkSync('../blobs/nowhere', path.join(folder, 'merges.txt'));
  mkdirSync(path.join(folder, 'more.json'));
  expect(modelFiles(folder).map(({ name, size }) => [name, size])).toEqual([
    ['config.json', 2],
    ['model.safetensors', 1500],
    ['tokenizer.model', 6],
  ]);
  rmSync(path.join(folder, 'config.json'));
  expect(modelFiles(folder)).toEqual([]);
  expect(modelFiles(path.join(root, 'nowhere'))).toEqual([]);
});
