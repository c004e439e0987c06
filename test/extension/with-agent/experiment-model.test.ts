import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseExperiment } from '../../../core/experiment/parse.ts';
import { ExperimentModel, type RunEnd } from '../../../extension/experiments/experiment-model.ts';
import type { ExperimentState } from '../../../extension/experiments/experiment-state.ts';
import { AnalysisPool } from '../../../runner/analysis-pool.ts';
import { TINY, TinyWorld } from '../../runner/tiny-world.ts';

/** Base, three experts; average of k = 1, 2, 3. */
const MODELS = 11;

vi.setConfig({ testTimeout: 300_000 });

let world: TinyWorld;
const models: ExperimentModel[] = [];

beforeAll(() => {
  world = new TinyWorld();
}, 120_000);
afterEach(async () => {
  delete process.env['MERGE_LAB_FAULT'];
  await Promise.all(models.splice(0).map((model) => model.dispose()));
});
afterAll(() => world.remove());

interface Opened {
  readonly model: ExperimentModel;
  readonly states: ExperimentState[];
  readonly ends: RunEnd[];
  /** Resolves at the first state that satisfies the condition, now or later. */
  until(what: string, condition: (state: ExperimentState) => boolean): Promise<ExperimentState>;
}

function open(file: string, options: { python?: string } = {}): Opened {
  const states: ExperimentState[] = [];
  const ends: RunEnd[] = [];
  const waiting = new Set<() => void>();
  const model: ExperimentModel = new ExperimentModel(
    file,
    parseExperiment(readFileSync(file, 'utf8'), { file }),
    {
      session: () => options,
      analyses: new AnalysisPool(),
      now: () => Date.now(),
      changed: () => {
        states.push(model.state);
        for (const look of waiting) look();
      },
      ended: (end) => ends.push(end),
    },
  );
  models.push(model);
  const until: Opened['until'] = (what, condition) =>
    new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`never: ${what}`)), 120_000);
      const look = (): void => {
        if (!condition(model.state)) return;
        clearTimeout(late);
        waiting.delete(look);
        resolve(model.state);
      };
      waiting.add(look);
      look();
    });
  return { model, states, ends, until };
}

const complete = ({ report }: ExperimentState): boolean =>
  report?.stage === 'complete' && report.headline.state === 'complete';

describe('an experiment in the editor', () => {
  it('that is only looked at makes no file and starts nothing', async () => {
    const file = world.experiment();
    const { model } = open(file, { python: path.join(world.folder, 'no-python-here') });
    await model.refresh();
    expect(model.state).toMatchObject({ plan: null, report: null, problem: null, run: { state: 'idle' } });
    expect(existsSync(path.join(path.dirname(file), '.mergelab'))).toBe(false);
  });

  it('goes from text to answer, is seen by another window, and computes only what an edit adds', async () => {
    const file = world.experiment();
    const { model, states, ends, until } = open(file);
    const summary = await model.plan();
    expect(summary).toMatchObject({ missing: MODELS });
    expect(model.state.plan).toMatchObject({ total: MODELS, unmerged: 4, done: 0, missing: MODELS });
    expect(await model.run()).toBe('started');
    const done = await until('a complete report', complete);
    expect(done.plan).toMatchObject({ done: MODELS, missing: 0 });
    expect(done.report?.progress).toEqual({ done: MODELS, failed: 0, total: MODELS });
    expect(done.stale).toBeNull();
    await until('the end', ({ run }) => run.state === 'done');
    expect(ends).toMatchObject([{ kind: 'ended', status: { state: 'done' } }]);
    const counts = states.flatMap(({ plan }) => (plan ? [plan.done] : []));
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));

    // Another window sees the same, and is told of no end that it did not see.
    const other = open(file, { python: path.join(world.folder, 'no-python-here') });
    const same = await other.until('the same report', complete);
    expect(same.report).toEqual(done.report);
    expect(other.ends).toEqual([]);

    // A comment, or what `merge:` says, asks no new question; numbers stay exactly where they are.
    const before = model.state;
    model.use(parseExperiment(`# why not\n${TINY}merge: { subset: [alpha], out: ./x }\n`, { file }), 0);
    await model.refresh();
    expect(model.state.report).toBe(before.report);
    expect(model.state.stale).toBeNull();

    // Half a word is no reason to lose an answer, but it is marked as that of the text before.
    model.use(parseExperiment(`${TINY}meth`, { file }), 0);
    expect(model.state.report).toBe(before.report);
    expect(model.state.stale).toMatch(/has errors/);
    expect(model.state.parsed.experiment).toBeNull();
    expect(model.state.valid?.experiment?.name).toBe('Tiny');

    // Goals recompute without a run; a method adds merges, and what is known stays.
    model.use(parseExperiment(`${TINY}goals: { pick: 2 }\n`, { file }), 0);
    const picked = await until('the pick', ({ report }) => report?.headline.subset?.length === 2);
    expect(picked.plan).toMatchObject({ missing: 0 });
    expect(picked.stale).toBeNull();
    // On the way to another number: the answer of a moment ago never stands unmarked beside an error.
    model.use(parseExperiment(`${TINY}goals: { pick: 22 }\n`, { file }), 0);
    expect(model.state.parsed.experiment).toBeNull();
    expect(model.state).toMatchObject({
      report: picked.report,
      valid: { experiment: { goals: { pick: 2 } } },
    });
    expect(model.state.stale).toMatch(/has errors/);
    model.use(parseExperiment(`${TINY}goals: { pick: 2 }\n`, { file }), 0);
    expect(model.state.stale).toBeNull();
    model.use(parseExperiment(`${TINY}methods: [average, ties]\n`, { file }), 0);
    const edited = await until('what is new', ({ plan }) => plan?.missing === 7);
    expect(edited.plan).toMatchObject({ done: MODELS, missing: 7 });
    await until('both methods', ({ report, stale }) => report?.cells.length === 2 && stale === null);

    // Another experiment of the folder with the same names, but other models, gets none of these numbers.
    const elsewhere = path.join(path.dirname(file), 'other.mergelab.yaml');
    writeFileSync(elsewhere, TINY.replace('./models/beta', './models/alpha'));
    const stranger = open(elsewhere);
    await stranger.model.refresh();
    expect(stranger.model.state).toMatchObject({ plan: null, report: null });

    // Models that are gone leave the numbers, marked.
    rmSync(path.join(path.dirname(file), 'models', 'gamma'), { recursive: true });
    await model.refresh();
    expect(model.state.report?.cells).toHaveLength(2);
    expect(model.state.stale).toMatch(/changed/);
    await expect(model.plan()).rejects.toMatchObject({ problem: { code: 'model_missing' } });
    expect(model.state.problem?.code).toBe('model_missing');
  });

  it('whose run is killed says so, and goes on from there', async () => {
    const { model, ends, until } = open(world.experiment());
    process.env['MERGE_LAB_FAULT'] = 'mid_append:6';
    await model.plan();
    await model.run();
    const died = await until('the death', ({ problem }) => problem?.code === 'run_died');
    expect(died.run.state).toBe('failed');
    expect(ends).toMatchObject([{ kind: 'died', problem: { code: 'run_died' } }]);
    // What the agent inherited it hands on: a new session starts another.
    delete process.env['MERGE_LAB_FAULT'];
    await model.close();
    expect((await model.plan()).missing).toBe(MODELS - 5);
    await model.run();
    await until('the rest', complete);
    expect(model.state.problem).toBeNull();
  });

  it('is stopped after the merge it is at', async () => {
    const { model, until } = open(
      world.experiment(`${TINY}methods: [average, ties, { method: dare, seeds: [0, 1, 2, 3, 4, 5] }]\n`),
    );
    await model.plan();
    await model.run();
    await until('a first result', ({ plan }) => (plan?.done ?? 0) > 0);
    model.stop(false);
    expect(model.state.run.state).toBe('stopping');
    const stopped = await until('the stop', ({ run }) => run.state === 'stopped');
    expect(stopped.plan?.missing).toBeGreaterThan(0);
    expect(stopped.problem).toBeNull();
  });

  it('runs what was planned, whatever the text becomes meanwhile, and jobs wait for each other', async () => {
    const file = world.experiment();
    const { model, until } = open(file);
    const planned = model.plan();
    model.use(parseExperiment(`${TINY}sweep: { k: [1, 3] }\n`, { file }), 0);
    expect((await planned).plan.total).toBe(MODELS);
    // The text asks for fewer by now; what was confirmed is what runs.
    const [state, again] = await Promise.all([model.run(), model.run()]);
    expect([state, again]).toEqual(['started', 'attached']);
    const done = await until('the end', ({ run }) => run.state === 'done');
    expect(done.run.workers[0]).toMatchObject({ total: MODELS, done: MODELS });
    await until(
      'the report of the text',
      ({ report, stale }) => report?.progress.total === 8 && stale === null,
    );
    // A run says that it is done a moment before its last result is read.
    await until('all of them', ({ plan }) => plan?.total === 8 && plan.missing === 0);
  });

  it('says that numbers are of an older text until they are not, and forgets what is gone', async () => {
    const file = world.experiment();
    const { model, states, until } = open(file);
    await model.plan();
    await model.run();
    await until('a complete report', complete);
    await until('the end', ({ run }) => run.state === 'done');
    states.length = 0;
    const before = model.state.report?.headline.subset?.length;
    const pick = before === 1 ? 2 : 1;
    model.use(parseExperiment(`${TINY}goals: { pick: ${pick} }\n`, { file }), 0);
    await until('the pick', ({ report }) => report?.headline.subset?.length === pick);
    const old = states.filter(({ report }) => report?.headline.subset?.length === before);
    expect(old.length).toBeGreaterThan(0);
    expect(old.every(({ stale }) => stale !== null)).toBe(true);
    expect(model.state.stale).toBeNull();

    const { store } = model;
    rmSync(store ?? '', { recursive: true });
    await model.forget();
    await model.refresh();
    expect(model.state).toMatchObject({ report: null, plan: null, stale: null, run: { state: 'idle' } });
    expect(model.mergekit({ size: 'default', method: 0, subset: ['alpha'], seed: null })).toBeNull();
  });

  it('whose run died before its first sign of life is not starting for ever', async () => {
    const file = world.experiment();
    const { model, until } = open(file);
    const { plan } = await model.plan();
    const run = path.join(model.store ?? '', 'runs', '20260101T000000-dead');
    mkdirSync(run, { recursive: true });
    const gone = { host: os.hostname(), space: '', pid: 2 ** 22 - 1, started: '1' };
    writeFileSync(
      path.join(run, 'events.jsonl'),
      `${JSON.stringify({ time: 'x', event: 'launched', job: 'run', plan: plan.id, process: gone })}\n`,
    );
    await model.refresh();
    const state = await until('the end of it', (each) => each.run.state === 'failed');
    expect(state.problem?.code).toBe('run_died');
  });

  it('with an error in it cannot be run, and says where', async () => {
    const { model } = open(world.experiment('base: ./models/base\nexperts: 3\n'));
    await expect(model.plan()).rejects.toMatchObject({ problem: { code: 'experiment_invalid' } });
    expect(model.state.problem?.message).toMatch(/line \d/);
  });
});
