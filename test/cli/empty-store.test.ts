import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, it, vi } from 'vitest';
import type { Context } from '../../cli/command.ts';
import { Interrupts } from '../../cli/terminal/interrupts.ts';
import { styleFor } from '../../cli/terminal/style.ts';
import { withSession } from '../../cli/with-session.ts';
import { TINY } from '../runner/tiny-world.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-empty-'));
vi.stubEnv('MERGE_LAB_HOME', path.join(folder, 'home'));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('what ends before anything is kept leaves no folder of a host; what is kept stays', async () => {
  const file = path.join(folder, 'tiny.mergelab.yaml');
  writeFileSync(file, TINY);
  const err = { write: () => true };
  const style = styleFor({}, { NO_COLOR: '1' });
  const context = {
    io: { err, out: err, env: {}, style, errStyle: style, columns: 80 },
    signal: new AbortController().signal,
    interrupts: new Interrupts(),
  } as unknown as Context;
  const stores: string[] = [];
  const failing = withSession(context, file, { on: 'nowhere' }, async ({ store }) => {
    stores.push(store);
    expect(existsSync(store)).toBe(true);
    throw new Error('It has no such name.');
  });
  await expect(failing).rejects.toThrow('It has no such name.');
  await withSession(context, file, { on: 'somewhere' }, async ({ store }) => {
    writeFileSync(path.join(store, 'kept'), '');
    return 0;
  });
  expect(stores.map((store) => path.basename(store))).toEqual(['nowhere']);
  expect(readdirSync(path.join(folder, '.mergelab')).sort()).toEqual(['.gitignore', 'somewhere']);
});
