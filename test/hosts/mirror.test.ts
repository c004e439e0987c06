import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../core/problem.ts';
import type { PlanId } from '../../core/store/format.ts';
import type { HostLink } from '../../runner/hosts/host-link.ts';
import { Mirror } from '../../runner/hosts/mirror.ts';

const store = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-mirror-of-'));
afterAll(() => rmSync(store, { recursive: true }));

const never = new Promise<never>(() => {});

/** A host that lets itself be followed and then stands still; a probe ends its connection, as one without an answer does. */
function stillHost() {
  let follows = 0;
  let cut = Promise.withResolvers<void>();
  const agent = {
    onNotification: () => ({ [Symbol.dispose]: () => {} }),
    gone: () => cut.promise,
    probe: async () => cut.resolve(),
    request: async (method: string) => {
      if (method !== 'follow') return never;
      follows += 1;
      cut = Promise.withResolvers();
      return { stream: `s${follows}` };
    },
  };
  const link = { host: { name: 'box' }, agent: async () => agent, request: async () => ({}) };
  return { link: link as unknown as HostLink, follows: () => follows };
}

const optionsOf = (onReach: (problem: Problem | null) => void, quietMs: number) => ({
  from: '/there',
  store,
  plan: 'p' as PlanId,
  alone: false,
  onReach,
  quietMs,
});

describe('a copy of a host that stands still', () => {
  it('asks it for a word, then tells the cut and follows anew', async () => {
    const back = Promise.withResolvers<void>();
    const told: (string | null)[] = [];
    const { link, follows } = stillHost();
    const mirror = new Mirror(
      link,
      optionsOf((problem) => {
        told.push(problem?.code ?? null);
        if (problem === null) back.resolve();
      }, 20),
    );
    await back.promise;
    expect(told.slice(0, 2)).toEqual(['host_connection_lost', null]);
    expect(follows()).toBeGreaterThan(1);
    await mirror[Symbol.asyncDispose]();
  });

  it('is ended without waiting for its goodbye', async () => {
    const { link, follows } = stillHost();
    const mirror = new Mirror(
      link,
      optionsOf(() => {}, 60_000),
    );
    while (follows() === 0) await new Promise(setImmediate);
    const begun = performance.now();
    await mirror[Symbol.asyncDispose]();
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
