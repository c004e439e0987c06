import { EventEmitter } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { main } from '../../cli/program.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-cancel-'));
const file = path.join(folder, 'x.mergelab.yaml');
const started = path.join(folder, 'started');
const EXPERIMENT = `version: 1
base: b
experts: {p: e}
evaluation: {data: p.txt}
`;

describe.skipIf(process.platform === 'win32')('Ctrl-C while a host is connected to', () => {
  beforeAll(() => {
    writeFileSync(file, EXPERIMENT);
    writeFileSync(path.join(folder, 'p.txt'), 'text');
    writeFileSync(path.join(folder, 'ssh'), `#!/bin/sh\necho > '${started}'\nexec sleep 60\n`, {
      mode: 0o755,
    });
    vi.stubEnv('PATH', `${folder}${path.delimiter}${process.env['PATH']}`);
    vi.stubEnv('MERGE_LAB_HOME', path.join(folder, 'home'));
  });
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it.each(['run', 'attach'])('ends %s at once, as interrupted', async (command) => {
    rmSync(started, { force: true });
    const stdout = new PassThrough();
    const stderr = new PassThrough();
    const own = Object.assign(new EventEmitter(), { stdout, stderr, env: process.env });
    const code = main([command, file, '--on', 'box'], own as unknown as NodeJS.Process);
    await Promise.race([code, vi.waitFor(() => expect(existsSync(started)).toBe(true), 10_000)]);
    const begun = performance.now();
    own.emit('SIGINT');
    expect(await code, String(stderr.read())).toBe(130);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
