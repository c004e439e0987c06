/** What happens on the way: connections that are cut, at once or after so many bytes, go silent, or are let in no more. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { agentSourceFolder, hostRelease } from '../../../runner/hosts/host-release.ts';
import { Mirror } from '../../../runner/hosts/mirror.ts';
import { readyHost } from '../../../runner/hosts/ready-host.ts';
import { sendFile } from '../../../runner/hosts/transfer.ts';
import { type Fault, refusalOf } from './fault.ts';

export const FAULTS_OF_NETWORKS: Readonly<Record<string, Fault>> = {
  'the connection is cut during a run': async (world) => {
    assert.ok(world.host.network.cut() > 0);
    await world.back();
    assert.equal(world.told[0], 'host_connection_lost');
    await world.news();
  },

  'an upload is cut': async (world, chance) => {
    const link = world.host.link();
    const file = path.join(path.dirname(world.file), 'upload');
    writeFileSync(file, randomBytes(2 << 20));
    try {
      const cut = world.host.network.cutAfter('up', 300_000 + chance() * 1_500_000);
      const { path: there } = await sendFile(
        link,
        world.host.store,
        'data',
        file,
        new AbortController().signal,
      );
      await cut;
      assert.ok(readFileSync(there).equals(readFileSync(file)));
      const halves = readdirSync(path.dirname(there)).filter((name) => name.includes('.part'));
      assert.deepEqual(halves, []);
      rmSync(there);
    } finally {
      await link.dispose();
    }
    await world.news();
  },

  'the copy is cut in the middle of a file': async (world, chance) => {
    const link = world.host.link();
    const store = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-copy-'));
    const cut = world.host.network.cutAfter('down', 4_000 + chance() * 12_000);
    const { plan } = world;
    await using mirror = new Mirror(link, { from: world.host.store, store, plan, alone: false });
    try {
      await mirror.synced;
      await cut;
      await world.still(() => world.until('the new copy is equal', () => world.differs(store) === ''));
    } finally {
      await mirror[Symbol.asyncDispose]();
      await link.dispose();
      rmSync(store, { recursive: true });
    }
  },

  'the first copy is cut': async (world, chance) => {
    const directory = path.join(world.host.world.sshd.home, 'fresh');
    const home = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-home-'));
    const release = await hostRelease(agentSourceFolder());
    const host = { ...world.host.described, directory };
    const ready = () => readyHost(host, { home, release, isMeant: true, agree: async () => true });
    try {
      const cut = world.host.network.cutAfter('up', 20_000 + chance() * 300_000);
      assert.equal(await refusalOf(ready()), 'host_connection_lost');
      await cut;
      const { source } = await ready();
      for (const [name, text] of Object.entries(release.files))
        assert.equal(readFileSync(path.join(source, name), 'utf8'), text, name);
      assert.deepEqual(readdirSync(path.dirname(source)), [release.agent], 'nothing half is left');
    } finally {
      rmSync(directory, { recursive: true, force: true });
      rmSync(home, { recursive: true });
    }
  },

  'the network is slow': async (world, chance) => {
    const { network } = world.host;
    network.delayMs = 50 + chance() * 200;
    try {
      await world.news();
      await world.news();
    } finally {
      network.delayMs = 0;
    }
    assert.deepEqual(world.told, [], 'slow is not gone');
  },

  'the network goes silent': async (world) => {
    world.host.network.stall(true);
    await world.until('it is told', () => world.told.length > 0);
    world.host.network.cut();
    world.host.network.stall(false);
    await world.back();
    await world.news();
  },

  'the key is revoked': async (world) => {
    const { sshd } = world.host.world;
    sshd.admit(false);
    try {
      world.host.network.cut();
      await world.until('it is told', () => world.ended !== null);
      assert.equal(world.ended, 'host_login_refused');
      const before = world.results().length;
      await world.until('the run goes on there', () => world.results().length > before);
    } finally {
      sshd.admit(true);
    }
    world.follow();
    await world.news();
  },
};
