/** What ARCHITECTURE.md says is feared, with a real server: what a host gets of this machine, and who may look at what. */
import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainHost } from '../../core/hosts/host.ts';
import { HostLink } from '../../runner/hosts/host-link.ts';
import { agentSourceFolder, hostRelease } from '../../runner/hosts/host-release.ts';
import { readyHost } from '../../runner/hosts/ready-host.ts';
import { sendFile } from '../../runner/hosts/transfer.ts';
import { findPython } from '../../runner/python.ts';
import { children, filesBelow } from './look.ts';
import { Sshd, whyNoSshd } from './sshd.ts';

const SECRET = 'hf_a-token-of-this-machine';

describe.skipIf(whyNoSshd() !== null)('a host that others use too', () => {
  let sshd: Sshd;
  let link: HostLink;
  let home: string;
  beforeAll(async () => {
    process.env['HF_TOKEN'] = SECRET;
    sshd = await Sshd.start({ profile: 'umask 0000' });
    sshd.use();
    home = path.join(sshd.folder, 'client');
    const host = { ...plainHost(sshd.alias), python: findPython() };
    const release = await hostRelease(agentSourceFolder());
    link = new HostLink(host, () =>
      readyHost(host, { home, release, isMeant: true, agree: async () => true }),
    );
    const { store } = await link.place();
    const data = path.join(sshd.folder, 'data');
    writeFileSync(data, '[]');
    await sendFile(link, store, 'data', data, new AbortController().signal);
  });
  afterAll(async () => {
    delete process.env['HF_TOKEN'];
    await link.dispose();
    await sshd.remove();
  });

  const below = (pid: number): readonly { pid: number; words: string }[] =>
    children(pid).flatMap((child) => [child, ...below(child.pid)]);
  const agents = () => below(sshd.pid).filter(({ words }) => words.includes('merge_lab_agent serve'));

  it('can look into nothing, however open its own defaults are', () => {
    const ours = path.join(sshd.home, '.merge-lab');
    for (const folder of [ours, path.join(ours, 'store'), path.join(ours, 'agent')])
      expect([folder, statSync(folder).mode & 0o777]).toEqual([folder, 0o700]);
  });

  it('gets nothing of the environment here, and nothing listens on a port there', () => {
    expect(agents()).not.toEqual([]);
    const listening = ['tcp', 'tcp6'].flatMap((name) =>
      readFileSync(`/proc/net/${name}`, 'utf8')
        .split('\n')
        .map((line) => line.trim().split(/\s+/))
        .flatMap((fields) => (fields[3] === '0A' ? [`socket:[${fields[9]}]`] : [])),
    );
    expect(listening.length).toBeGreaterThan(0);
    for (const { pid } of agents()) {
      expect(readFileSync(`/proc/${pid}/environ`, 'utf8')).not.toContain(SECRET);
      const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
      expect(open.filter((target) => listening.includes(target))).toEqual([]);
    }
  });

  it('and this machine keep no secret in any file', () => {
    const key = readFileSync(path.join(sshd.folder, 'client_key'), 'utf8').split('\n')[1] ?? '';
    expect(key.length).toBeGreaterThan(20);
    const files = [...filesBelow(home), ...filesBelow(path.join(sshd.home, '.merge-lab'))];
    expect(files.length).toBeGreaterThan(10);
    for (const [name, content] of files) {
      expect(content.includes(SECRET), name).toBe(false);
      expect(content.includes(key), name).toBe(false);
    }
  });
});
