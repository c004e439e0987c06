/** Each way in which a host cannot be used, with a real server that is like that. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Host, plainHost } from '../../core/hosts/host.ts';
import type { HostFacts } from '../../core/hosts/host-facts.ts';
import { ProblemError } from '../../core/problem.ts';
import { cleanHost } from '../../runner/hosts/clean-host.ts';
import { agentSourceFolder, type HostRelease, hostRelease } from '../../runner/hosts/host-release.ts';
import { HostSetUp } from '../../runner/hosts/host-set-up.ts';
import { lookAt, readyHost } from '../../runner/hosts/ready-host.ts';
import { findPython } from '../../runner/python.ts';
import { Sshd, type SshdOptions, whyNoSshd } from './sshd.ts';

describe.skipIf(whyNoSshd() !== null)('a host', () => {
  let sshd: Sshd;
  let release: HostRelease;
  const host = (fields: Partial<Host> = {}): Host => ({ ...plainHost(sshd.alias), ...fields });

  beforeAll(async () => {
    release = await hostRelease(agentSourceFolder());
    sshd = await Sshd.start();
  });
  afterAll(() => sshd.remove());
  beforeEach(() => {
    sshd.use();
    sshd.trust('host_key');
    sshd.admit(true);
    sshd.configure();
  });

  async function look(asked: Host, answerMs = 30_000): Promise<HostFacts> {
    const setUp = new HostSetUp(asked, release.folder, { answerMs });
    try {
      return await lookAt(setUp, asked, { release, signal: undefined });
    } finally {
      await setUp.close();
    }
  }

  const problem = (asked: Host = host(), answerMs?: number) => problemOf(look(asked, answerMs));

  async function on<T>(options: SshdOptions, use: (other: Sshd) => Promise<T>): Promise<T> {
    const other = await Sshd.start(options);
    other.use();
    try {
      return await use(other);
    } finally {
      await other.remove();
      sshd.use();
    }
  }

  it('is looked at without a change', async () => {
    const facts = await look(host());
    expect(facts).toMatchObject({
      directory: path.join(sshd.home, '.merge-lab'),
      source: null,
      environment: null,
    });
    expect(facts.free_bytes).toBeGreaterThan(0);
  });

  it('with a key that nobody saw yet is never taken by itself', async () => {
    sshd.trust(null);
    expect(await problem()).toMatchObject({ code: 'host_key_unknown' });
    sshd.configure('StrictHostKeyChecking yes');
    expect(await problem()).toMatchObject({ code: 'host_key_unknown' });
  });

  it('with another key than before is named as what it may be', async () => {
    sshd.trust('other_key');
    expect(await problem()).toMatchObject({ code: 'host_key_changed' });
  });

  it('that takes no key says so', async () => {
    sshd.admit(false);
    expect(await problem()).toMatchObject({ code: 'host_login_refused' });
  });

  it('that wants a password, or a second factor, is not waited for', async () => {
    await on({ server: ['PasswordAuthentication yes'] }, async (other) => {
      other.admit(false);
      expect(await problem()).toMatchObject({ code: 'host_password_wanted' });
    });
    const both = ['PasswordAuthentication yes', 'AuthenticationMethods publickey,password'];
    await on({ server: both }, async () => {
      expect(await problem()).toMatchObject({ code: 'host_second_factor' });
    });
  });

  it('that is not there, or does not listen, is told apart', async () => {
    sshd.configure('HostName nowhere.invalid');
    expect(await problem()).toMatchObject({ code: 'host_not_found' });
    sshd.configure('Port 1');
    expect(await problem()).toMatchObject({ code: 'host_refused' });
    sshd.configure('NoSuchOption yes');
    expect(await problem()).toMatchObject({ code: 'ssh_config_broken' });
  });

  it('without ssh on this machine is a matter of this machine', async () => {
    const before = process.env['PATH'];
    process.env['PATH'] = path.join(sshd.folder, 'empty');
    try {
      expect(await problem()).toMatchObject({ code: 'ssh_missing' });
    } finally {
      process.env['PATH'] = before;
    }
  });

  it('without Python, or with an old one, says what it needs', async () => {
    const bin = path.join(sshd.folder, 'tools');
    mkdirSync(bin);
    for (const name of ['sh', 'bash', 'head']) symlinkSync(`/bin/${name}`, path.join(bin, name));
    await on({ profile: `PATH='${bin}'` }, async () => {
      expect(await problem()).toMatchObject({ code: 'host_python_missing' });
      const old = path.join(bin, 'python3');
      writeFileSync(old, '#!/bin/sh\ncase $1 in --version) echo Python 3.8.10;; *) exit 1;; esac\n');
      chmodSync(old, 0o755);
      const told = await problem();
      expect(told).toMatchObject({ code: 'host_python_too_old' });
      expect(told?.message).toContain('Python 3.8.10');
    });
    const named = await problem(host({ python: '/none/python' }));
    expect(named).toMatchObject({ code: 'host_python_missing' });
    expect(named?.message).toContain('/none/python');
  });

  it('that cannot be written to says where', async () => {
    expect(await problem(host({ directory: '/proc/none' }))).toMatchObject({
      code: 'host_not_writable',
      message: expect.stringContaining('/proc/none'),
    });
  });

  it('whose login shell refuses, hangs or prints is told apart', async () => {
    await on({ profile: 'echo This account is currently not available.; exit 1' }, async () => {
      expect(await problem()).toMatchObject({ code: 'host_no_shell' });
    });
    await on({ profile: 'sleep 20' }, async () => {
      expect(await problem(host(), 1_500)).toMatchObject({ code: 'host_silent' });
    });
    const noise = 'i=0; while [ $i -lt 2000 ]; do echo "merge-lab-host not this line"; i=$((i+1)); done';
    await on({ profile: noise, shell: '/bin/sh' }, async (other) => {
      expect((await look(host())).directory).toBe(path.join(other.home, '.merge-lab'));
    });
  });

  for (const shell of ['/bin/dash', '/usr/bin/zsh', '/usr/bin/fish', '/bin/tcsh', '/bin/mksh'])
    it.skipIf(!existsSync(shell))(`with the login shell ${shell} takes any path`, async () => {
      await on({ shell }, async () => {
        const directory = path.join(sshd.folder, 'a b\'c"d`e$HOME é');
        expect((await look(host({ directory }))).directory).toBe(directory);
      });
    });

  /** Nobody was asked, since nothing could be made there. */
  const cannotBeMade = (asked: Host) => {
    const options = { home: path.join(sshd.folder, 'client'), release, isMeant: true };
    return problemOf(readyHost(asked, { ...options, agree: () => Promise.reject(new Error('asked')) }));
  };

  it('whose Python lacks a part that makes environments says which package has it', async () => {
    const bin = path.join(sshd.folder, 'without-venv');
    mkdirSync(bin);
    for (const name of ['sh', 'bash', 'head']) symlinkSync(`/bin/${name}`, path.join(bin, name));
    writeFileSync(path.join(bin, 'sitecustomize.py'), 'import sys\nsys.modules["ensurepip"] = None\n');
    const python = `#!/bin/sh\nPYTHONPATH='${bin}' exec '${findPython()}' "$@"\n`;
    writeFileSync(path.join(bin, 'python3'), python, { mode: 0o755 });
    await on({ profile: `PATH='${bin}'` }, async () => {
      const told = await cannotBeMade(host());
      expect(told).toMatchObject({ code: 'venv_missing', fix: expect.stringContaining('python3-venv') });
    });
  });

  it.skipIf(!mayMount()).each([
    ['on which nothing may be run', 'noexec', 'host_noexec'],
    ['that is small', 'size=1m', 'host_disk_full'],
  ])('with a file system %s is told where, before anything is made', async (_, option, code) => {
    const directory = path.join(sshd.folder, option);
    mkdirSync(directory);
    execFileSync('mount', ['-t', 'tmpfs', '-o', option, 'merge-lab', directory]);
    try {
      const told = await cannotBeMade(host({ directory }));
      expect(told).toMatchObject({ code, message: expect.stringContaining(directory) });
    } finally {
      execFileSync('umount', ['-l', directory]);
    }
  });

  it('is changed only after the user agreed', async () => {
    const asked: string[] = [];
    const home = path.join(sshd.folder, 'client');
    const agree = (answer: boolean) => async (question: { kind: string }) => {
      asked.push(question.kind);
      return answer;
    };
    const options = { home, release, isMeant: false };
    const refused = (more: object) => problemOf(readyHost(host(), { ...options, ...more }));
    expect(await refused({})).toMatchObject({ code: 'host_not_agreed' });
    expect(await refused({ agree: agree(false) })).toMatchObject({ code: 'host_not_agreed' });
    expect(asked).toEqual(['reach']);
    const named = host({ python: 'python3' });
    const facts = await look(named);
    if (facts.torch === null) {
      const noTorch = { ...options, isMeant: true, agree: agree(true) };
      expect(await problemOf(readyHost(named, noTorch))).toMatchObject({ code: 'host_torch_missing' });
    }
    expect((await look(host())).source).toBeNull();
  });

  it('is cleaned of what earlier versions left, after the user agreed, and of nothing else', async () => {
    const ours = path.join(sshd.home, '.merge-lab');
    for (const name of ['agent/0.0.1-old', 'environments/old', 'store/results']) {
      mkdirSync(path.join(ours, name), { recursive: true });
      writeFileSync(path.join(ours, name, 'file'), 'x'.repeat(1000));
    }
    const { signal } = new AbortController();
    const seen: unknown[] = [];
    const clean = (answer: boolean) =>
      cleanHost(
        sshd.alias,
        async (_, { store_bytes, leftovers }) => {
          seen.push([store_bytes, leftovers.map(({ name }) => name)]);
          return answer;
        },
        signal,
      );
    expect(await clean(false)).toBeNull();
    expect(await clean(true)).toEqual({
      removed: ['agent/0.0.1-old', 'environments/old'],
      freed_bytes: 2000,
    });
    expect(await clean(true)).toBeNull();
    expect(seen).toEqual([
      [1000, ['agent/0.0.1-old', 'environments/old']],
      [1000, ['agent/0.0.1-old', 'environments/old']],
      [1000, []],
    ]);
    expect(existsSync(path.join(ours, 'store', 'results', 'file'))).toBe(true);
    rmSync(ours, { recursive: true });
  });
});

/** As root on Linux, outside of most containers. */
function mayMount(): boolean {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-mount-'));
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'merge-lab', folder]).status === 0;
  if (isMounted) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return isMounted;
}

async function problemOf(work: Promise<unknown>) {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ProblemError) return error.problem;
  if (error) throw error;
  return null;
}
