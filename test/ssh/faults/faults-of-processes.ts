/** What kills, or is mistaken for, a process. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { children } from '../look.ts';
import type { Fault } from './fault.ts';
import { signal } from './faulty-host.ts';
import { reusePid } from './reuse-pid.ts';

export const FAULTS_OF_PROCESSES: Readonly<Record<string, Fault>> = {
  'ssh is killed': async (world) => {
    const mine = children(process.pid).filter(({ name }) => name === 'ssh');
    assert.ok(mine.length > 0);
    signal(
      mine.map(({ pid }) => pid),
      'SIGKILL',
    );
    await world.back();
    await world.news();
  },

  'the agent is killed': async (world) => {
    const agents = world.host.agents();
    assert.ok(agents.length > 0);
    signal(agents, 'SIGKILL');
    await world.back();
    await world.news();
  },

  'the worker is killed': async (world) => {
    signal(world.host.workers(), 'SIGKILL');
    await world.until('its end is told', () => world.ended !== null);
    assert.equal(world.ended, 'run_died');
  },

  'the worker is killed and its process id is used again': async (world) => {
    const [worker = 0] = world.host.workers();
    // It is the worker's parent, and must not keep it as a zombie.
    signal(world.host.agents(), 'SIGKILL');
    signal([worker], 'SIGKILL');
    const stranger = await reusePid(worker, path.join(world.host.store, 'claims'));
    try {
      await world.until('its end is told', () => world.ended !== null);
      assert.equal(world.ended, 'run_died');
      await world.launch();
      await world.news();
      assert.equal(stranger.exitCode, null, 'nobody ended a process that is not ours');
    } finally {
      stranger.kill('SIGKILL');
    }
  },

  'the editor that keeps the copy is killed': async (world) => {
    await world.close();
    const script = path.join(import.meta.dirname, 'other-client.ts');
    const other = spawn(process.execPath, [script, world.file, world.host.world.home], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await Promise.race([once(other.stdout, 'data'), once(other, 'exit')]);
    assert.equal(other.exitCode, null, 'it follows');
    await world.open();
    world.follow();
    other.kill('SIGKILL');
    await world.news();
  },

  'two clients start it at once': async (world) => {
    await world.stop();
    const second = await world.another();
    try {
      const outcomes = await Promise.all([world.session.run(), second.run()]);
      assert.deepEqual(outcomes.map(({ state }) => state).sort(), ['attached', 'started']);
      assert.equal(outcomes[0].run, outcomes[1].run);
      using theirs = second.follow(() => {});
      world.follow();
      await world.news();
      theirs.finished.catch(() => {});
      await world.still(() => world.until('both copies are equal', () => world.differs(second.store) === ''));
    } finally {
      await second.dispose();
    }
  },
};
