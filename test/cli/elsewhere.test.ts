import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { elsewhere, elsewhereText } from '../../cli/elsewhere.ts';

const GOLDEN = path.join(import.meta.dirname, '..', 'fixtures', 'stores', 'three-experts');
const EXPERIMENT = 'three-experts.mergelab.yaml';
const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-elsewhere-'));
const file = path.join(folder, EXPERIMENT);
const stores = path.join(folder, '.mergelab');

/** As a session holds the file. */
const session = (target: string) => ({
  file,
  kind: 'merge' as const,
  store: path.join(stores, target),
  target,
});

describe('runs that only a host was asked about', () => {
  beforeAll(() => {
    cpSync(path.join(GOLDEN, EXPERIMENT), file);
    for (const part of ['plans', 'results', 'evaluations'])
      cpSync(path.join(GOLDEN, part), path.join(stores, 'gpu-box', part), { recursive: true });
    mkdirSync(path.join(stores, 'local'));
    mkdirSync(path.join(stores, 'other-box', 'plans'), { recursive: true });
    writeFileSync(path.join(stores, '.gitignore'), '*\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are told of where this machine has less, and nothing is made or reached for', async () => {
    const before = readdirSync(stores, { recursive: true });
    const [copy, ...more] = await elsewhere(session('local'), undefined, 0);
    expect(more).toEqual([]);
    expect(copy).toMatchObject({ host: 'gpu-box', done: copy?.total, seen: null });
    expect(readdirSync(stores, { recursive: true })).toEqual(before);
    expect(await elsewhere(session('local'), undefined, copy?.done ?? 0)).toEqual([]);
  });

  it('are passed over where a place was named, or is in the file', async () => {
    expect(await elsewhere(session('local'), 'local', 0)).toEqual([]);
    expect(await elsewhere(session('other-box'), undefined, 0)).toEqual([]);
  });

  it('are told in a line that says how to see more', () => {
    expect(elsewhereText({ host: 'gpu-box', done: 329, total: 521, seen: 1_000 }, 121_000)).toBe(
      'On gpu-box: 329 of 521 when last seen, 2 min ago: --on gpu-box',
    );
  });
});
