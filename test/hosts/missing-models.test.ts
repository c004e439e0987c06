import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { plainHost } from '../../core/hosts/host.ts';
import type { PrepareRequest } from '../../core/store/format.ts';
import { missingThere } from '../../runner/hosts/missing-models.ts';

const root = mkdtempSync(path.join(os.tmpdir(), 'merge lab models-'));
afterAll(() => rmSync(root, { recursive: true }));
const host = { ...plainHost('gpu-box'), ssh: 'ann@10.0.0.7' };
const models = ['./models/base', './models/gone'].map((source) => ({
  source,
})) as unknown as PrepareRequest['models'];
const missing = (file: string, code = 'model_missing') => {
  const problem = { code, message: 'There is no folder.', fix: 'Correct the path.', file };
  return missingThere(problem, { root, models }, '/home/ann/models', host).fix;
};

it('a model that only this machine has is named with its size and what copies it', () => {
  mkdirSync(path.join(root, 'models', 'base', 'more'), { recursive: true });
  writeFileSync(path.join(root, 'models', 'base', 'model.safetensors'), 'x'.repeat(1500));
  writeFileSync(path.join(root, 'models', 'base', 'more', 'file'), 'x'.repeat(500));
  expect(missing('/home/ann/models/models/base')).toBe(
    `It lies here (2.0 kB). This copies it, and goes on after a cut: rsync -aP --mkpath '${root}/models/base/' ann@10.0.0.7:/home/ann/models/models/base/`,
  );
});

it('of one that neither has it is said where the host looks', () => {
  expect(missing('/home/ann/models/models/gone')).toContain(
    'on gpu-box a relative one begins at /home/ann/models',
  );
});

it('other problems stay as they are', () => {
  expect(missing('/home/ann/models/models/base', 'config_missing')).toBe('Correct the path.');
  expect(missing('/elsewhere/base')).toBe('Correct the path.');
});
