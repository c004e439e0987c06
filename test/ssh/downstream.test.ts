/** Tasks on a host: the folder goes up by content, the harness is the host's, and scores come back. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExperimentSession } from '../../runner/experiment-session.ts';
import type { DownstreamProgress } from '../../runner/session-types.ts';
import { filesBelow } from './look.ts';
import { TASK, writeTask } from './small-task.ts';
import { whyNoSshd } from './sshd.ts';
import { HostWorld } from './world.ts';

const TEXT = `name: Tiny
base: ./models/base
experts: { alpha: ./models/alpha, beta: ./models/beta }
evaluation:
  data: ./eval/{domain}.json
  domains: [alpha]
  downstream: [./sums]
`;

describe.skipIf(whyNoSshd() !== null)('tasks on a host', { timeout: 240_000 }, () => {
  let world: HostWorld;
  let session: ExperimentSession;
  let folder: string;
  beforeAll(async () => {
    world = await HostWorld.start();
    const file = world.experiment(`${TEXT}target: ${world.sshd.alias}\n`);
    folder = path.join(path.dirname(file), 'sums');
    writeTask(folder);
    session = await world.open(file);
  });
  afterAll(async () => {
    await session.dispose();
    await world.remove();
  });

  it('are scored there by its harness, and their scores are in the store here', async () => {
    session.checkTasks();
    expect(await session.harness()).toMatchObject({
      host: world.sshd.alias,
      own: false,
      version: expect.stringMatching(/^0\.4\./),
    });
    await expect(session.installHarness(() => {})).rejects.toMatchObject({
      problem: { code: 'host_path_invalid' },
    });
    await session.run();
    using following = session.follow(() => {});
    expect((await following.finished).state).toBe('done');
    const told: DownstreamProgress[] = [];
    const outcome = await session.downstream({ onProgress: (progress) => told.push(progress) });
    expect(outcome).toEqual({ state: 'done', failed: 0 });
    const { downstream } = await session.report('complete');
    expect(downstream).toMatchObject({ missing: 0, tasks: [{ items: 3, problem: null }] });
    expect(told.at(-1)).toMatchObject({ done: downstream?.total, total: downstream?.total });
    const scores = filesBelow(path.join(session.store, 'downstream'));
    expect(scores.size).toBe(1);
    expect(scores).toEqual(filesBelow(path.join(world.store, 'downstream')));
    expect(await session.downstream()).toEqual({ state: 'nothing_to_do', failed: 0 });
  });

  it('that cannot be used are named as they are here', async () => {
    writeFileSync(path.join(folder, 'task.yaml'), `${TASK}process_docs: !function more.docs\n`);
    await expect(session.downstream()).rejects.toMatchObject({
      problem: { code: 'task_code_refused', file: path.join(folder, 'task.yaml') },
    });
  });
});
