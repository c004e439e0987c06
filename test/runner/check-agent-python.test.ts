import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAgentPython } from '../../runner/agent-environment.ts';
import { findPython } from '../../runner/python.ts';
import { gone } from './stand-in-python.ts';

const agent = '__version__ = "0.1.0"\nPROTOCOL = 1\n';
const one = 'class _One:\n    def sum(self): return self\n    def item(self): return 2\n';
const torch = `__version__ = "2.0"\n${one}def ones(n): return _One()\n`;

let folder: string;
/** A real Python with nothing installed. */
let bare: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-check-'));
  const environment = path.join(folder, 'bare');
  expect(spawnSync(findPython(), ['-m', 'venv', '--without-pip', environment]).status).toBe(0);
  bare = path.join(
    environment,
    ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']),
  );
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Packages by name, each with the text of its module; what it answers when the bare Python sees them. */
async function check(packages: Readonly<Record<string, string>>, timeoutMs?: number) {
  const place = mkdtempSync(path.join(folder, 'packages-'));
  for (const [name, text] of Object.entries(packages)) {
    mkdirSync(path.join(place, name));
    writeFileSync(path.join(place, name, '__init__.py'), text);
  }
  return checkAgentPython(bare, {
    env: { ...process.env, PYTHONPATH: place },
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

function wrong(code: string, message: RegExp) {
  const problem = expect.objectContaining({
    code,
    message: expect.stringMatching(message),
    fix: expect.stringMatching(/\S/),
  });
  return { ok: false, problem };
}

describe('a check of a Python', () => {
  it('says what a good one has', async () => {
    const checked = await checkAgentPython(findPython());
    expect(checked).toMatchObject({ ok: true, versions: { agent: '0.1.0', protocol: 1 } });
    expect(checked.ok && checked.versions.torch).toMatch(/^2\./);
  });

  it('tells a missing one from a program that is no Python', async () => {
    expect(await checkAgentPython('/no/such/python')).toEqual(
      wrong('python_missing', /^There is no Python at \/no\/such\/python\.$/),
    );
    expect(await checkAgentPython('no\0such')).toEqual(wrong('python_missing', /cannot be started/));
    expect(await checkAgentPython(process.execPath)).toEqual(
      wrong('python_broken', /does not work as a Python/),
    );
  });

  it.skipIf(process.platform === 'win32')('tells one that is too old', async () => {
    const old = path.join(folder, 'old-python');
    const stage = '{"stage": "python", "version": "3.9.18"}';
    writeFileSync(old, `#!${process.execPath}\nconsole.log('\\nmerge-lab-check ${stage}');\n`);
    chmodSync(old, 0o755);
    expect(await checkAgentPython(old)).toEqual(
      wrong('python_too_old', /needs Python 3\.10 or newer; .* is 3\.9\.18\.$/),
    );
  });

  it('tells what is missing, of another version, or broken', async () => {
    expect(await check({})).toEqual(wrong('agent_missing', /does not have the agent\.$/));
    expect(
      await check({
        merge_lab_agent: '__version__ = "0.0.9"\nPROTOCOL = 1\n',
        torch,
        transformers: '__version__ = "5"',
      }),
    ).toEqual(
      wrong(
        'agent_other_version',
        /has version 0\.0\.9 of the agent; this Model Merge Lab works with 0\.1\.0\.$/,
      ),
    );
    expect(
      await check({
        merge_lab_agent: '__version__ = "0.1.0"\nPROTOCOL = 7\n',
        torch,
        transformers: '__version__ = "5"',
      }),
    ).toEqual(wrong('agent_other_version', /speaks protocol 7/));
    expect(await check({ merge_lab_agent: agent })).toEqual(
      wrong('torch_missing', /does not have PyTorch\.$/),
    );
    expect(
      await check({ merge_lab_agent: agent, torch: 'raise ImportError("libtorch: wrong\\nELF class")' }),
    ).toEqual(wrong('torch_broken', /cannot load PyTorch: ImportError: libtorch: wrong$/));
    expect(await check({ merge_lab_agent: agent, torch: 'import no_such_part' })).toEqual(
      wrong('torch_broken', /ModuleNotFoundError: No module named 'no_such_part'$/),
    );
    expect(await check({ merge_lab_agent: agent, torch })).toEqual(
      wrong('transformers_missing', /transformers\.$/),
    );
    expect(
      await check({ merge_lab_agent: agent, torch, transformers: 'print("noise")\n__version__ = "5.0"' }),
    ).toMatchObject({
      ok: true,
      versions: { torch: '2.0', transformers: '5.0' },
    });
  });

  it.skipIf(process.platform === 'win32')(
    'tells one that crashes from one that runs out of memory',
    async () => {
      const dies = (name: string) => `import os, signal; os.kill(os.getpid(), signal.${name})`;
      expect(await check({ merge_lab_agent: agent, torch: dies('SIGILL') })).toEqual(
        wrong('torch_broken', /crashed \(SIGILL\) while it loaded PyTorch\.$/),
      );
      for (const text of [dies('SIGKILL'), 'raise MemoryError()', 'raise RuntimeError("std::bad_alloc")'])
        expect(await check({ merge_lab_agent: agent, torch: text })).toEqual(
          wrong('out_of_memory', /while it loaded PyTorch, most likely because memory ran out\.$/),
        );
    },
  );

  it('ends one that hangs, with what it started', async () => {
    const file = path.join(folder, 'hanging');
    const hangs = `
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(${JSON.stringify(file)}, "w").write(f"{os.getpid()} {child.pid}")
time.sleep(600)`;
    expect(await check({ merge_lab_agent: agent, torch: hangs }, 5_000)).toEqual(
      wrong('python_hung', /did not load PyTorch within 5 s, and was ended\.$/),
    );
    const pids = readFileSync(file, 'utf8').split(' ').map(Number);
    await gone(pids);
  });

  it('can be stopped', async () => {
    const abort = new AbortController();
    const checking = checkAgentPython(bare, { signal: abort.signal });
    abort.abort();
    expect(await checking).toEqual(wrong('cancelled', /stopped/));
  });
});
