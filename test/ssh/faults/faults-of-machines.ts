/** What happens to the host as a whole: it stands still, its disk is full, its clock is set. */
import assert from 'node:assert/strict';
import { type Fault, refusalOf } from './fault.ts';
import { signal } from './faulty-host.ts';

const DAY_S = 86_400;

export const FAULTS_OF_MACHINES: Readonly<Record<string, Fault>> = {
  'the host stands still for longer than a connection may': async (world) => {
    const frozen = world.host.everything();
    signal(frozen, 'SIGSTOP');
    try {
      await world.until('it is told', () => world.told.length > 0);
    } finally {
      signal(frozen, 'SIGCONT');
    }
    await world.back();
    await world.news();
  },

  'the disk of the host is full': async (world) => {
    const free = world.host.fillDisk();
    try {
      await world.until('its end is told', () => world.ended !== null);
      assert.equal(world.ended, 'disk_full');
      assert.match(await refusalOf(world.session.run()), /^host_disk_full$/);
    } finally {
      free();
    }
  },

  'its clock is set back by a day': async (world) => {
    world.host.setClock(-DAY_S);
    await world.news();
    await world.stop();
    await world.launch();
    await world.news();
    const [newest] = await world.session.status();
    assert.equal(newest?.state, 'running', 'the run that began last is the newest, whatever its clock says');
    world.host.setClock(0);
  },

  'its clock is set forward by a day': async (world) => {
    world.host.setClock(DAY_S);
    await world.news();
    world.host.setClock(0);
    await world.news();
  },
};
