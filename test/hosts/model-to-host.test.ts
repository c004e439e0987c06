import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../core/problem.ts';
import { calls, type Params } from '../../core/store/protocol.ts';
import type { HostLink } from '../../runner/hosts/host-link.ts';
import { sendModels } from '../../runner/hosts/model-to-host.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-sending-'));
afterAll(() => rmSync(folder, { recursive: true }));
const CUT = new ProblemError({ code: 'host_connection_lost', message: 'It broke.', fix: 'Try again.' });
const sha256 = (content: Buffer | string): string => createHash('sha256').update(content).digest('hex');

/** As the agent answers; after `pieces` of content the connection goes. */
class FakeHost {
  readonly data = new Map<string, Buffer>();
  readonly made = new Map<string, Readonly<Record<string, string>>>();
  pieces = Number.POSITIVE_INFINITY;
  onPiece = (): void => {};

  get link(): HostLink {
    const request = async (method: string, params: object): Promise<unknown> =>
      method === 'put' ? this.#put(params as Params<'put'>) : this.#place(calls.place.params.parse(params));
    return { place: async () => ({ store: '/there' }), request } as unknown as HostLink;
  }

  #put({ sha256: name, size, offset, data }: Params<'put'>): unknown {
    const before = this.data.get(name) ?? Buffer.alloc(0);
    if (data !== '') {
      if (this.pieces === 0) throw CUT;
      this.pieces -= 1;
      this.onPiece();
    }
    const now = offset === before.length ? Buffer.concat([before, Buffer.from(data, 'base64')]) : before;
    this.data.set(name, now);
    if (now.length === size && sha256(now) !== name) throw DAMAGED;
    return { path: `/there/data/${name}`, have: now.length };
  }

  #place({ models }: Params<'place'>): unknown {
    const lacking = models.flatMap(({ folder: to, files }) => {
      const all = Object.entries(files);
      if (this.made.has(to)) return [];
      const left = all.filter(([, file]) => this.data.get(file.sha256)?.length !== file.size);
      if (left.length > 0) return left.map(([, file]) => file);
      this.made.set(to, Object.fromEntries(all.map(([name, file]) => [name, file.sha256])));
      for (const [, file] of all) this.data.delete(file.sha256);
      return [];
    });
    return { lacking: [...new Set(lacking.map((file) => file.sha256))] };
  }
}
const DAMAGED = new ProblemError({ code: 'transfer_damaged', message: 'Damaged.', fix: 'Send it again.' });

function model(name: string, weights: string) {
  const here = path.join(folder, name);
  mkdirSync(here, { recursive: true });
  writeFileSync(path.join(here, 'config.json'), '{}');
  writeFileSync(path.join(here, 'model.safetensors'), weights);
  return { source: `./${name}`, here, there: `/models/${name}`, size: weights.length + 2 };
}
const { signal } = new AbortController();

describe('models that are sent to a host', () => {
  it('go on where they were cut, count what is there, and share what is alike', async () => {
    const large = 'a'.repeat(600_000);
    const models = [model('math', large), model('code', 'others')];
    const host = new FakeHost();
    host.pieces = 2;
    await expect(sendModels(host.link, models, { signal })).rejects.toBe(CUT);
    expect(host.made.size).toBe(0);
    host.pieces = Number.POSITIVE_INFINITY;
    const told: number[] = [];
    const total = 600_000 + 2 + 6;
    await sendModels(host.link, models, {
      signal,
      onProgress: (sent) => {
        expect(sent.total).toBe(total);
        told.push(sent.done);
      },
    });
    expect(told[0]).toBe(2);
    expect(told).toContain(2 + 512 * 1024);
    expect(told).toEqual(told.toSorted((a, b) => a - b));
    expect(told.at(-1)).toBe(total);
    const config = sha256('{}');
    expect(Object.fromEntries(host.made)).toEqual({
      '/models/math': { 'config.json': config, 'model.safetensors': sha256(large) },
      '/models/code': { 'config.json': config, 'model.safetensors': sha256('others') },
    });
  });

  it('are never made of two versions', async () => {
    const host = new FakeHost();
    const changing = model('changing', 'before');
    host.onPiece = () => writeFileSync(path.join(changing.here, 'config.json'), '{"more": 1}');
    const sent = sendModels(host.link, [changing], { signal });
    await expect(sent).rejects.toMatchObject({ problem: { code: 'transfer_damaged' } });
    expect(host.made.size).toBe(0);
  });

  it('stop when they are told to, and where a model has gone', async () => {
    const host = new FakeHost();
    const stop = new AbortController();
    stop.abort();
    const stopped = sendModels(host.link, [model('math', 'a')], { signal: stop.signal });
    await expect(stopped).rejects.toMatchObject({ problem: { code: 'cancelled' } });
    const gone = { ...model('gone', 'a'), here: path.join(folder, 'nowhere') };
    await expect(sendModels(host.link, [gone], { signal })).rejects.toMatchObject({
      problem: { code: 'transfer_damaged' },
    });
    expect(host.data.size).toBe(0);
  });
});
