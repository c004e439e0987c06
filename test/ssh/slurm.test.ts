/** A host that is the login node of a cluster: both are this machine, with the daemons of either. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { statusLine } from '../../cli/terminal/progress.ts';
import type { WorkerStatus } from '../../core/store/format.ts';
import type { ExperimentSession, Update } from '../../runner/experiment-session.ts';
import { findPython } from '../../runner/python.ts';
import type { DownstreamProgress } from '../../runner/session-types.ts';
import { resultsOf, TINY } from '../runner/tiny-world.ts';
import { Cluster, whyNoCluster } from './cluster.ts';
import { writeTask } from './small-task.ts';
import { whyNoSshd } from './sshd.ts';
import { HostWorld } from './world.ts';

const isLeftOut = whyNoSshd() !== null || whyNoCluster() !== null;

describe.skipIf(isLeftOut)('a run on a cluster', { timeout: 240_000 }, () => {
  let cluster: Cluster;
  let world: HostWorld;
  let session: ExperimentSession;
  let last: Update | null = null;

  beforeAll(async () => {
    cluster = await Cluster.start();
    world = await HostWorld.start({ profile: `export SLURM_CONF='${cluster.configuration}'` });
  });
  afterAll(async () => {
    await session.dispose();
    await world.remove();
    await cluster.stop();
  });

  async function open(partition: string): Promise<void> {
    world.describe({ python: findPython(), workers: 2, slurm: { partition, cpus: 1, mem: '400M' } });
    session = await world.open(file);
    await session.plan();
  }
  const follow = () =>
    session.follow((update) => {
      last = update;
    });
  const supervisor = (): WorkerStatus | undefined =>
    last?.status.find(({ worker }) => worker === 'supervisor');
  const line = (): string => (last ? statusLine(last) : '');
  const patiently = { timeout: 60_000, interval: 50 };

  let file: string;
  it('is refused in the words of Slurm where its options are wrong', async () => {
    file = world.experiment(`${TINY}  downstream: [./sums]\ntarget: ${world.sshd.alias}\n`);
    writeTask(path.join(path.dirname(file), 'sums'));
    await open('nope');
    await expect(session.run()).rejects.toMatchObject({
      problem: {
        code: 'slurm_refused',
        message: expect.stringContaining('invalid partition specified: nope'),
      },
    });
    await session.dispose();
  });

  it('says what it waits for, is seen to again when somebody follows it, and can be stopped', async () => {
    await open('closed');
    expect(await session.run()).toMatchObject({ state: 'queued' });
    const waits = 'waiting for Slurm to start 2 workers (PartitionDown)';
    const first = follow();
    await vi.waitFor(() => expect(line()).toContain(waits), patiently);
    first[Symbol.dispose]();
    await session.dispose();
    const killed = supervisor()?.pid ?? 0;
    process.kill(killed, 'SIGKILL');
    session = await world.open(file);
    await session.plan();
    using second = follow();
    await vi.waitFor(
      () => expect([supervisor()?.pid === killed, line()]).toEqual([false, expect.stringContaining(waits)]),
      patiently,
    );
    await session.stop(false);
    expect((await second.finished).state).toBe('stopped');
    await session.dispose();
  });

  it('is worked through by jobs, whose results are here', async () => {
    await open('work');
    const { plan, prepared, estimate } = await session.plan();
    expect(prepared.device).toEqual({ name: 'cpu', description: 'processors of the cluster' });
    expect([estimate.seconds, estimate.available_memory_bytes], 'of a node that is not known').toEqual([
      null,
      null,
    ]);
    await session.run();
    using following = follow();
    expect((await following.finished).state).toBe('done');
    const { progress } = await session.report('points');
    expect(progress).toMatchObject({ done: plan.total, failed: 0 });
    expect(new Set(resultsOf(session.store)).size).toBe(resultsOf(session.store).length);
    expect(last?.status.map(({ worker }) => worker)).toContainEqual(expect.stringMatching(/^slurm-\d+-0$/));
  });

  it('scores models on tasks in a job of its own', async () => {
    const told: DownstreamProgress[] = [];
    const outcome = await session.downstream({ onProgress: (progress) => told.push(progress) });
    expect(outcome).toEqual({ state: 'done', failed: 0 });
    const { downstream } = await session.report('complete');
    expect(downstream).toMatchObject({ missing: 0, tasks: [{ items: 3, problem: null }] });
    expect(told.at(-1)).toMatchObject({ done: downstream?.total, total: downstream?.total });
    const folders = readdirSync(path.join(world.store, 'runs')).sort();
    expect(readdirSync(path.join(world.store, 'runs', folders.at(-1) ?? '', 'status'))).toContain(
      'supervisor.json',
    );
  });
});
