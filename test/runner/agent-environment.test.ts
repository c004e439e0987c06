import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Problem } from '../../core/problem.ts';
import { ProblemError } from '../../core/problem.ts';
import {
  findAgentPython,
  managedFolder,
  removeAgentEnvironment,
  type SetUpOptions,
  type SetUpProgress,
  setUpAgent,
} from '../../runner/agent-environment.ts';
import { findPython } from '../../runner/python.ts';
import { gone, StandInMachine } from './stand-in-python.ts';

const made: StandInMachine[] = [];
const linux = process.platform === 'linux';

function machine(parent?: string): StandInMachine {
  const fresh = new StandInMachine(parent);
  made.push(fresh);
  return fresh;
}

afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});

async function problemOf(options: SetUpOptions): Promise<Problem> {
  const error = await setUpAgent(options).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ProblemError);
  return (error as ProblemError).problem;
}

/** In an environment that names none, away from any checkout. */
function found({ home }: StandInMachine): string | null {
  return findAgentPython({ home, env: {}, checkout: null }).python;
}

describe.skipIf(process.platform === 'win32')('the managed environment', () => {
  it('is made from the sources, which stay as they are, and found from then on', async () => {
    const world = machine();
    const before = readdirSync(world.source, { recursive: true });
    const { python } = await setUpAgent(world.options());
    const folder = path.join(world.home, 'environments', 'agent-0.1.0');
    expect(python).toBe(path.join(folder, 'bin', 'python'));
    expect(findAgentPython({ home: world.home, env: {}, checkout: null })).toEqual({
      kind: 'managed',
      python,
    });
    const calls = world.calls();
    expect(calls.filter((call) => call.includes(' -e '))).toEqual([]);
    expect(
      calls.filter((call) => call.includes('pip install')).map((call) => call.split(' ').at(-1)),
    ).toEqual([linux ? 'torch==2.13.0+cpu' : 'torch==2.13.0', `${folder}.source`]);
    expect(readdirSync(world.source, { recursive: true })).toEqual(before);
    expect(readdirSync(path.dirname(folder)).sort()).toEqual(['agent-0.1.0', 'agent-0.1.0.log']);
  });

  it('is left alone while it works, and made from new sources when they change', async () => {
    const world = machine();
    await setUpAgent(world.options());
    world.calls();
    await setUpAgent(world.options());
    expect(world.installed()).toEqual([]);
    writeFileSync(path.join(world.source, 'merge_lab_agent', 'new.py'), '');
    await setUpAgent(world.options());
    expect(world.installed()).toHaveLength(2);
  });

  it('is made anew where it stopped working', async () => {
    const world = machine();
    const { python } = await setUpAgent(world.options());
    world.calls();
    writeFileSync(python, `#!${process.execPath}\nprocess.exit(1);\n`);
    await setUpAgent(world.options());
    expect(world.installed()).toHaveLength(2);
    expect(readFileSync(python, 'utf8')).toContain('Stands for a Python');
  });

  it('is made anew with another Python where one is chosen', async () => {
    const world = machine();
    await setUpAgent(world.options());
    const other = world.python('another-python');
    world.calls();
    await setUpAgent({ ...world.options(), python: other });
    expect(world.installed()).toHaveLength(2);
    await setUpAgent({ ...world.options(), python: other });
    expect(world.installed()).toEqual([]);
  });

  it('tells where it is, never going back', async () => {
    const world = machine();
    const seen: SetUpProgress[] = [];
    await setUpAgent({ ...world.options(), onProgress: (progress) => seen.push(progress) });
    const shares = seen.map(({ share }) => share ?? -1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[0]).toBe(0);
    expect(shares.at(-1)).toBeCloseTo(0.92);
    expect([...new Set(seen.map(({ step }) => step))]).toEqual([
      'Looking for Python',
      'Making a Python environment',
      'Fetching PyTorch (about 200 MB)',
      'Fetching the agent (about 50 MB)',
      'Starting it once',
    ]);
  });

  it('is set up once by two windows: the second waits, and finds it', async () => {
    const world = machine();
    const waiting: SetUpProgress[] = [];
    const [first, second] = await Promise.all([
      setUpAgent(world.options()),
      setUpAgent({ ...world.options(), onProgress: (progress) => waiting.push(progress) }),
    ]);
    expect(first).toEqual(second);
    expect(world.installed()).toHaveLength(2);
    expect(waiting[0]).toEqual({
      step: 'Waiting for another window that sets up the agent',
      share: null,
      detail: '',
    });
  });

  it('does not wait for a window that died', async () => {
    const world = machine();
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    const folder = managedFolder(world.home);
    mkdirSync(path.dirname(folder), { recursive: true });
    writeFileSync(`${folder}.lock`, JSON.stringify({ pid: dead, host: os.hostname() }));
    await setUpAgent(world.options());
    expect(existsSync(`${folder}.lock`)).toBe(false);
  });
});

describe.skipIf(process.platform === 'win32')('a set-up that is stopped', () => {
  it.each(['hang', 'hang-at-agent'])('%s: ends every process, and the next one works', async (wrong) => {
    const world = machine();
    const abort = new AbortController();
    const stopped = problemOf({ ...world.options(wrong), signal: abort.signal });
    const pids = await world.hanging();
    abort.abort();
    expect(await stopped).toMatchObject({ code: 'cancelled' });
    await gone(pids);
    expect(found(world)).toBeNull();
    expect(readdirSync(path.dirname(managedFolder(world.home)))).toEqual(['agent-0.1.0.log']);
    world.calls();
    const { python } = await setUpAgent(world.options());
    expect(world.installed()).toHaveLength(2);
    expect(found(world)).toBe(python);
  });

  it('before it began, or while it waits', async () => {
    const world = machine();
    expect(await problemOf({ ...world.options(), signal: AbortSignal.abort() })).toMatchObject({
      code: 'cancelled',
    });
    expect(world.calls()).toEqual([]);
    const abort = new AbortController();
    const first = problemOf({ ...world.options('hang'), signal: abort.signal });
    const pids = await world.hanging();
    const impatient = new AbortController();
    const second = problemOf({
      ...world.options(),
      signal: impatient.signal,
      onProgress: () => impatient.abort(),
    });
    expect(await second).toMatchObject({ code: 'cancelled' });
    abort.abort();
    await first;
    await gone(pids);
  });

  it('by the death of its window is not trusted by the next one', async () => {
    const world = machine();
    const folder = managedFolder(world.home);
    const { env, home, agentSource } = world.options('hang');
    const script = `
      import { setUpAgent } from ${JSON.stringify(path.join(import.meta.dirname, '../../runner/agent-environment.ts'))};
      await setUpAgent(${JSON.stringify({ env, home, agentSource })});`;
    const window = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    const pids = await world.hanging();
    window.kill('SIGKILL');
    await gone([window.pid ?? 0]);
    expect(found(world)).toBeNull();
    expect(existsSync(path.join(folder, '.at-work'))).toBe(true);
    await setUpAgent(world.options());
    expect(found(world)).not.toBeNull();
    // A real Python would have ended with its window; the stand-in knows no leash.
    for (const pid of pids) process.kill(pid, 'SIGKILL');
  });
});

describe.skipIf(process.platform === 'win32')('a set-up that cannot be', () => {
  it.each([
    ['old', 'python_too_old', /needs Python 3\.10 or newer; this system has 3\.9/, /mergeLab\.python/],
    ['no-venv', 'venv_missing', /no working venv module/, /apt install python3-venv/],
    ['no-network', 'network_unreachable', /network did not answer: PyTorch/, /in pip's own settings/],
    ['no-wheel', 'build_missing', /no build of torch==2\.13\.0 for this Python/, /mergeLab\.python/],
    ['wrong-wheel', 'wheel_unsupported', /was built for another Python/, /MERGE_LAB_TORCH/],
    ['disk-full', 'disk_full', /disk is full: PyTorch/, /Free about 3 GB where .*agent-0\.1\.0 lies/],
    [
      'broken-torch',
      'environment_broken',
      /installed but does not start: .*static TLS/,
      /set up the agent again/,
    ],
    ['agent-fails', 'set_up_failed', /could not be installed: ERROR: something nobody/, /agent-0\.1\.0\.log/],
  ])('%s: says so, and what to do, without words of a checkout', async (wrong, code, message, fix) => {
    const world = machine();
    const problem = await problemOf(world.options(wrong));
    expect(problem.code).toBe(code);
    expect(problem.message).toMatch(message);
    expect(problem.fix).toMatch(fix);
    expect(problem.fix).not.toMatch(/npm|\.venv|clone/);
    expect(found(world)).toBeNull();
    await setUpAgent(world.options());
    expect(found(world)).not.toBeNull();
  });

  it('has a Python by name that does not run, a home that is a file, no sources', async () => {
    const world = machine();
    expect(await problemOf({ ...world.options(), python: '/no/such/python' })).toMatchObject({
      code: 'python_missing',
      message: 'The Python that was chosen, /no/such/python, does not run.',
    });
    const file = path.join(world.folder, 'file');
    writeFileSync(file, '');
    expect(await problemOf({ ...world.options(), home: file })).toMatchObject({ code: 'not_writable' });
    expect(await problemOf({ ...world.options(), agentSource: world.home })).toMatchObject({
      code: 'agent_source_missing',
    });
  });

  it.runIf(process.getuid?.() === 0 && linux)(
    'has a disk too small: known before anything starts',
    async () => {
      const mount = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-disk-'));
      if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', mount]).status !== 0)
        return rmSync(mount, { recursive: true });
      try {
        const world = machine(mount);
        const problem = await problemOf(world.options());
        expect(problem).toMatchObject({ code: 'disk_full' });
        expect(problem.message).toMatch(/needs 2\.0 GB and 0\.1 GB are free/);
        expect(world.calls()).toEqual([]);
      } finally {
        for (const one of made.splice(0)) one.remove();
        spawnSync('umount', [mount]);
        rmSync(mount, { recursive: true });
      }
    },
  );
});

describe.skipIf(process.platform === 'win32')('removing', () => {
  it('frees what it says, with what an earlier removal left, and nothing is found any more', async () => {
    const world = machine();
    await setUpAgent(world.options());
    const folder = managedFolder(world.home);
    writeFileSync(path.join(folder, 'large'), Buffer.alloc(1_000_000));
    mkdirSync(`${folder}.removing-1-1`);
    writeFileSync(path.join(`${folder}.removing-1-1`, 'rest'), Buffer.alloc(500_000));
    const { freedBytes } = await removeAgentEnvironment(world.home);
    expect(freedBytes).toBeGreaterThan(1_500_000);
    expect(freedBytes).toBeLessThan(1_600_000);
    expect(found(world)).toBeNull();
    expect(readdirSync(path.dirname(folder))).toEqual([]);
    expect(await removeAgentEnvironment(world.home)).toEqual({ freedBytes: 0 });
  });

  it('leaves other versions alone unless all are meant', async () => {
    const world = machine();
    await setUpAgent(world.options());
    const parent = path.dirname(managedFolder(world.home));
    mkdirSync(path.join(parent, 'agent-0.0.9'));
    await removeAgentEnvironment(world.home);
    expect(readdirSync(parent)).toEqual(['agent-0.0.9']);
    await removeAgentEnvironment(world.home, { of: 'all' });
    expect(readdirSync(parent)).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('which Python is used', () => {
  it('named, MERGE_LAB_PYTHON, the checkout, the managed one, in this order', async () => {
    const world = machine();
    const { python: managed } = await setUpAgent(world.options());
    const checkout = path.join(world.folder, 'checkout');
    const own = path.join(checkout, '.venv', 'bin', 'python');
    mkdirSync(path.dirname(own), { recursive: true });
    writeFileSync(own, '');
    const env = { MERGE_LAB_PYTHON: '/by/env' };
    const { home } = world;
    expect(findAgentPython({ named: '/named', env, home, checkout })).toEqual({
      kind: 'named',
      python: '/named',
    });
    expect(findAgentPython({ named: '', env, home, checkout })).toEqual({ kind: 'env', python: '/by/env' });
    expect(findAgentPython({ named: null, env: {}, home, checkout })).toEqual({
      kind: 'checkout',
      python: own,
    });
    expect(findAgentPython({ env: { MERGE_LAB_PYTHON: own }, home, checkout })).toEqual({
      kind: 'checkout',
      python: own,
    });
    rmSync(own);
    expect(findAgentPython({ env: {}, home, checkout })).toEqual({ kind: 'managed', python: managed });
    expect(findAgentPython({ env: { MERGE_LAB_HOME: home }, checkout: null })).toEqual({
      kind: 'managed',
      python: managed,
    });
    renameSync(path.join(managedFolder(home), 'merge-lab.json'), path.join(world.folder, 'stamp'));
    expect(findAgentPython({ env: {}, home, checkout })).toEqual({ kind: 'none', python: null });
  });

  it('one that is named wrongly is told, never replaced', () => {
    expect(() => findPython('/no/such/python', {})).toThrow('There is no Python at /no/such/python.');
    expect(() => findPython(undefined, { MERGE_LAB_PYTHON: '/no/such' })).toThrow(
      'There is no Python at /no/such.',
    );
    expect(findPython('python3', {})).toBe('python3');
  });
});
