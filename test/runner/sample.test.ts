import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ProblemError } from '../../core/problem.ts';
import { copySample, sampleBytes } from '../../runner/sample.ts';

const examples = path.join(import.meta.dirname, '..', '..', 'examples', 'nine-domains');

let folder: string;
/** The sample as a package holds it: the smallest size only, read-only. */
let packaged: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-sample-'));
  packaged = path.join(folder, 'package', 'nine-domains');
  cpSync(examples, packaged, {
    recursive: true,
    filter: (file) => !/[/\\](models[/\\][ML]|\.mergelab|__pycache__)([/\\]|$)/.test(file),
  });
  mkdirSync(path.join(packaged, '.mergelab', 'local'), { recursive: true });
  chmodSync(path.join(packaged, 'nine-domains.mergelab.yaml'), 0o444);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function refusal(to: string, signal?: AbortSignal, from = packaged) {
  const error = await copySample(from, to, signal ? { signal } : {}).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return (error as ProblemError).problem;
}

const experiments = (to: string): string[] =>
  readdirSync(to)
    .filter((name) => name.endsWith('.mergelab.yaml'))
    .sort();

describe('copying the sample', () => {
  it('takes what runs, leaves out what does not, and answers the main experiment', async () => {
    const to = path.join(folder, 'new', 'sample');
    const file = await copySample(packaged, to);
    expect(file).toBe(path.join(to, 'nine-domains.mergelab.yaml'));
    expect(readdirSync(to).sort()).toEqual([
      'README.md',
      'downstream.mergelab.yaml',
      'eval',
      'measurements.json',
      'methods-S.mergelab.yaml',
      'models',
      'nine-domains.mergelab.yaml',
      'tasks',
    ]);
    const inside = (place: string) => readdirSync(place, { recursive: true, encoding: 'utf8' }).sort();
    expect(inside(path.join(to, 'models'))).toEqual(inside(path.join(packaged, 'models')));
    const model = path.join('models', 'S', 'base', 'model.safetensors');
    expect(readFileSync(path.join(to, model)).equals(readFileSync(path.join(packaged, model)))).toBe(true);
    // It is the user's own to edit.
    expect(statSync(file).mode & 0o200).toBe(0o200);
  });

  it('takes all experiments where all models are there', async () => {
    const to = path.join(folder, 'all');
    await copySample(examples, to);
    expect(experiments(to)).toEqual(
      readdirSync(examples)
        .filter((name) => name.endsWith('.yaml'))
        .sort(),
    );
    expect(existsSync(path.join(to, 'make'))).toBe(false);
    const copied = readdirSync(to, { recursive: true, encoding: 'utf8' }).map((name) =>
      statSync(path.join(to, name)),
    );
    const bytes = copied.reduce((sum, each) => sum + (each.isFile() ? each.size : 0), 0);
    expect(await sampleBytes(examples)).toBe(bytes);
  });

  it('leaves out an experiment whose data is absent, and refuses where nothing is left', async () => {
    rmSync(path.join(packaged, 'models', 'S', 'physics'), { recursive: true });
    expect(await refusal(path.join(folder, 'x'))).toMatchObject({ code: 'sample_missing' });
    expect(await refusal(path.join(folder, 'x'), undefined, '/no/such/package')).toMatchObject({
      code: 'sample_missing',
    });
    expect(existsSync(path.join(folder, 'x'))).toBe(false);
  });

  it('goes into an empty folder, never into one with anything in it', async () => {
    const to = path.join(folder, 'mine');
    mkdirSync(to);
    await copySample(packaged, to);
    const before = readdirSync(to);
    const problem = await refusal(to);
    expect(problem).toMatchObject({ code: 'folder_not_empty', file: to });
    expect(problem.fix).toMatch(/new or empty/);
    expect(readdirSync(to)).toEqual(before);
    const file = path.join(folder, 'file');
    writeFileSync(file, 'mine');
    expect(await refusal(file)).toMatchObject({ code: 'not_writable' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('leaves nothing behind when it is stopped', async () => {
    const to = path.join(folder, 'stopped');
    expect(await refusal(to, AbortSignal.abort())).toMatchObject({ code: 'cancelled' });
    expect(existsSync(to)).toBe(false);
    mkdirSync(to);
    const abort = new AbortController();
    const stopped = refusal(to, abort.signal);
    setImmediate(() => abort.abort());
    expect(await stopped).toMatchObject({ code: 'cancelled' });
    expect(readdirSync(to)).toEqual([]);
  });

  it('goes on with a copy that was cut, at any point', async () => {
    const to = path.join(folder, 'cut');
    mkdirSync(path.join(to, '.sample-unfinished', 'models', 'S'), { recursive: true });
    // Some parts are in place whole, others half copied.
    cpSync(path.join(packaged, 'eval'), path.join(to, 'eval'), { recursive: true });
    writeFileSync(path.join(to, '.sample-unfinished', 'README.md'), 'half');
    await copySample(packaged, to);
    expect(existsSync(path.join(to, '.sample-unfinished'))).toBe(false);
    expect(readFileSync(path.join(to, 'README.md'), 'utf8')).toBe(
      readFileSync(path.join(packaged, 'README.md'), 'utf8'),
    );
    expect(experiments(to)).toEqual([
      'downstream.mergelab.yaml',
      'methods-S.mergelab.yaml',
      'nine-domains.mergelab.yaml',
    ]);
    expect(readdirSync(path.join(to, 'eval'))).toHaveLength(9);
  });

  it('needs its experiments in place last', async () => {
    const to = path.join(folder, 'watched');
    let early = false;
    const timer = setInterval(() => {
      if (existsSync(path.join(to, 'nine-domains.mergelab.yaml')))
        early ||= !existsSync(path.join(to, 'models', 'S', 'physics', 'model.safetensors'));
    }, 1);
    await copySample(packaged, to);
    clearInterval(timer);
    expect(early).toBe(false);
  });
});
