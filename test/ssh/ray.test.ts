/** A host whose workers Ray starts: a cluster of that host alone, which is this machine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { statusLine } from '../../cli/terminal/progress.ts';
import type { ExperimentSession, Update } from '../../runner/experiment-session.ts';
import { findPython } from '../../runner/python.ts';
import { resultsOf } from '../runner/tiny-world.ts';
import { whyNoSshd } from './sshd.ts';
import { HostWorld } from './world.ts';

// Where the set-up installs Ray for the tests.
const isLeftOut = whyNoSshd() !== null || process.platform !== 'linux';

describe.skipIf(isLeftOut)('a run on Ray', { timeout: 240_000 }, () => {
  let world: HostWorld;
  let session: ExperimentSession;
  let file: string;

  beforeAll(async () => {
    world = await HostWorld.start();
    file = world.experiment();
  });
  afterAll(async () => {
    await session.dispose();
    await world.remove();
  });

  it('is refused before anything is planned where no cluster answers', async () => {
    world.describe({ python: findPython(), ray: '127.0.0.1:1' });
    session = await world.open(file);
    await expect(session.plan()).rejects.toMatchObject({
      problem: {
        code: 'ray_unreachable',
        message: 'No Ray cluster answers at 127.0.0.1:1: Connection refused.',
      },
    });
    await session.dispose();
  });

  it('is worked through by actors, whose results are here', async () => {
    world.describe({ python: findPython(), workers: 1, ray: 'auto' });
    session = await world.open(file);
    const { plan } = await session.plan();
    await session.run();
    let last: Update | null = null;
    const lines = new Set<string>();
    using following = session.follow((update) => {
      last = update;
      lines.add(statusLine(update));
    });
    expect((await following.finished).state).toBe('done');
    expect([...lines].join('\n')).toContain('waiting for Ray to start 1 worker (resources)');
    const { progress } = await session.report('points');
    expect(progress).toMatchObject({ done: plan.total, failed: 0 });
    expect(new Set(resultsOf(session.store)).size).toBe(resultsOf(session.store).length);
    const workers = (last as Update | null)?.status.map(({ worker }) => worker);
    expect(workers).toEqual([expect.stringMatching(/^ray-\d+-0$/), 'supervisor']);
  });
});
