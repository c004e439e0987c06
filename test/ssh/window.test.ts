/** A run on a host as windows see it: it goes on without them, and one that is opened later finds it. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseExperiment } from '../../core/experiment/parse.ts';
import { ExperimentModel, type RunEnd } from '../../extension/experiments/experiment-model.ts';
import type { ExperimentState } from '../../extension/experiments/experiment-state.ts';
import { AnalysisPool } from '../../runner/analysis-pool.ts';
import { HostModels } from '../../runner/hosts/host-models.ts';
import { hostStanding, setUpHost } from '../../runner/hosts/host-state.ts';
import { TINY } from '../runner/tiny-world.ts';
import { filesBelow } from './look.ts';
import { whyNoSshd } from './sshd.ts';
import { HostWorld } from './world.ts';

/** Long enough to be left and found again, also where nothing else is at work: 7 subsets by 100 masks. */
const LONG = `${TINY}methods: [{ method: dare, drop_rate: 0.2, seeds: [${[...Array(100).keys()].join(', ')}] }]\n`;
const LATE = { timeout: 120_000, interval: 20 };

describe.skipIf(whyNoSshd() !== null)('a window on a run on a host', { timeout: 240_000 }, () => {
  let world: HostWorld;
  let file: string;
  let home: string | undefined;
  const windows: ExperimentModel[] = [];
  beforeAll(async () => {
    world = await HostWorld.start();
    home = process.env['MERGE_LAB_HOME'];
    process.env['MERGE_LAB_HOME'] = world.home;
    file = world.experiment(`${LONG}target: ${world.sshd.alias}\n`);
  });
  afterAll(async () => {
    await Promise.all(windows.map((window) => window.dispose()));
    if (home === undefined) delete process.env['MERGE_LAB_HOME'];
    else process.env['MERGE_LAB_HOME'] = home;
    await world.remove();
  });

  function open(
    text = readFileSync(file, 'utf8'),
    at = file,
  ): {
    model: ExperimentModel;
    states: ExperimentState[];
    ends: RunEnd[];
  } {
    const states: ExperimentState[] = [];
    const ends: RunEnd[] = [];
    const model: ExperimentModel = new ExperimentModel(at, parseExperiment(text, { file: at }), {
      session: () => ({}),
      analyses: new AnalysisPool(),
      now: () => Date.now(),
      changed: () => states.push(model.state),
      ended: (end) => ends.push(end),
    });
    windows.push(model);
    return { model, states, ends };
  }

  it('needs the user’s yes first, and then none', async () => {
    const { alias } = world.sshd;
    await using models = new HostModels(world.home);
    expect(await models.below(alias, '.', new AbortController().signal)).toBeNull();
    await expect(open().model.plan()).rejects.toMatchObject({ problem: { code: 'host_not_agreed' } });
    expect((await hostStanding(alias)).state).toBe('new');
    const asked: string[] = [];
    const agree = async ({ kind }: { kind: string }): Promise<boolean> => asked.push(kind) > 0;
    await setUpHost(alias, { agree, isMeant: false });
    // The user's own hosts.yaml describes it: only what is put there is asked for.
    expect(asked).toEqual(['set_up']);
    expect((await hostStanding(alias)).state).toBe('ready');
  });

  it('offers the models that lie there, asked for once', async () => {
    const { alias } = world.sshd;
    await using models = new HostModels(world.home);
    const { signal } = new AbortController();
    // The first answer may take longer than one who types waits.
    const found = await vi.waitFor(async () => {
      const below = await models.below(alias, 'models', signal);
      expect(below).not.toBeNull();
      return below ?? [];
    }, LATE);
    expect(found.map(({ path: name }) => name)).toContain('base');
    expect(world.sshd.cut()).toBe(1);
    expect(await models.below(alias, 'models', signal)).toEqual(found);
    expect(await models.below(alias, '/nowhere', AbortSignal.abort())).toBeNull();
    const asked = ['models/base', 'models', '/nowhere'];
    expect(await Promise.all(asked.map((each) => models.holds(alias, each)))).toEqual([true, false, false]);
  });

  it('offers to copy models that lie here alone, and has them there through a cut', async () => {
    const { alias } = world.sshd;
    const own = world.tiny.experiment(`${TINY}target: ${alias}\n`);
    const here = path.join(path.dirname(own), 'models');
    const there = path.join(world.sshd.home, 'models', 'models');
    const names = ['alpha', 'beta'];
    for (const name of names) rmSync(path.join(there, name), { recursive: true });
    const { model } = open(readFileSync(own, 'utf8'), own);
    await expect(model.plan()).rejects.toMatchObject({ problem: { code: 'model_missing' } });
    expect(model.offer).toMatchObject({
      host: alias,
      models: names.map((name) => ({ source: `./models/${name}`, there: path.join(there, name) })),
    });
    const shares: number[] = [];
    await model.sendModels({
      onProgress: ({ done, total }) => {
        if (shares.push(done / total) === 3) expect(world.sshd.cut()).toBeGreaterThan(0);
      },
    });
    expect(shares.at(-1)).toBe(1);
    for (const name of names) {
      expect(filesBelow(path.join(there, name))).toEqual(filesBelow(path.join(here, name)));
      expect(statSync(path.join(there, name)).mode & 0o777).toBe(0o700);
    }
    expect((await model.plan()).missing).toBeGreaterThan(0);
    expect(model.offer).toBeNull();
    await model.dispose();
    // Two domains, and no second copy of a model.
    expect(readdirSync(path.join(world.store, 'data')).filter((name) => !name.startsWith('.'))).toHaveLength(
      2,
    );
  });

  it('may be closed, connects to nothing when it is opened again, and follows it to its end when it is told to', async () => {
    // Somebody tidied up there: it is put there once more.
    rmSync(path.join(world.sshd.home, '.merge-lab', 'agent'), { recursive: true });
    // Its text names this machine: the run is found all the same by who reads the host's results.
    const first = open(LONG);
    first.model.on(world.sshd.alias);
    await first.model.plan();
    expect(await first.model.run()).toBe('started');
    expect(first.model.state.host).toMatchObject({ name: world.sshd.alias, link: 'connected' });
    await vi.waitFor(() => expect(first.model.state.run.workers[0]?.done).toBeGreaterThan(10), LATE);
    await first.model.dispose();

    const { model, states, ends } = open();
    await vi.waitFor(() => expect(model.state.host?.link).toBe('apart'), LATE);
    expect(model.state.run.state).toBe('running');
    expect(Date.now() - (model.state.host?.seen ?? 0)).toBeLessThan(60_000);
    expect(world.sshd.cut()).toBe(0);

    await model.follow();
    expect(model.state.host?.link).toBe('connected');
    expect(world.sshd.cut()).toBeGreaterThan(0);
    await vi.waitFor(() => expect(states.some(({ host }) => host?.link === 'reconnecting')).toBe(true), LATE);
    await vi.waitFor(() => expect(ends).toHaveLength(1), LATE);
    expect(ends[0]).toMatchObject({ kind: 'ended', status: { state: 'done', failed: 0 } });
    expect(model.state).toMatchObject({ host: null, problem: null, run: { state: 'done' } });
    await vi.waitFor(() => expect(model.state.plan?.missing).toBe(0), LATE);

    const { out } = await model.merge({ subset: ['alpha', 'beta'], out: 'merged/two' });
    expect(filesBelow(out).has('model.safetensors')).toBe(true);
    expect(path.dirname(path.dirname(out))).toBe(path.dirname(file));
  });
});
