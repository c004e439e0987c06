/** Real Python and pip: what no stand-in can show. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { findPython } from '../../runner/python.ts';
import { runModule } from '../../runner/setup/leash.mjs';
import { gone } from './stand-in-python.ts';

const leash = path.join(import.meta.dirname, '../../runner/setup/leash.mjs');

it('runs a module as -m does, with its arguments and its exit code', async () => {
  const good = await runModule(findPython(), 'json.tool', ['--help'], {});
  expect(good).toMatchObject({ code: 0, killedBy: null });
  expect(good.output).toContain('json.tool');
  expect(await runModule(findPython(), 'json.tool', ['/no/such/file'], {})).toMatchObject({ code: 2 });
  expect((await runModule(findPython(), 'no_such_module', [], {})).output).toContain('no_such_module');
});

it('a program on a leash ends with its parent, however that dies, and all that it started', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-leash-'));
  const file = path.join(folder, 'pids');
  // timeit runs a statement: here one that starts a child and never ends.
  const statement = `
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
open(${JSON.stringify(`${file}.new`)}, "w").write(f"{os.getpid()} {child.pid}")
os.rename(${JSON.stringify(`${file}.new`)}, ${JSON.stringify(file)})
time.sleep(600)`;
  const script = `
    import { runModule } from ${JSON.stringify(leash)};
    await runModule(${JSON.stringify(findPython())}, 'timeit', ['-n', '1', '-r', '1', ${JSON.stringify(statement)}], {});`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
  try {
    while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20));
    const pids = readFileSync(file, 'utf8').split(' ').map(Number);
    expect(pids).toHaveLength(2);
    parent.kill('SIGKILL');
    await gone(pids);
  } finally {
    parent.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  }
});
