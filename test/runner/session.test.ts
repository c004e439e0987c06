import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { ProblemError } from '../../core/problem.ts';
import type { Report } from '../../core/report/report.ts';
import type { WorkerStatus } from '../../core/store/format.ts';
import {
  DiagnosticsError,
  ExperimentSession,
  FoundProblemsError,
  type OpenOptions,
  type Update,
} from '../../runner/experiment-session.ts';
import type { Writing } from '../../runner/session-types.ts';
import { resultsOf, TINY, TinyWorld } from './tiny-world.ts';

/** Base, three experts, then average: three of k = 1, three of k = 2, one of k = 3. */
const MERGES = 11;
const DOMAINS = 2;

/** Models are loaded several times, on a machine that may be busy. */
vi.setConfig({ testTimeout: 300_000 });

let world: TinyWorld;
const sessions: ExperimentSession[] = [];

beforeAll(() => {
  world = new TinyWorld();
}, 120_000);
afterEach(async () => {
  delete process.env['MERGE_LAB_FAULT'];
  await Promise.all(sessions.splice(0).map((session) => session.dispose()));
});
afterAll(() => world.remove());

async function open(file: string, options: OpenOptions = {}): Promise<ExperimentSession> {
  const session = await ExperimentSession.open(file, { device: 'cpu', ...options });
  sessions.push(session);
  return session;
}

/** Runs to the end; the last status and all that was told on the way. */
async function run(session: ExperimentSession): Promise<{ last: WorkerStatus; updates: Update[] }> {
  const updates: Update[] = [];
  await session.run();
  using following = session.follow((update) => updates.push(update));
  return { last: await following.finished, updates };
}

async function problem(work: Promise<unknown>): Promise<ProblemError['problem']> {
  const error: unknown = await work.then(
    () => expect.fail('it went well'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ProblemError)) throw error;
  return error.problem;
}

/** Everything in a report but what says which files it came from. */
function numbers(report: Report): unknown {
  return { ...report, plan: '' };
}

describe('a run', () => {
  it('goes from the file to a report, and a second one starts no Python', async () => {
    const file = world.experiment();
    const session = await open(file);
    const before = await session.plan();
    expect(before).toMatchObject({ done: 0, failed: 0, missing: MERGES });
    expect(before.estimate.disk_bytes).toBeGreaterThan(0);
    const { last, updates } = await run(session);
    expect(last).toMatchObject({ state: 'done', done: MERGES, failed: 0, total: MERGES });
    expect(updates.some(({ report }) => report !== undefined)).toBe(true);
    const counts = updates.map(({ progress }) => progress.done);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(new Set(resultsOf(session.store)).size).toBe(MERGES * DOMAINS);
    const report = await session.report();
    expect(report).toMatchObject({ stage: 'complete', progress: { done: MERGES, failed: 0, total: MERGES } });
    expect(report.cells[0]?.merges.count).toBe(7);

    const nowhere = path.join(world.folder, 'no-python-here');
    const again = await open(file, { python: nowhere });
    expect(await again.plan()).toMatchObject({ done: MERGES, missing: 0 });
    expect(await again.run()).toMatchObject({ state: 'nothing_to_do', run: '' });
    expect(numbers(await again.report())).toEqual(numbers(report));

    // What is new, and nothing else, is computed after an edit: here TIES for k = 1, 2, 3.
    writeFileSync(file, `${TINY}methods: [average, ties]\n`);
    const edited = await open(file);
    expect(await edited.plan()).toMatchObject({ done: MERGES, missing: 7 });
    await run(edited);
    expect(resultsOf(edited.store)).toHaveLength((MERGES + 7) * DOMAINS);
    expect((await edited.report()).cells).toHaveLength(2);

    // An archive has no models: the newest plan that fits the file still has its report.
    rmSync(path.join(path.dirname(file), 'models'), { recursive: true });
    const bare = await open(file);
    expect((await bare.report()).progress).toEqual({ done: MERGES + 7, failed: 0, total: MERGES + 7 });
    expect(await problem(bare.plan())).toMatchObject({ code: 'model_missing' });
  });

  it('that is killed says so, loses nothing, and is finished by the next', async () => {
    const undisturbed = await open(world.experiment());
    await run(undisturbed);
    const session = await open(world.experiment());
    process.env['MERGE_LAB_FAULT'] = 'mid_append:6';
    await session.run();
    {
      using following = session.follow(() => {});
      const found = await problem(following.finished);
      expect(found.code).toBe('run_died');
    }
    expect((await session.status())[0]).toMatchObject({ state: 'failed', problem: { code: 'run_died' } });
    expect(resultsOf(session.store).length).toBeGreaterThanOrEqual(5 * DOMAINS);
    delete process.env['MERGE_LAB_FAULT'];
    const next = await open(session.file);
    const { missing, done } = await next.plan();
    expect([done, missing]).toEqual([5, MERGES - 5]);
    expect((await run(next)).last).toMatchObject({ state: 'done', done: MERGES });
    expect(numbers(await next.report())).toEqual(numbers(await undisturbed.report()));
  });

  it('is stopped after the merge it is at, and a damaged line is computed again', async () => {
    const session = await open(
      world.experiment(
        `${TINY}methods: [average, ties, { method: dare, drop_rate: 0.5, seeds: [0, 1, 2, 3, 4, 5] }]\n`,
      ),
    );
    await session.run();
    const following = session.follow(() => {});
    await session.stop(false);
    const last = await following.finished;
    following[Symbol.dispose]();
    expect(last.state).toBe('stopped');
    expect(last.done).toBeLessThan(last.total);
    expect(await problem(session.stop(true))).toMatchObject({ code: 'nothing_runs' });
    await run(session);
    const total = last.total;
    expect(await session.plan()).toMatchObject({ done: total, missing: 0, warnings: [] });

    const folder = path.join(session.store, 'results');
    const largest = readdirSync(folder)
      .map((name) => path.join(folder, name))
      .sort((a, b) => readFileSync(b).length - readFileSync(a).length)[0];
    const bytes = readFileSync(largest ?? '');
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] ?? 0) ^ 1;
    writeFileSync(largest ?? '', bytes);
    const again = await open(session.file);
    const damaged = await again.plan();
    expect(damaged).toMatchObject({ done: total - 1, missing: 1 });
    expect(damaged.warnings.map(({ code }) => code)).toEqual(['results_damaged']);
    expect((await run(again)).last).toMatchObject({ state: 'done', done: total });
  });
});

describe('task vectors', () => {
  it('are measured with the first plan, kept, and told before any merge and in the report', async () => {
    const file = world.experiment();
    const models = path.join(path.dirname(file), 'models');
    cpSync(path.join(models, 'base', 'model.safetensors'), path.join(models, 'gamma', 'model.safetensors'));
    const session = await open(file);
    const { warnings, prepared } = await session.plan();
    const equal = warnings.filter(({ code }) => code === 'expert_equals_base');
    expect(equal).toHaveLength(1);
    expect(equal[0]?.message).toMatch(
      /^expert gamma: its task vector is zero in all [\d,]+ entries of it\.$/,
    );
    expect(prepared.models['default/expert/gamma']?.distance).toBe(0);
    const [size] = (await session.report('points')).sizes;
    expect(size?.geometry?.experts.map(({ zeros }) => zeros === 1)).toEqual([false, false, true]);
    expect(size?.geometry?.cosines[0]?.[2]).toBeNull();

    const folder = path.join(session.store, 'geometry');
    const kept = readdirSync(folder).map((name) => path.join(folder, name));
    expect(kept).toHaveLength(1);
    const measuredAt = statSync(kept[0] ?? '').mtimeMs;
    const again = await open(file, { readOnly: true });
    const looked = await again.look();
    expect(looked.prepared?.warnings.map(({ message }) => message)).toContain(equal[0]?.message);
    await session.plan();
    expect(statSync(kept[0] ?? '').mtimeMs).toBe(measuredAt);

    writeFileSync(kept[0] ?? '', '{"format":1}');
    expect((await (await open(file, { readOnly: true })).look()).prepared?.warnings).not.toContainEqual(
      equal[0],
    );
    expect((await (await open(file)).plan()).warnings).toContainEqual(equal[0]);
  });

  it('that cannot be measured stop no plan, which says why', async () => {
    const file = world.experiment();
    const session = await open(file);
    await session.plan();
    rmSync(path.join(session.store, 'geometry'), { recursive: true });
    const nowhere = await open(file, { python: path.join(world.folder, 'no-python-here') });
    const { plan, warnings } = await nowhere.plan();
    expect(plan.total).toBeGreaterThan(3);
    expect(warnings.map(({ code }) => code)).toEqual(['python_missing']);
    expect((await nowhere.report('points')).sizes[0]?.geometry).toBeNull();
  });
});

describe('a merged model', () => {
  it('is written with its card; a folder that is not empty is left alone', async () => {
    const session = await open(world.experiment());
    const told: Writing[] = [];
    const { out } = await session.merge({
      subset: ['gamma', 'alpha'],
      out: './merged/two',
      onProgress: (writing) => told.push(writing),
    });
    const { total } = told.at(-1) ?? { total: 0 };
    expect(total).toBeGreaterThan(0);
    expect(told.at(-1)).toEqual({ done: total, total, seconds_left: 0 });
    expect(out).toBe(path.join(path.dirname(session.file), 'merged', 'two'));
    const files = readdirSync(out);
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'mergekit.yaml', 'config.json', 'model.safetensors']),
    );
    expect(readFileSync(path.join(out, 'README.md'), 'utf8')).toContain('alpha + gamma');
    const told0 = told.length;
    const same = await session.merge({ subset: ['alpha', 'gamma'], out, onProgress: (at) => told.push(at) });
    expect(same).toMatchObject({ out, already_there: true });
    expect(told).toHaveLength(told0);
    const again = session.merge({ subset: ['alpha'], out: './merged/two' });
    expect(await problem(again)).toMatchObject({ code: 'out_exists' });
    expect(await problem(session.merge({ subset: ['delta'] }))).toMatchObject({ code: 'option_invalid' });
    expect(await problem(session.merge({}))).toMatchObject({ code: 'nothing_recommended' });
  });

  it('that is stopped leaves nothing', async () => {
    const session = await open(world.experiment());
    const stop = new AbortController();
    const merging = session.merge({ subset: ['alpha'], out: './merged/never', signal: stop.signal });
    const runs = path.join(session.store, 'runs');
    await vi.waitUntil(() => existsSync(runs) && readdirSync(runs).length > 0, { timeout: 60_000 });
    stop.abort();
    expect(await problem(merging)).toMatchObject({ code: 'cancelled' });
    const merged = path.join(path.dirname(session.file), 'merged');
    const left = existsSync(merged) ? readdirSync(merged) : [];
    expect(left.filter((name) => name.includes('never'))).toEqual([]);
  });
});

describe('what cannot be opened', () => {
  it('is named with its place in the text', async () => {
    const file = world.experiment(`${TINY}swep: { k: 1..3 }\n`);
    const error = await open(file).catch((reason: unknown) => reason);
    if (!(error instanceof DiagnosticsError)) throw error;
    expect(error.diagnostics[0]).toMatchObject({
      severity: 'error',
      suggestion: 'sweep',
      range: { start: { line: 7, column: 1 } },
    });
    expect(existsSync(path.join(path.dirname(file), '.mergelab'))).toBe(false);
  });

  it('is a file that is not there, a folder, or a target that is no name', async () => {
    expect(await problem(open(path.join(world.folder, 'none.mergelab.yaml')))).toMatchObject({
      code: 'file_missing',
    });
    expect(await problem(open(world.folder))).toMatchObject({ code: 'file_unreadable' });
    expect(await problem(open(world.experiment(`${TINY}target: ../gpu-box\n`)))).toMatchObject({
      code: 'target_unknown',
    });
  });

  it('reaches for no host that only a file names', async () => {
    const session = await open(world.experiment(`${TINY}target: gpu-box\n`));
    expect(await problem(session.plan())).toMatchObject({
      code: 'host_not_agreed',
      message: 'The experiment wants to run on gpu-box, which nobody agreed to yet.',
    });
  });

  it('lists every incompatibility before any work', async () => {
    const file = world.experiment();
    const folder = path.dirname(file);
    for (const name of ['beta', 'gamma']) rmSync(path.join(folder, 'models', name, 'model.safetensors'));
    const error = await (await open(file)).plan().catch((reason: unknown) => reason);
    if (!(error instanceof FoundProblemsError)) throw error;
    expect(error.prepared.problems.map(({ model }) => model)).toEqual([
      'default/expert/beta',
      'default/expert/gamma',
    ]);
  });

  it('is refused where the agent has no Python', async () => {
    const nowhere = path.join(world.folder, 'no-python-here');
    const session = await open(world.experiment(), { python: nowhere });
    expect(await problem(session.plan())).toMatchObject({ code: 'python_missing' });
  });
});
