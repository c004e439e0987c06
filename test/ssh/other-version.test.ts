/** An agent of another version on a host, older or newer, or one that is damaged: it is put there again, unasked. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainHost } from '../../core/hosts/host.ts';
import { HostLink } from '../../runner/hosts/host-link.ts';
import { agentSourceFolder, hostRelease } from '../../runner/hosts/host-release.ts';
import { readyHost } from '../../runner/hosts/ready-host.ts';
import { findPython } from '../../runner/python.ts';
import { Sshd, whyNoSshd } from './sshd.ts';

describe.skipIf(whyNoSshd() !== null)('an agent on a host', () => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await Sshd.start();
    sshd.use();
  });
  afterAll(() => sshd.remove());

  /** A client of its own each time, as a window that is opened. */
  function open(): HostLink {
    const host = { ...plainHost(sshd.alias), python: findPython() };
    const home = path.join(sshd.folder, 'client');
    return new HostLink(host, async (isGone) => {
      const release = await hostRelease(agentSourceFolder());
      return readyHost(host, { home, release, isMeant: true, isGone, agree: async () => true });
    });
  }

  async function answers(): Promise<string> {
    const link = open();
    try {
      await link.request('runs', { store: path.join(os.tmpdir(), 'none') });
      return (await link.place()).source;
    } finally {
      await link.dispose();
    }
  }

  it.each([
    ['older', (text: string) => text.replace('PROTOCOL = 1', 'PROTOCOL = 0')],
    ['newer', (text: string) => text.replace('PROTOCOL = 1', 'PROTOCOL = 2')],
    ['damaged', (text: string) => text.slice(0, 40)],
  ])('that is %s is put there again', async (_, change) => {
    const source = await answers();
    const file = path.join(source, 'merge_lab_agent', '__init__.py');
    const whole = readFileSync(file, 'utf8');
    writeFileSync(file, change(whole));
    expect(readFileSync(file, 'utf8')).not.toBe(whole);
    expect(await answers()).toBe(source);
    expect(readFileSync(file, 'utf8')).toBe(whole);
  });

  it('that lacks a file, or is gone, is put there again', async () => {
    const source = await answers();
    rmSync(path.join(source, 'merge_lab_agent', 'protocol.py'));
    expect(await answers()).toBe(source);
    rmSync(source, { recursive: true });
    expect(await answers()).toBe(source);
  });
});
