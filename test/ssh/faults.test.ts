/** Everything that may be cut, killed, filled or frozen while a run goes on there: nothing is lost, doubled or shown falsely. */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { FaultWorld } from './faults/fault-world.ts';
import { FAULTS } from './faults/faults.ts';
import { whyNoSshd } from './sshd.ts';

const MASKS = 80;

describe.skipIf(whyNoSshd() !== null)('a run on a host', { timeout: 240_000 }, () => {
  let world: FaultWorld;
  beforeAll(async () => {
    world = await FaultWorld.start(MASKS);
  });
  afterAll(() => world?.remove());

  it.each(Object.entries(FAULTS))('when %s', async (_, fault) => {
    await world.amid();
    const known = world.results();
    await fault(world, () => 0.5);
    await world.aftermath(known);
  });

  it('ends as if nothing had been', () => world.finish());
});
