import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT, type Prepared, type PrepareRequest } from '../../core/store/format.ts';
import { requestDigest } from '../../core/store/prepared.ts';
import { bringAlong } from '../../runner/bring-along.ts';
import { OF_MERGES, readPrepared } from '../../runner/prepared-cache.ts';
import { processLives } from '../../runner/process-alive.ts';
import { ResultFiles } from '../../runner/result-files.ts';
import { askToStop, isActive, readRun, truthful } from '../../runner/run-folders.ts';
import { openStoreFolder } from '../../runner/store-folder.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-store-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('where the store is', () => {
  it('is beside the experiments, out of git', () => {
    const here = path.join(folder, 'experiments');
    mkdirSync(here);
    const opened = openStoreFolder(here);
    expect(opened).toEqual({ path: path.join(here, '.mergelab', 'local'), warnings: [] });
    expect(readFileSync(path.join(here, '.mergelab', '.gitignore'), 'utf8')).toBe('*\n');
    expect(openStoreFolder(here)).toEqual(opened);
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'is under the home where the folder is read-only, and says so',
    () => {
      const mount = path.join(folder, 'read-only');
      mkdirSync(mount);
      expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', mount]).status).toBe(0);
      try {
        const home = path.join(folder, 'home');
        const opened = openStoreFolder(mount, { home });
        expect(opened.path.startsWith(path.join(home, 'stores', 'read-only-'))).toBe(true);
        expect(existsSync(opened.path)).toBe(true);
        expect(opened.warnings).toMatchObject([{ code: 'store_elsewhere' }]);
        expect(opened.warnings[0]?.message).toContain(opened.path);
        expect(openStoreFolder(mount, { home }).path).toBe(opened.path);
      } finally {
        spawnSync('umount', [mount]);
      }
    },
  );
});

describe('what lies beside an experiment that cannot be written', () => {
  const write = (root: string, file: string, text: string) => {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  };

  it('is brought along, and again when it grew; what is ours stays', () => {
    const [theirs, ours] = [path.join(folder, 'brought-from'), path.join(folder, 'brought-to')];
    const read = (file: string) => readFileSync(path.join(ours, file), 'utf8');
    write(theirs, 'plans/a.jsonl', 'plan\n');
    utimesSync(path.join(theirs, 'plans/a.jsonl'), 1000, 1000);
    write(theirs, 'evaluations/e.json', '{"e":1}');
    write(theirs, 'results/r.jsonl', 'r1\n');
    write(theirs, 'results/mixed.jsonl', 'theirs, and longer\n');
    write(theirs, 'results/.r.jsonl.1.tmp', 'no');
    write(theirs, 'claims/c.json', 'no');
    write(theirs, 'prepared/p.json', 'no');
    write(ours, 'results/mixed.jsonl', 'ours\n');
    write(ours, 'results/own.jsonl', 'own\n');
    write(ours, 'evaluations/e.json', '{"e":');
    expect(bringAlong(theirs, ours)).toEqual({ there: 2, copied: 3, unreadable: [] });
    expect(read('plans/a.jsonl')).toBe('plan\n');
    expect(statSync(path.join(ours, 'plans/a.jsonl')).mtimeMs).toBe(1_000_000);
    expect(read('evaluations/e.json')).toBe('{"e":1}');
    expect(read('results/r.jsonl')).toBe('r1\n');
    expect(read('results/mixed.jsonl')).toBe('ours\n');
    expect(readdirSync(path.join(ours, 'results')).sort()).toEqual(['mixed.jsonl', 'own.jsonl', 'r.jsonl']);
    expect(existsSync(path.join(ours, 'claims')) || existsSync(path.join(ours, 'prepared'))).toBe(false);

    expect(bringAlong(theirs, ours)).toMatchObject({ there: 2, copied: 0 });
    write(theirs, 'results/r.jsonl', 'r1\nr2\n');
    expect(bringAlong(theirs, ours)).toMatchObject({ copied: 1 });
    expect(read('results/r.jsonl')).toBe('r1\nr2\n');
    appendFileSync(path.join(ours, 'results/r.jsonl'), 'r3\n');
    expect(bringAlong(theirs, ours)).toMatchObject({ copied: 0 });
    expect(read('results/r.jsonl')).toBe('r1\nr2\nr3\n');
  });

  it('is nothing where there is no store', () => {
    expect(bringAlong(path.join(folder, 'no-store'), path.join(folder, 'none'))).toEqual({
      there: 0,
      copied: 0,
      unreadable: [],
    });
    expect(existsSync(path.join(folder, 'none'))).toBe(false);
  });

  // A folder in the place of the file that proves writing stops even those who may write everywhere.
  it('is in the store under the home, and the warning says so', () => {
    const here = path.join(folder, 'refused');
    write(here, '.mergelab/local/results/r.jsonl', 'r1\n');
    mkdirSync(path.join(here, '.mergelab/local', `.probe-${process.pid}`));
    const opened = openStoreFolder(here, { home: path.join(folder, 'refused-home') });
    expect(opened.path.startsWith(path.join(folder, 'refused-home'))).toBe(true);
    expect(readFileSync(path.join(opened.path, 'results/r.jsonl'), 'utf8')).toBe('r1\n');
    expect(opened.warnings[0]?.message).toContain(
      'What was measured beside the experiment was copied there.',
    );
  });
});

describe('result files', () => {
  /** What was fed, by file, as one text each. */
  function reader(name: string): { files: ResultFiles; fed: Map<string, string>; results: string } {
    const results = path.join(folder, name);
    mkdirSync(results);
    const fed = new Map<string, string>();
    const files = new ResultFiles(results, (file, chunk) => {
      fed.set(file, (fed.get(file) ?? '') + Buffer.from(chunk).toString());
    });
    return { files, fed, results };
  }

  it('are read once, in the order of names, and only what is new', () => {
    const { files, fed, results } = reader('once');
    writeFileSync(path.join(results, 'b.jsonl'), 'b1\n');
    writeFileSync(path.join(results, 'a.jsonl'), 'a1\n');
    writeFileSync(path.join(results, '.hidden.jsonl'), 'no\n');
    writeFileSync(path.join(results, 'note.txt'), 'no\n');
    expect(files.scan()).toBe(true);
    expect([...fed]).toEqual([
      ['a.jsonl', 'a1\n'],
      ['b.jsonl', 'b1\n'],
    ]);
    expect(files.scan()).toBe(false);
    appendFileSync(path.join(results, 'a.jsonl'), 'a2 without an end');
    expect(files.poll()).toBe(true);
    appendFileSync(path.join(results, 'a.jsonl'), ' of line\n');
    writeFileSync(path.join(results, 'c.jsonl'), 'c1\n');
    expect(files.poll()).toBe(true);
    expect(fed.has('c.jsonl')).toBe(false);
    expect(files.scan()).toBe(true);
    expect([...fed.values()]).toEqual(['a1\na2 without an end of line\n', 'b1\n', 'c1\n']);
    files.dispose();
  });

  it('that have long been quiet are found again when they grow, and when they are gone', () => {
    const { files, fed, results } = reader('quiet');
    const old = path.join(results, 'old.jsonl');
    writeFileSync(old, 'one\n');
    utimesSync(old, new Date(0), new Date(0));
    files.scan();
    appendFileSync(old, 'two\n');
    files.scan();
    expect(fed.get('old.jsonl')).toBe('one\ntwo\n');
    rmSync(old);
    expect(files.scan()).toBe(false);
    files.dispose();
  });

  it('larger than a buffer arrive whole', () => {
    const { files, fed, results } = reader('large');
    const text = 'äöü 0123456789\n'.repeat(200_000);
    writeFileSync(path.join(results, 'large.jsonl'), text);
    files.scan();
    expect(Buffer.byteLength(fed.get('large.jsonl') ?? '')).toBeGreaterThan(3_000_000);
    files.dispose();
  });
});

describe('a cached preparation', () => {
  const answer: Prepared = {
    models: {},
    evaluations: {},
    dtype: { value: 'float32', reason: 'exact' },
    device: { name: 'cpu', description: 'cpu' },
    batch_tokens: 8192,
    estimate: null,
    problems: [],
    warnings: [],
  };

  function kept(
    name: string,
    change: Partial<Prepared> = {},
    agent: string = AGENT,
  ): { request: PrepareRequest; model: string } {
    const store = path.join(folder, name);
    const model = path.join(folder, `${name}.safetensors`);
    mkdirSync(path.join(store, 'prepared'), { recursive: true });
    writeFileSync(model, 'weights');
    utimesSync(model, 1_700_000_000, 1_700_000_000);
    const request: PrepareRequest = {
      store,
      root: folder,
      models: [],
      embeddings: 'exact',
      evaluation: {
        domains: {},
        max_length: 8,
        max_tokens_per_domain: null,
        chat_template: 'auto',
        dtype: 'auto',
      },
      device: 'cpu',
      allow_remote_code: [],
    };
    const files = [
      { path: model, size: 7, mtime_ns: '1700000000000000000' },
      { path: path.join(folder, 'absent.json'), size: null, mtime_ns: null },
    ];
    const file = path.join(store, 'prepared', `${requestDigest(request)}.json`);
    writeFileSync(
      file,
      JSON.stringify({ format: 1, agent, request, files, answer: { ...answer, ...change } }),
    );
    return { request, model };
  }

  it('holds while its files are as they were', () => {
    const { request, model } = kept('same');
    expect(readPrepared(request, OF_MERGES)).toEqual(answer);
    utimesSync(model, 1_700_000_001, 1_700_000_001);
    expect(readPrepared(request, OF_MERGES)).toBeNull();
    utimesSync(model, 1_700_000_000, 1_700_000_000);
    expect(readPrepared(request, OF_MERGES)).toEqual(answer);
    writeFileSync(model, 'other weights');
    utimesSync(model, 1_700_000_000, 1_700_000_000);
    expect(readPrepared(request, OF_MERGES)).toBeNull();
    rmSync(model);
    expect(readPrepared(request, OF_MERGES)).toBeNull();
  });

  it('does not hold where another agent answered', () => {
    expect(readPrepared(kept('older', {}, '0.0.9').request, OF_MERGES)).toBeNull();
  });

  it('does not hold where a file appears, something was wrong, or an evaluation set is gone', () => {
    const appears = kept('appears').request;
    writeFileSync(path.join(folder, 'absent.json'), '{}');
    expect(readPrepared(appears, OF_MERGES)).toBeNull();
    rmSync(path.join(folder, 'absent.json'));
    expect(readPrepared(appears, OF_MERGES)).toEqual(answer);
    const wrong = { code: 'memory_too_small', message: 'It does not fit.', fix: 'Close something.' };
    expect(readPrepared(kept('wrong', { problems: [wrong] }).request, OF_MERGES)).toBeNull();
    const evaluation = {
      id: 'a'.repeat(64) as Prepared['evaluations'][string]['id'],
      file: '/data.json',
      samples: 1,
      tokens: 4,
      scored_tokens: 2,
      bytes: 3,
      truncated: 0,
      excluded: 0,
      rendering: '',
    };
    expect(readPrepared(kept('gone', { evaluations: { code: evaluation } }).request, OF_MERGES)).toBeNull();
  });
});

describe('runs as their files tell', () => {
  const plan = 'b'.repeat(64);

  function write(store: string, run: string, state: string, pid: number, started: string): void {
    const at = path.join(store, 'runs', run);
    mkdirSync(path.join(at, 'status'), { recursive: true });
    const process = { host: os.hostname(), space: '', pid, started };
    writeFileSync(
      path.join(at, 'events.jsonl'),
      `${JSON.stringify({ time: '', event: 'launched', job: 'run', plan, process })}\n{"cut`,
    );
    const status = {
      format: 1,
      run,
      worker: 'w',
      plan,
      state,
      heartbeat: 3,
      pid,
      host: os.hostname(),
      device: 'cpu',
      dtype: 'float32',
      batch_tokens: 8192,
      done: 1,
      failed: 0,
      total: 9,
      at_start: 0,
      current: null,
      seconds_per_merge: null,
      seconds_left: null,
      memory_bytes: null,
      waiting_for: null,
      problem: null,
    };
    writeFileSync(path.join(at, 'status', 'w.json'), JSON.stringify(status));
  }

  it('a living one is active; one whose process is gone has failed, whatever it said last', () => {
    const store = path.join(folder, 'runs');
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    write(store, 'living', 'running', process.pid, '');
    write(store, 'gone', 'running', gone, '');
    write(store, 'done', 'done', gone, '');
    const [living, dead, done] = ['living', 'gone', 'done'].map((run) => readRun(store, run));
    if (!living || !dead || !done) throw new Error('a run is missing');
    expect([living, dead, done].map(isActive)).toEqual([true, false, false]);
    expect(truthful(store, living)[0]).toMatchObject({ state: 'running', problem: null });
    expect(truthful(store, dead)[0]).toMatchObject({ state: 'failed', problem: { code: 'run_died' } });
    expect(truthful(store, done)[0]).toMatchObject({ state: 'done', problem: null });
  });

  it('one that was told to go at once, and is gone without a word, was stopped', () => {
    const store = path.join(folder, 'told');
    write(store, 'told', 'running', spawnSync(process.execPath, ['-e', '']).pid, '');
    askToStop(store, 'told', true);
    const run = readRun(store, 'told');
    if (!run) throw new Error('the run is missing');
    expect(truthful(store, run)[0]).toMatchObject({ state: 'stopped', problem: null });
  });

  it('knows a process from another that has its number, and says nothing of other machines', () => {
    const here = os.hostname();
    const own = { host: here, space: '', pid: process.pid, started: '' };
    expect(processLives(own)).toBe(true);
    expect(processLives({ ...own, host: `${here}-other` })).toBeNull();
    expect(processLives({ ...own, space: 'another container' })).toBeNull();
    if (process.platform === 'linux') {
      expect(processLives({ ...own, started: '1' })).toBe(false);
    }
  });
});
