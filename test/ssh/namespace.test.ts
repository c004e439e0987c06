/** A host in a network of its own, whose cable is pulled: no packet comes back to say so. */
import path from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { TINY } from '../runner/tiny-world.ts';
import { filesBelow } from './look.ts';
import { Namespace } from './namespace.ts';
import { whyNoSshd } from './sshd.ts';
import { HostWorld } from './world.ts';

const LONG = `${TINY}methods: [{ method: dare, drop_rate: 0.2, seeds: [${[...Array(400).keys()].join(', ')}] }]\n`;
const LATE = { timeout: 60_000, interval: 50 };
const namespace = whyNoSshd() === null ? Namespace.open() : null;
afterAll(() => namespace?.remove());

describe.skipIf(namespace === null)('a run behind a cable', { timeout: 180_000 }, () => {
  it('goes on while that is pulled, and nothing is lost or doubled here', async () => {
    if (!namespace) return;
    const world = await HostWorld.start({ at: namespace });
    world.sshd.use('ServerAliveInterval=1', 'ServerAliveCountMax=2', 'ConnectTimeout=4');
    const session = await world.open(world.experiment(`${LONG}target: ${world.sshd.alias}\n`));
    try {
      await session.plan();
      await session.run();
      const told: (string | null)[] = [];
      let done = 0;
      const following = session.follow(({ progress, unreachable }) => {
        done = progress.done;
        if (unreachable !== undefined) told.push(unreachable?.code ?? null);
      });
      await vi.waitFor(() => expect(done).toBeGreaterThan(5), LATE);
      namespace.link('down');
      await vi.waitFor(() => expect(told.at(-1) ?? null).not.toBeNull(), LATE);
      const [before, there] = [done, path.join(world.store, 'results')];
      const scored = () => [...filesBelow(there).values()].join('').split('\n').length;
      const then = scored();
      await vi.waitFor(() => expect(scored()).toBeGreaterThan(then), LATE);
      expect(done).toBe(before);
      if (!namespace.disturb('delay', '60ms', '20ms', 'loss', '5%'))
        console.warn('This kernel delays and loses no packets: the cable is only pulled.');
      namespace.link('up');
      await vi.waitFor(() => expect(told.at(-1)).toBeNull(), LATE);
      await vi.waitFor(() => expect(done).toBeGreaterThan(before), LATE);
      await session.stop(false);
      expect((await following.finished).state).toBe('stopped');
      await session.plan();
      expect(filesBelow(path.join(session.store, 'results'))).toEqual(filesBelow(there));
    } finally {
      await session.dispose();
      await world.remove();
    }
  });
});
