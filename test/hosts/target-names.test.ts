import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { namesInSshConfig } from '../../core/hosts/ssh-config.ts';
import { sshAliases } from '../../runner/hosts/ssh-aliases.ts';
import { targetNames } from '../../runner/hosts/target-names.ts';

let user = '';
beforeEach(() => {
  user = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-names-'));
});
afterEach(() => rmSync(user, { recursive: true }));

function write(file: string, text: string): void {
  const full = path.join(user, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, text);
}

describe('the names in an ssh configuration', () => {
  it('are those of Host lines, without patterns and what no target may be called', () => {
    const text = [
      'Host gpu-box  build # two of them',
      '  HostName 10.0.0.7',
      'host="quoted"',
      'Host * !not *.lab -oProxyCommand=x local',
      'Match host other',
      'Include config.d/* "~/more"',
    ].join('\r\n');
    expect(namesInSshConfig(text)).toEqual({
      aliases: ['gpu-box', 'build', 'quoted'],
      includes: ['config.d/*', '~/more'],
    });
  });

  it('are read of any text without an error', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const name of namesInSshConfig(`Host ${text}`).aliases) expect(name).toMatch(/^[A-Za-z0-9]/);
      }),
    );
  });

  it('come from all that it includes, in a circle too, and none from what is not there', async () => {
    expect(await sshAliases(user)).toEqual([]);
    write('.ssh/config', 'Include config.d/*.conf\nInclude missing\nHost last\n');
    write('.ssh/config.d/b.conf', 'Host b\nInclude ../config\n');
    write('.ssh/config.d/a.conf', 'Host a\n');
    write('.ssh/config.d/notes.txt', 'Host never\n');
    expect(await sshAliases(user)).toEqual(['last', 'a', 'b']);
  });
});

describe('what a file may name as its target', () => {
  it('is each name once: described, an alias of ssh, or used before; and whether it was agreed to', async () => {
    const home = path.join(user, 'home');
    write('.ssh/config', 'Host gpu-box other\n');
    write('home/hosts.yaml', 'gpu-box: { ssh: ann@10.0.0.7 }\nbroken: 3\n');
    const place = { python: '/p', source: '/s', store: '/t', models: '/m' };
    const host = { name: 'old', ssh: 'old', python: null, directory: '~/.merge-lab', models: '~/models' };
    write('home/known-hosts.json', JSON.stringify({ old: { host, agent: 'a', place } }));
    const names = await targetNames(home, user);
    expect(names.map(({ host: { name, ssh }, from, isAgreed }) => [name, ssh, from, isAgreed])).toEqual([
      ['gpu-box', 'ann@10.0.0.7', 'hosts.yaml', false],
      ['other', 'other', 'ssh', false],
      ['old', 'old', 'agreed', true],
    ]);
  });
});
