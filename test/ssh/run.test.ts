/** What is cut or killed while a run goes on there: nothing that was scored is lost, doubled or changed here. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ExperimentSession, Update } from '../../runner/experiment-session.ts';
import { resultsOf, TINY } from '../runner/tiny-world.ts';
import { children, filesBelow } from './look.ts';
import { whyNoSshd } from './sshd.ts';
import { HostWorld } from './world.ts';

/** Long enough to be cut: 7 subsets by 40 masks. */
const LONG = `${TINY}methods: [{ method: dare, drop_rate: 0.2, seeds: [${[...Array(40).keys()].join(', ')}] }]\n`;

/** Each test starts PyTorch there once or twice, on whatever machine this is. */
const TIMEOUT = 240_000;

describe.skipIf(whyNoSshd() !== null)('a run on a host', { timeout: TIMEOUT }, () => {
  let world: HostWorld;
  let file: string;
  let session: ExperimentSession;
  beforeAll(async () => {
    world = await HostWorld.start({ profile: 'echo "Welcome!"; echo "{\\"jsonrpc\\": 1}"; printf x' });
    file = world.experiment(`${LONG}target: ${world.sshd.alias}\n`);
    session = await world.open(file);
    await session.plan();
  });
  afterAll(async () => {
    await session.dispose();
    await world.remove();
  });

  /** Both stores hold the same results, byte by byte and none twice, and the same last word; of a log what is there so far. */
  function expectSame(): void {
    const results = path.join(session.store, 'results');
    expect(filesBelow(results)).toEqual(filesBelow(path.join(world.store, 'results')));
    const [here, there] = [session.store, world.store].map((store) => filesBelow(path.join(store, 'runs')));
    for (const [name, content] of there ?? []) {
      if (/status\//.test(name)) expect(lastWord(here?.get(name)), name).toEqual(lastWord(content));
      else if (/events\.jsonl$|agent\.log$/.test(name))
        expect(content.startsWith(here?.get(name) ?? ''), name).toBe(true);
    }
    expect(new Set(resultsOf(session.store)).size).toBe(resultsOf(session.store).length);
  }

  const until = (following: { finished: Promise<unknown> }, seen: (resolve: () => void) => void) =>
    Promise.race([new Promise<void>((resolve) => seen(resolve)), following.finished]);

  it('goes on when its client goes, and is stopped and gone on with by another', async () => {
    await session.run();
    let update: Update | null = null;
    let scored: () => void = () => {};
    const following = session.follow((news) => {
      update = news;
      if (news.progress.done > 10) scored();
    });
    await until(following, (resolve) => {
      scored = resolve;
    });
    following[Symbol.dispose]();
    await session.dispose();
    expect(update).not.toBeNull();
    session = await world.open(file);
    const { missing } = await session.plan();
    expect(missing).toBeGreaterThan(0);
    using joined = session.follow(() => {});
    await session.stop(false);
    expect((await joined.finished).state).toBe('stopped');
    expectSame();
  });

  it('survives cut connections, a killed agent and an ssh server that is away', async () => {
    const { plan, missing } = await session.plan();
    expect(missing).toBeGreaterThan(0);
    expect((await session.run()).state).toBe('started');
    const told: (string | null)[] = [];
    const scored: number[] = [];
    using following = session.follow((news) => {
      if (news.unreachable !== undefined) told.push(news.unreachable?.code ?? null);
      scored.push(news.progress.done);
    });
    const faults = [
      () => void expect(world.sshd.cut()).toBeGreaterThan(0),
      () => killAgents(world),
      async () => {
        await world.sshd.stop();
        world.sshd.cut();
        await new Promise((resolve) => setTimeout(resolve, 1_500));
        await world.sshd.start();
      },
    ];
    const patiently = { timeout: 60_000, interval: 20 };
    for (const [i, fault] of faults.entries()) {
      const wanted = Math.min(plan.total, plan.total - missing + 15 * (i + 1));
      await vi.waitFor(() => expect(scored.at(-1)).toBeGreaterThanOrEqual(wanted), patiently);
      const before = told.length;
      await fault();
      await vi.waitFor(() => expect([told.length > before, told.at(-1)]).toEqual([true, null]), patiently);
    }
    expect((await following.finished).state).toBe('done');
    const { progress } = await session.report('points');
    expect(progress).toMatchObject({ done: plan.total, failed: 0 });
    expectSame();
    expect(told[0]).toBe('host_connection_lost');
    expect(told.at(-1)).toBeNull();
  });

  it('has its merged model brought here', async () => {
    const progress: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }) => {
      // Once in its middle the connection goes.
      if (progress.length === 3) expect(world.sshd.cut()).toBe(1);
      progress.push(done / total);
    };
    const { out } = await session.merge({ subset: ['alpha', 'beta'], out: 'merged/two', onProgress });
    expect(out).toBe(path.join(path.dirname(file), 'merged', 'two'));
    const base = filesBelow(path.join(world.sshd.home, 'models', 'models', 'base'));
    const merged = filesBelow(out);
    expect([...merged.keys()]).toEqual(expect.arrayContaining([...base.keys(), 'README.md']));
    expect(merged.get('config.json')).toBe(base.get('config.json'));
    expect(merged.get('model.safetensors')?.length).toBe(base.get('model.safetensors')?.length);
    expect(merged.get('model.safetensors')).not.toBe(base.get('model.safetensors'));
    expect(progress.at(-1)).toBe(1);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(filesBelow(path.join(world.store, 'merged')).size).toBe(0);
    const same = await session.merge({ subset: ['alpha', 'beta'], out: 'merged/two' });
    expect(same).toMatchObject({ out, already_there: true });
    const other = session.merge({ subset: ['alpha'], out: 'merged/two' });
    await expect(other).rejects.toMatchObject({ problem: { code: 'out_exists' } });
  });

  it('says what is wrong with data by its name here', async () => {
    const wrong = world.experiment(`${TINY}target: ${world.sshd.alias}\n`);
    const data = path.join(path.dirname(wrong), 'eval');
    writeFileSync(path.join(data, 'alpha.json'), '[{]');
    rmSync(path.join(data, 'beta.json'));
    const broken = await world.open(wrong);
    try {
      const { problems } = await broken.prepare();
      expect(problems.map(({ code, file }) => [code, file && path.basename(file)])).toEqual([
        ['evaluation_form', 'alpha.json'],
        ['evaluation_missing', 'beta.json'],
      ]);
      for (const { message } of problems) {
        expect(message).toContain(data);
        expect(message).not.toContain(world.sshd.home);
      }
    } finally {
      await broken.dispose();
    }
  });

  it('is known of without the host, and says why nothing more is', async () => {
    await world.sshd.stop();
    const away = await world.open(file);
    try {
      const { warnings, progress } = await away.report('points');
      expect(warnings[0]).toMatchObject({ code: 'models_not_at_hand' });
      expect(warnings[0]?.message).toContain('refused');
      expect(progress.done).toBe(progress.total);
      const known = await away.look();
      expect(known.prepared?.evaluations['alpha']?.file).toBe(
        path.join(path.dirname(file), 'eval/alpha.json'),
      );
      expect(known.look?.progress.done).toBe(known.plan?.total);
    } finally {
      await away.dispose();
      await world.sshd.start();
    }
  });
});

/** Of a worker, whose heart beats on for a moment. */
function lastWord(status: string | undefined): unknown {
  const { state, done, failed, problem } = JSON.parse(status ?? '{}');
  return { state, done, failed, problem };
}

/** Those that this world's server started, and no others. */
function killAgents(world: HostWorld): void {
  const below = (pid: number): { pid: number; words: string }[] =>
    children(pid).flatMap((child) => [child, ...below(child.pid)]);
  const agents = below(world.sshd.pid).filter(({ words }) => words.includes('merge_lab_agent serve'));
  expect(agents.length).toBeGreaterThan(0);
  for (const { pid } of agents) process.kill(pid, 'SIGKILL');
}
