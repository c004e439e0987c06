import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ProblemError } from '../../core/problem.ts';
import type { HostLink } from '../../runner/hosts/host-link.ts';
import { mergeOnHost } from '../../runner/hosts/merge-on-host.ts';
import type { MergeDocument } from '../../runner/target.ts';

const CUT = new ProblemError({ code: 'host_connection_lost', message: 'It broke.', fix: 'Try again.' });
const FILES = { 'config.json': Buffer.from('{}'), 'model.safetensors': Buffer.from('abcdefghij') };

/** A host whose merged model is written, in pieces of four bytes; after `pieces` of them its connection goes. */
function hostWith(
  pieces: number,
  onPiece: () => void = () => {},
): { readonly link: HostLink; readonly asked: string[] } {
  const asked: string[] = [];
  const request = async (method: string, params: object): Promise<unknown> => {
    if (method === 'files')
      return { files: Object.fromEntries(Object.entries(FILES).map(([name, { length }]) => [name, length])) };
    if (method === 'discard') return {};
    const { path: name, offset } = params as { path: string; offset: number };
    if (asked.length === pieces) throw CUT;
    asked.push(`${path.basename(name)} from ${offset}`);
    onPiece();
    const content = FILES[path.basename(name) as keyof typeof FILES];
    return { data: content.subarray(offset, offset + 4).toString('base64'), size: content.length };
  };
  const link = { place: async () => ({ store: '/there' }), request } as unknown as HostLink;
  return { link, asked };
}

describe('a merged model that is brought here', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-transfer-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('goes on where it was cut, counts what is here already, and is whole at its end', async () => {
    const out = path.join(folder, 'merged');
    const document = {
      store: '/here',
      plan: 'p',
      size: 'S',
      method: 0,
      seed: null,
      out,
    } as unknown as MergeDocument;
    const told: (readonly [number, number])[] = [];
    const watch = {
      signal: new AbortController().signal,
      onProgress: ({ done, total }: { done: number; total: number }) => told.push([done, total]),
    };
    const first = hostWith(2);
    await expect(mergeOnHost(first.link, document, watch)).rejects.toBe(CUT);
    expect(first.asked).toEqual(['config.json from 0', 'model.safetensors from 0']);
    expect(told.at(-1)).toEqual([6, 12]);
    told.length = 0;
    const second = hostWith(9);
    await mergeOnHost(second.link, document, watch);
    expect(second.asked).toEqual(['model.safetensors from 4', 'model.safetensors from 8']);
    expect(told).toEqual([
      [6, 12],
      [10, 12],
      [12, 12],
    ]);
    for (const [name, content] of Object.entries(FILES))
      expect(readFileSync(path.join(out, name))).toEqual(content);
  });

  it('says where the same command goes on when it is stopped', async () => {
    const stop = new AbortController();
    const document = { store: '/here', plan: 'p', out: path.join(folder, 'stopped'), files: {} };
    const { link } = hostWith(9, () => stop.abort());
    const asking = {
      ...link,
      request: async (method: string, params: object) => {
        if (stop.signal.aborted) throw CUT;
        return link.request(method, params);
      },
    } as unknown as HostLink;
    await expect(
      mergeOnHost(asking, document as MergeDocument, { signal: stop.signal }),
    ).rejects.toMatchObject({
      problem: { code: 'cancelled', fix: 'The same command goes on from 16%.' },
    });
  });

  it('takes no folder away that was filled meanwhile, and says so of a file at once', async () => {
    const document = (out: string) =>
      ({ store: '/here', plan: 'p', size: 'S', out }) as unknown as MergeDocument;
    const watch = { signal: new AbortController().signal };
    const out = path.join(folder, 'filled');
    const host = hostWith(9);
    const link = {
      ...host.link,
      request: async (method: string, params: object) => {
        if (host.asked.length === 1) {
          mkdirSync(out, { recursive: true });
          writeFileSync(path.join(out, 'precious'), '');
        }
        return host.link.request(method, params);
      },
    } as unknown as HostLink;
    const taken = { problem: { code: 'out_exists', file: out } };
    await expect(mergeOnHost(link, document(out), watch)).rejects.toMatchObject(taken);
    expect(readdirSync(out)).toEqual(['precious']);
    // What came is kept: in an empty folder the same command ends at once.
    rmSync(path.join(out, 'precious'));
    const again = hostWith(0);
    await mergeOnHost(again.link, document(out), watch);
    expect(readdirSync(out).sort()).toEqual(Object.keys(FILES));
    const file = path.join(out, 'config.json');
    await expect(mergeOnHost(link, document(file), watch)).rejects.toMatchObject({
      problem: { code: 'out_exists', message: `${file} is there already, and no folder.` },
    });
  });
});
