/** An ensemble whose models lie on a host: scored there, through a cut, and the copy of its results is theirs. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { summaryText } from '../../cli/report/ensemble/summary-text.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { EnsembleSession } from '../../runner/ensemble/ensemble-session.ts';
import { resultsOf } from '../runner/tiny-world.ts';
import { filesBelow } from './look.ts';
import { whyNoSshd } from './sshd.ts';
import { HostWorld } from './world.ts';

const TEXT = `name: Tiny ensemble
kind: ensemble
models: { small: ./models/small, large: ./models/large, other: ./models/other }
evaluation:
  data: ./eval/{domain}.json
  domains: [alpha, beta]
  max_bytes: 40
pool: { k: 2 }
`;

describe.skipIf(whyNoSshd() !== null)('an ensemble on a host', { timeout: 360_000 }, () => {
  let world: HostWorld;
  let session: EnsembleSession | null = null;
  beforeAll(async () => {
    world = await HostWorld.start({ making: 'make_ensemble.py' });
  });
  afterAll(async () => {
    await session?.dispose();
    await world.remove();
  });

  const options = () => ({ home: world.home, agreeToHost: async () => true });

  it('is stopped and gone on with, through a cut, and its results arrive byte by byte', async () => {
    const file = world.experiment(`${TEXT}target: ${world.sshd.alias}\n`);
    const first = EnsembleSession.open(file, options());
    const before = await first.plan();
    expect([before.done, before.missing]).toEqual([0, 3]);
    expect(summaryText(first, before, { style: styleFor({}, { NO_COLOR: '1' }), columns: 80 })).toMatch(
      new RegExp(`host +${world.sshd.alias}\\n`),
    );
    const { domains } = first.ensemble.evaluation;
    expect(Object.values(before.prepared.evaluations).map((made) => made.file)).toContain(
      path.join(path.dirname(file), domains.get('alpha') ?? ''),
    );

    expect((await first.run()).state).toBe('started');
    using stopped = first.follow(() => {});
    await first.stop(false);
    expect((await stopped.finished).state).toBe('stopped');
    await first.dispose();

    session = EnsembleSession.open(file, options());
    const { missing, plan } = await session.plan();
    expect(missing).toBeGreaterThan(0);
    expect((await session.status()).map(({ state }) => state)).toEqual(['stopped']);

    expect((await session.run()).state).toBe('started');
    const told: (string | null)[] = [];
    const begun = Promise.withResolvers<void>();
    using following = session.follow(({ unreachable }) => {
      begun.resolve();
      if (unreachable !== undefined) told.push(unreachable?.code ?? null);
    });
    await begun.promise;
    expect(world.sshd.cut()).toBeGreaterThan(0);
    expect(await following.finished).toMatchObject({ state: 'done', done: 3 });
    expect(told).toEqual(['host_connection_lost', null]);

    const results = path.join(session.store, 'results');
    expect(filesBelow(results)).toEqual(filesBelow(path.join(world.store, 'results')));
    expect(new Set(resultsOf(session.store)).size).toBe(3 * 2);
    expect(resultsOf(session.store)).toHaveLength(3 * 2);
    const report = await session.report('points');
    expect(report).toMatchObject({ plan: plan.id, progress: { done: 3, failed: 0 }, left_out: [] });
    expect((await session.run()).state).toBe('nothing_to_do');

    // Those that are left share a tokenizer.
    await session.dispose();
    writeFileSync(file, readFileSync(file, 'utf8').replace(', other: ./models/other', ''));
    session = EnsembleSession.open(file, { ...options(), workers: 2 });
    const pools = await session.verify({ unasked: true });
    expect(pools.map(({ members }) => members)).toEqual([['small', 'large']]);
    expect((await session.run()).state).toBe('started');
    using averaging = session.follow(() => {});
    expect(await averaging.finished).toMatchObject({ state: 'done', done: 3 });
    const { controls, unaveraged } = await session.report('points');
    expect([controls.averaged_logits.length, unaveraged]).toEqual([1, []]);
  });
});
