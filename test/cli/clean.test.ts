import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, expect, it, vi } from 'vitest';
import type { Context } from '../../cli/command.ts';
import { clean } from '../../cli/commands/clean.ts';
import { styleFor } from '../../cli/terminal/style.ts';

const home = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-clean-'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true });
});

it('a program is told what would go, and nothing goes before it agrees', async () => {
  const old = path.join(home, 'environments', 'agent-0.0.1');
  mkdirSync(old, { recursive: true });
  writeFileSync(path.join(old, 'x'), 'x'.repeat(100));
  vi.stubEnv('MERGE_LAB_HOME', home);
  const asked = async (yes: boolean) => {
    const [out, err] = [new PassThrough(), new PassThrough()];
    const style = styleFor({}, {});
    const io = { out, err, env: {}, style, errStyle: style, columns: 80 };
    const context = { io, signal: new AbortController().signal } as unknown as Context;
    expect(await clean(context, undefined, { json: true, yes })).toBe(0);
    return JSON.parse(String(out.read()));
  };
  const leftovers = [{ name: old, bytes: 100, in_use: false }];
  expect(await asked(false)).toEqual({ freed_bytes: 0, leftovers });
  expect(existsSync(old)).toBe(true);
  expect(await asked(true)).toEqual({ freed_bytes: 100, leftovers });
  expect(existsSync(old)).toBe(false);
});
