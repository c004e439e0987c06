import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { lock } from '../../runner/setup/lock.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-locks-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('locks of one process', () => {
  it('are many without listening to its end many times, and are given back one by one', async () => {
    const before = process.listenerCount('exit');
    const files = [...Array(12).keys()].map((n) => path.join(folder, `${n}.lock`));
    const releases = await Promise.all(files.map((file) => lock(file, { onWait: () => {} })));
    expect(process.listenerCount('exit')).toBe(before + 1);
    releases[0]?.();
    expect(files.map((file) => existsSync(file))).toEqual(files.map((_, n) => n > 0));
    for (const release of releases) release();
    expect(readdirSync(folder)).toEqual([]);
    expect(process.listenerCount('exit')).toBe(before);
  });

  it('end with it', () => {
    const module = pathToFileURL(path.join(import.meta.dirname, '../../runner/setup/lock.mjs'));
    const script = `import { lock } from '${module}';
      for (const name of ['a', 'b']) await lock(process.argv[1] + name, { onWait() {} });
      process.exit(5);`;
    const ended = spawnSync(process.execPath, ['--input-type=module', '-e', script, folder + path.sep]);
    expect(ended.status, String(ended.stderr)).toBe(5);
    expect(readdirSync(folder)).toEqual([]);
  });
});
