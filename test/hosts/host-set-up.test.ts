import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { plainHost } from '../../core/hosts/host.ts';
import { HostSetUp } from '../../runner/hosts/host-set-up.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-set-up-'));
const say = (message: object) => `echo 'merge-lab-host ${JSON.stringify(message)}'`;

function ssh(...script: readonly string[]): void {
  writeFileSync(path.join(folder, 'ssh'), ['#!/bin/sh', ...script].join('\n'), { mode: 0o755 });
}

describe.skipIf(process.platform === 'win32')('a host that is worked on', () => {
  beforeAll(() => {
    mkdirSync(path.join(folder, 'merge_lab_agent'));
    writeFileSync(path.join(folder, 'merge_lab_agent', 'bootstrap.py'), '');
    vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env['PATH']}`);
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it('may take its time while it lives, and is given up once it gives no sign of that', async () => {
    const life = [say({ progress: 'Installing' }), ...Array(6).fill(`sleep 0.2; ${say({ alive: true })}`)];
    ssh(...life, say({ answer: {} }), 'exec sleep 60');
    const setUp = new HostSetUp(plainHost('box'), folder, { lifeMs: 900 });
    const heard: object[] = [];
    const news = (said: object) => heard.push(said);
    try {
      expect(await setUp.call('environment', {}, { news })).toEqual({});
      expect(heard).toEqual([{ progress: 'Installing' }]);
      await expect(setUp.call('environment', {}, { news })).rejects.toMatchObject({
        problem: { code: 'host_silent', message: expect.stringContaining('gave no sign of life') },
      });
    } finally {
      await setUp.close();
    }
  });

  it('says of a program that is named as Python and is none what it is', async () => {
    ssh("echo 'merge-lab-found /bin/ls: ls (GNU coreutils) 9.1' >&2", 'exit 70');
    const setUp = new HostSetUp({ ...plainHost('box'), python: '/bin/ls' }, folder);
    await expect(setUp.call('look', {})).rejects.toMatchObject({
      problem: {
        code: 'host_python_missing',
        message: '/bin/ls on box is no Python: asked for its version, it says "ls (GNU coreutils) 9.1".',
      },
    });
    await setUp.close();
  });
});
