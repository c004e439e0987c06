import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resultsOf } from '../runner/tiny-world.ts';
import { filesBelow, whyNoSshd } from './sshd.ts';
import { HostWorld } from './world.ts';

const why = whyNoSshd();
if (why) console.warn(why);

describe.skipIf(why !== null)('an experiment on a host', () => {
  let world: HostWorld;
  beforeAll(async () => {
    world = await HostWorld.start({ profile: 'echo "Welcome!"; echo "{\\"jsonrpc\\": 1}"' });
  });
  afterAll(() => world.remove());

  it('is prepared and run there, and its results are here byte by byte', async () => {
    const file = world.experiment();
    const session = await world.open(file);
    const summary = await session.plan();
    expect(summary.prepared.problems).toEqual([]);
    const outcome = await session.run();
    expect(outcome.state).toBe('started');
    using following = session.follow(() => {});
    const last = await following.finished;
    expect(last.state).toBe('done');
    const report = await session.report();
    expect(report.progress).toMatchObject({ done: summary.plan.total, failed: 0 });
    expect(path.basename(session.store)).toBe('gpu-box');
    expect(filesBelow(path.join(session.store, 'results'))).toEqual(
      filesBelow(path.join(world.store, 'results')),
    );
    expect(new Set(resultsOf(session.store)).size).toBe(resultsOf(session.store).length);
    await session.dispose();
  });
});
