import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../core/problem.ts';
import type { PlanId } from '../../core/store/format.ts';
import type { HostLink } from '../../runner/hosts/host-link.ts';
import { SshTarget } from '../../runner/hosts/ssh-target.ts';
import { isAskedToStop } from '../../runner/run-folders.ts';

const store = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-stop-'));
afterAll(() => rmSync(store, { recursive: true }));

function targetWhere(code: string): SshTarget {
  const problem = new ProblemError({ code, message: 'It did not hear.', fix: 'Try again.' });
  const fails = () => Promise.reject(problem);
  const link = {
    place: async () => ({ store: '/there' }),
    request: fails,
    agent: fails,
    dispose: async () => {},
  };
  return new SshTarget(link as unknown as HostLink);
}

describe('a wish to stop a run on a host', () => {
  it('is kept where the host does not hear it, and whoever does not wait for it is told', async () => {
    await expect(targetWhere('host_unreachable').stop(store, 'r1', false)).rejects.toThrow('did not hear');
    expect(isAskedToStop(store, 'r1')).toBe(true);
  });

  it.each([
    ['host_unreachable', true],
    ['store_not_writable', false],
  ])('is carried by the copy that is kept where it failed by %s: %s', async (code, isCarried) => {
    const target = targetWhere(code);
    const away = Promise.withResolvers<void>();
    using keeping = target.follow(store, 'p' as PlanId, () => away.resolve());
    await Promise.race([away.promise, keeping.broken.catch(() => {})]);
    const stopped = target.stop(store, 'r1', true).then(
      () => true,
      () => false,
    );
    expect(await stopped).toBe(isCarried);
    await target.dispose();
  });
});
