/** A host that is not what it seems: what it answers names nothing outside its copy, and costs no other host. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Host, plainHost } from '../../core/hosts/host.ts';
import { preparedEnsembleSchema } from '../../core/store/ensemble/prepared.ts';
import type { GeometryRequest } from '../../runner/geometry-files.ts';
import { type DataOnHost, fromHost } from '../../runner/hosts/data-on-host.ts';
import type { HostLink } from '../../runner/hosts/host-link.ts';
import { knownHost, knownModels, readKnownHosts, rememberHost } from '../../runner/hosts/known-hosts.ts';
import { SshTarget } from '../../runner/hosts/ssh-target.ts';
import type { AnyPrepared } from '../../runner/prepared-cache.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-hostile-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const OUTSIDE = '../../../.vscode/settings';

describe('an answer that names a file outside', () => {
  it('of geometry is refused, and nothing is written', async () => {
    const asked: string[] = [];
    const request = async (method: string): Promise<unknown> => {
      asked.push(method);
      return method === 'geometry' ? { key: OUTSIDE } : { data: 'e30=', size: 2 };
    };
    const place = async () => ({ store: '/store', models: '/models' });
    const link = { host: plainHost('box'), place, request } as unknown as HostLink;
    const store = path.join(folder, 'lab', '.mergelab', 'box');
    const geometry = new SshTarget(link).geometry({ store } as unknown as GeometryRequest);
    await expect(geometry).rejects.toMatchObject({ problem: { code: 'agent_error' } });
    expect(asked).toEqual(['geometry']);
    expect(readdirSync(folder, { recursive: true })).toEqual([]);
  });

  it('of an ensemble is no answer', () => {
    const evaluation = {
      file: '/eval',
      rendering: 'text',
      ...Object.fromEntries(
        ['samples', 'tokens', 'scored_tokens', 'bytes', 'truncated', 'overlong', 'excluded'].map((name) => [
          name,
          1,
        ]),
      ),
    };
    const answer = (id: string) => ({
      models: {},
      evaluations: { [id]: evaluation },
      device: { name: 'cpu', description: '' },
      estimate: null,
      problems: [],
      warnings: [],
    });
    expect(preparedEnsembleSchema.safeParse(answer('a'.repeat(64))).success).toBe(true);
    expect(preparedEnsembleSchema.safeParse(answer(OUTSIDE)).success).toBe(false);
  });
});

it('a host whose entry is damaged is asked for once more, and no other one', () => {
  const place = { python: '/python', source: '/agent', store: '/store', models: '/models' };
  for (const name of ['one', 'odd', 'other']) {
    const source = name === 'odd' ? 'relative' : place.source;
    rememberHost(folder, { host: plainHost(name), agent: 'a', place: { ...place, source } });
  }
  expect([...readKnownHosts(folder).keys()]).toEqual(['one', 'other']);
  expect(existsSync(path.join(folder, 'known-hosts.json'))).toBe(true);
});

it('another folder of models is asked for there, and needs no new consent; another directory does', () => {
  const host = { ...plainHost('box'), models: '~/models' };
  const place = { python: '/python', source: '/agent', store: '/store', models: '/home/me/models' };
  rememberHost(folder, { host, agent: 'a', place });
  const models = (now: Host) => {
    const known = knownHost(folder, now);
    return known && knownModels(known, now);
  };
  expect(models(host)).toBe('/home/me/models');
  expect(knownHost(folder, { ...host, models: '/data' })).not.toBeNull();
  expect(models({ ...host, models: '/data' })).toBeNull();
  expect(knownHost(folder, { ...host, directory: '/data' })).toBeNull();
});

it('files are named as here also where the name there of one begins as that of another', () => {
  const names = new Map(
    [...Array(11).keys()].map((i) => [`/store/data/none/${i}`, `/here/missing-${i}.json`]),
  );
  const problem = { code: 'data_missing', message: 'There is no file /store/data/none/10.', fix: '' };
  const prepared = { evaluations: {}, problems: [problem], warnings: [] } as unknown as AnyPrepared;
  const { problems } = fromHost(prepared, { names } as unknown as DataOnHost);
  expect(problems[0]?.message).toBe('There is no file /here/missing-10.json.');
});
