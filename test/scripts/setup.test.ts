import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Checkout } from './checkout.ts';

const root = process.getuid?.() === 0;
const linux = process.platform === 'linux';
const made: Checkout[] = [];

function checkout(parent?: string): Checkout {
  const fresh = new Checkout(parent);
  made.push(fresh);
  return fresh;
}

/** With an npm and a Python that do what they are asked. */
function ready(): Checkout {
  const fresh = checkout();
  fresh.goodNpm();
  fresh.python();
  return fresh;
}

afterEach(() => {
  for (const one of made.splice(0)) one.remove();
});

/** The last two lines of standard error: what happened, what to do. */
function sentences(err: string): [string, string] {
  const lines = err.trimEnd().split('\n');
  return [lines.at(-2) ?? '', lines.at(-1) ?? ''];
}

describe.skipIf(process.platform === 'win32')('set-up', () => {
  it('installs, then runs the command; only its answer is on standard output', () => {
    const fresh = ready();
    const { code, out, err } = fresh.run(['merge-lab', 'law', 'points.csv', '--json']);
    expect(err).toContain('the node packages: done');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      args: ['law', 'points.csv', '--json'],
      python: path.join(fresh.folder, '.venv', 'bin', 'python'),
    });
    const calls = fresh.calls();
    expect(calls[0]).toBe('npm ci --ignore-scripts --no-audit --no-fund');
    expect(
      calls.filter((call) => call.includes('pip install')).map((call) => call.split(' ').at(-1)),
    ).toEqual([linux ? 'torch==2.13.0+cpu' : 'torch==2.13.0', path.join(fresh.folder, 'agent')]);
  });

  it('does nothing at a second start, and only the step whose input changed at a third', () => {
    const fresh = ready();
    fresh.run(['merge-lab']);
    fresh.calls();
    expect(fresh.run(['merge-lab'])).toMatchObject({ code: 0, err: '' });
    expect(fresh.calls()).toEqual([]);

    appendFileSync(path.join(fresh.folder, 'agent', 'pyproject.toml'), '\n# a new dependency\n');
    fresh.run(['merge-lab']);
    const calls = fresh.calls();
    expect(calls.some((call) => call.includes('pip install'))).toBe(true);
    expect(calls.some((call) => call.startsWith('npm'))).toBe(false);

    appendFileSync(path.join(fresh.folder, 'package-lock.json'), '\n');
    fresh.run(['merge-lab']);
    expect(fresh.calls().every((call) => call.startsWith('npm'))).toBe(true);
  });

  it('goes on where it failed', () => {
    const fresh = ready();
    expect(fresh.run(['merge-lab'], { FAKE_PYTHON: 'disk-full' }).code).toBe(1);
    fresh.calls();
    expect(fresh.run(['merge-lab']).code).toBe(0);
    expect(fresh.calls().some((call) => call.startsWith('npm'))).toBe(false);
  });

  it('makes an environment anew that was left half made', () => {
    const fresh = ready();
    fresh.run(['merge-lab']);
    rmSync(path.join(fresh.folder, '.venv', 'bin', 'python'));
    fresh.calls();
    expect(fresh.run(['merge-lab']).code).toBe(0);
    expect(fresh.calls().some((call) => call.startsWith('python -m venv'))).toBe(true);
  });

  it('knows an environment for running from one for testing', () => {
    const fresh = ready();
    fresh.run(['merge-lab']);
    fresh.calls();
    fresh.run(['lint']);
    expect(fresh.calls().some((call) => call.endsWith(`${path.join(fresh.folder, 'agent')}[test]`))).toBe(
      true,
    );
    fresh.run(['merge-lab']);
    expect(fresh.calls()).toEqual([]);
  });

  it('refuses a command that does not exist, before any work', () => {
    const fresh = ready();
    const { code, err } = fresh.run(['tset']);
    expect(code).toBe(2);
    expect(err).toContain('"tset"');
    expect(err).toContain('test:quick');
    expect(fresh.calls()).toEqual([]);
  });
});

describe.skipIf(process.platform === 'win32')('the build of PyTorch', () => {
  const torch = (fresh: Checkout): string[] =>
    fresh.calls().flatMap((call) => call.match(/torch\S*$/)?.[0] ?? []);

  it.runIf(linux)(
    "is without CUDA where there is no GPU and pip's sources have it, else the plain one, and said",
    () => {
      const fresh = ready();
      const { err } = fresh.run(['merge-lab'], { FAKE_PYTHON: 'no-cpu-wheel' });
      expect(torch(fresh)).toEqual(['torch==2.13.0+cpu', 'torch==2.13.0']);
      expect(err).toContain('taking the plain one');
      const other = ready();
      other.run(['merge-lab']);
      expect(torch(other)).toEqual(['torch==2.13.0+cpu']);
    },
  );

  it('is the plain one where there is a GPU', () => {
    const fresh = ready();
    fresh.program('nvidia-smi', 'process.stdout.write("GPU 0: NVIDIA H100\\n");');
    fresh.run(['merge-lab']);
    expect(torch(fresh)).toEqual(['torch==2.13.0']);
  });

  it('is what MERGE_LAB_TORCH says', () => {
    const fresh = ready();
    fresh.run(['merge-lab'], { MERGE_LAB_TORCH: 'torch>=2.4' });
    expect(torch(fresh)).toEqual(['torch>=2.4']);
  });
});

describe.skipIf(process.platform === 'win32')('a set-up that cannot be', () => {
  it.each([
    ['old', /needs Python 3\.10 or newer; this system has 3\.9/, /MERGE_LAB_PYTHON/],
    ['no-network', /network did not answer/, /Check the connection/],
    ['no-wheel', /no build of torch==2\.13\.0 for this Python/, /MERGE_LAB_TORCH/],
    [
      'wrong-wheel',
      /torch-2\.13\.0-cp39-cp39-win_amd64\.whl was built for another Python/,
      /MERGE_LAB_TORCH/,
    ],
    ['disk-full', /disk is full/, /Free about 3 GB/],
    ['broken-torch', /installed but does not start: .*static TLS/, /remove the folder \.venv/],
    ['agent-fails', /could not be installed: ERROR: something nobody has seen before/, /setup\.log/],
  ])('%s: says so in a sentence, and what to do', (wrong, sentence, fix) => {
    const fresh = ready();
    const { code, err, out } = fresh.run(['merge-lab'], { FAKE_PYTHON: wrong });
    expect(code).toBe(1);
    expect(out).toBe('');
    expect(sentences(err)[0]).toMatch(sentence);
    expect(sentences(err)[1]).toMatch(fix);
    expect(err).not.toMatch(/^\s+at .*\.mjs/m);
  });

  it.runIf(linux)('does not ask a second source where there is no network', () => {
    const fresh = ready();
    fresh.run(['merge-lab'], { FAKE_PYTHON: 'no-network' });
    expect(fresh.calls().filter((call) => call.includes('pip install'))).toHaveLength(1);
  });

  it('has no Python at all, or a wrong one by name', () => {
    const fresh = checkout();
    fresh.goodNpm();
    expect(sentences(fresh.run(['merge-lab']).err)[0]).toMatch(/Python 3\.10 or newer; none was found/);
    const { err } = fresh.run(['merge-lab'], { MERGE_LAB_PYTHON: '/no/such/python' });
    expect(sentences(err)[0]).toMatch(/MERGE_LAB_PYTHON names \/no\/such\/python, which does not run/);
  });

  it('has no npm, or one without network or disk', () => {
    const fresh = checkout();
    fresh.python();
    fresh.npm(`console.error('npm error code EAI_AGAIN\\nnpm error request failed'); process.exit(1);`);
    expect(sentences(fresh.run(['merge-lab']).err)[0]).toMatch(/network did not answer: the node packages/);
    fresh.npm(`console.error('npm error code ENOSPC'); process.exit(1);`);
    expect(sentences(fresh.run(['merge-lab']).err)[0]).toMatch(/disk is full: the node packages/);
  });

  it.runIf(root && linux)('has a Python without venv: Debian as root adds it, and says so', () => {
    const fresh = ready();
    expect(sentences(fresh.run(['merge-lab'], { FAKE_PYTHON: 'no-venv' }).err)[0]).toMatch(
      /no working venv module/,
    );
    const done = path.join(fresh.folder, 'apt-done');
    fresh.program(
      'apt-get',
      `import fs from 'node:fs'; fs.writeFileSync(process.env.FAKE_APT_DONE, process.argv.slice(2).join(' '));`,
    );
    const { code, err } = fresh.run(['merge-lab'], { FAKE_PYTHON: 'no-venv', FAKE_APT_DONE: done });
    if (existsSync('/etc/debian_version')) {
      expect(code).toBe(0);
      expect(err).toContain('apt-get install python3-venv');
      expect(readFileSync(done, 'utf8')).toMatch(/^install .*python3-venv$/);
    } else {
      expect(code).toBe(1);
    }
  });

  it.runIf(root && linux)('has a disk too small: known before anything is downloaded', () => {
    const mount = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-disk-'));
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', mount]);
    if (mounted.status !== 0) return rmSync(mount, { recursive: true });
    try {
      const fresh = checkout(mount);
      fresh.goodNpm();
      fresh.python();
      const { code, err } = fresh.run(['merge-lab']);
      expect(code).toBe(1);
      expect(sentences(err)[0]).toMatch(/disk is full: this step needs 0\.2 GB and 0\.\d GB are free/);
      expect(fresh.calls()).toEqual([]);
    } finally {
      spawnSync('umount', [mount]);
      rmSync(mount, { recursive: true });
    }
  });
});

describe('the closing line', () => {
  /** Runs made-up checks with the real `runChecks`; a number is an exit code, an object the totals of a test runner. */
  type Result = number | { passed: number; failed: number; skipped: number };
  function close(results: readonly (Result | readonly Result[])[]): {
    code: number | null;
    last: string;
    out: string;
  } {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-checks-'));
    const file = path.join(folder, 'checks.mjs');
    const checks = new URL('../../scripts/checks.mjs', import.meta.url).href;
    writeFileSync(
      file,
      `import { runChecks } from ${JSON.stringify(checks)};
       let i = 0;
       const check = (result) => Array.isArray(result) ? result.map(check) : ({
         name: 'check ' + i++, program: 'node',
         args: () => ['-e', 'process.exit(' + (typeof result === 'number' ? result : result.failed > 0 ? 1 : 0) + ')'],
         ...(typeof result === 'number' ? {} : { totals: () => result }),
       });
       const list = ${JSON.stringify(results)}.map(check);
       process.exitCode = await runChecks({ root: ${JSON.stringify(folder)}, node: process.execPath, python: '', mergekit: '' }, list);`,
    );
    const ended = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    rmSync(folder, { recursive: true });
    return { code: ended.status, last: ended.stdout.trimEnd().split('\n').at(-1) ?? '', out: ended.stdout };
  }

  it('adds up checks that run side by side, each with its own words', () => {
    const { code, last, out } = close([[{ passed: 5, failed: 0, skipped: 0 }, 1], 0]);
    expect([code, last]).toEqual([1, '6 passed, 1 failed']);
    expect(out).toMatch(/== check 0\n[\s\S]*== check 1\n/);
  });

  it('adds up checks and test runners, and all run though one fails', () => {
    expect(close([0, { passed: 40, failed: 0, skipped: 2 }, 0])).toMatchObject({
      code: 0,
      last: '42 passed, 0 failed, 2 skipped',
    });
    const { code, last, out } = close([1, { passed: 7, failed: 3, skipped: 0 }, 0]);
    expect([code, last]).toEqual([1, '8 passed, 4 failed']);
    expect(out).toContain('failed: check 0, check 1');
  });
});
