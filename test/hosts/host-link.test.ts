import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { plainHost } from '../../core/hosts/host.ts';
import { problemOf } from '../../core/problem.ts';
import { HostLink } from '../../runner/hosts/host-link.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-link-'));
const file = (name: string) => path.join(folder, name);
const fake = path.join(import.meta.dirname, '..', 'runner', 'fake-agent.mjs');
const PLACE = { python: 'python', source: '/agent', store: '/store', models: '/models' };
const links: HostLink[] = [];

/** Stands in for ssh: refuses while there is a file `down`, does not come through while there is `slow`. */
const SSH = `#!/bin/sh
echo started >> '${file('starts')}'
[ -e '${file('down')}' ] && exit 255
[ -e '${file('slow')}' ] && exec sleep 60
for line in script python source; do IFS= read -r _; done
exec '${process.execPath}' '${fake}' good
`;

function linkOf(patienceMs?: number): HostLink {
  const link = new HostLink(plainHost('box'), async () => PLACE, undefined, patienceMs);
  links.push(link);
  return link;
}

const codeOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => 'answered',
    (error: unknown) => problemOf(error).code,
  );
const starts = (): number => readFileSync(file('starts'), 'utf8').split('\n').length - 1;

describe.skipIf(process.platform === 'win32')('a connection to a host', () => {
  beforeAll(() => {
    writeFileSync(file('ssh'), SSH, { mode: 0o755 });
    vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env['PATH']}`);
  });
  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.dispose()));
    for (const name of ['down', 'slow', 'starts']) rmSync(file(name), { force: true });
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it('is tried again after a cut, and never once it is disposed of', async () => {
    const link = linkOf();
    await link.request('runs', {});
    writeFileSync(file('down'), '');
    const cut = codeOf(link.request('runs', { die: true }));
    await vi.waitFor(() => expect(starts()).toBeGreaterThan(1));
    await link.dispose();
    expect(['cancelled', 'agent_closed']).toContain(await cut);
    expect(await codeOf(link.agent())).toBe('agent_closed');
  });

  it('that does not come back is told when patience ends, however long a try takes', async () => {
    const link = linkOf(800);
    await link.request('runs', {});
    writeFileSync(file('slow'), '');
    const begun = performance.now();
    expect(await codeOf(link.request('runs', { die: true }))).toBe('agent_died');
    expect(performance.now() - begun).toBeLessThan(10_000);
  });

  it('is no longer waited for once the wait is cancelled', async () => {
    writeFileSync(file('slow'), '');
    const abort = new AbortController();
    const asked = codeOf(linkOf().request('runs', {}, { signal: abort.signal }));
    await vi.waitFor(() => expect(starts()).toBe(1));
    abort.abort();
    expect(await asked).toBe('cancelled');
  });
});
