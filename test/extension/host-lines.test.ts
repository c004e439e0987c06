import { describe, expect, it } from 'vitest';
import { plainHost } from '../../core/hosts/host.ts';
import type { HostFacts } from '../../core/hosts/host-facts.ts';
import {
  type HostLine,
  hostIcon,
  hostLines,
  hostStateShort,
  hostStateText,
} from '../../extension/hosts/host-lines.ts';
import type { HostLook } from '../../extension/hosts/host-looks.ts';

const facts: HostFacts = {
  system: 'Linux x86_64',
  python: '/usr/bin/python3',
  version: '3.12.1',
  directory: '/home/ann/.merge-lab',
  models: '/home/ann/models',
  models_there: true,
  free_bytes: 42e9,
  gpus: ['NVIDIA H100, 81559 MiB'],
  partitions: [],
  sinfo: null,
  torch: '2.8.0',
  ray: null,
  venv: true,
  source: '/home/ann/.merge-lab/agent/x',
  environment: null,
  noexec: false,
};
const at = new Date(2026, 1, 3, 4, 5).getTime();
const never: HostLook = { isLooking: false, seen: null, problem: null };
const seen: HostLook = { ...never, seen: { at, facts } };
const lost = { code: 'host_unreachable', message: 'gpu-box cannot be reached.', fix: 'Check that it is on.' };
const listed = { host: { ...plainHost('gpu-box'), ssh: 'ann@10.0.0.7' }, state: 'ready' as const };
const run = { experiment: 'Nine domains', progress: '37%', link: 'connected' as const };
const labels = (lines: readonly HostLine[]) => lines.map(({ label }) => label);

describe('a host in the tree', () => {
  it('says in few words how it is connected, else when it was seen', () => {
    const text = (look: HostLook, runs = [run].slice(1)) => hostStateText({ listed, look, runs });
    expect(text(never)).toBe('not looked at');
    expect(text({ ...never, isLooking: true })).toBe('connecting');
    expect(text(seen)).toBe('last seen 2026-02-03 04:05');
    expect(text({ ...seen, problem: lost })).toBe('out of reach · last seen 2026-02-03 04:05');
    expect(text({ ...never, problem: lost })).toBe('out of reach');
    expect(text(seen, [run])).toBe('connected');
    const fresh = { ...listed, state: 'new' as const };
    expect(hostStateText({ listed: fresh, look: never, runs: [] })).toBe('not looked at · not set up');
    const short = (now: Date, look = seen) => hostStateShort({ listed, look, runs: [] }, now.getTime());
    expect(short(new Date(2026, 1, 3, 23))).toBe('seen 04:05');
    expect(short(new Date(2026, 1, 4, 1))).toBe('seen 2026-02-03');
    expect(short(new Date(2026, 1, 4, 1), { ...seen, problem: lost })).toBe('out of reach · seen 2026-02-03');
    expect(hostStateShort({ listed, look: seen, runs: [run] }, at)).toBe('connected');
    expect(hostIcon({ look: { ...never, problem: lost }, runs: [] })).toBe('warning');
  });

  it('lists its runs, devices, memory and room, and what went wrong', () => {
    expect(labels(hostLines({ listed, look: never, runs: [] }))).toEqual([
      'reached as ann@10.0.0.7',
      'agent ready',
    ]);
    const all = labels(hostLines({ listed, look: { ...seen, problem: lost }, runs: [run] }));
    expect(all.slice(0, 2)).toEqual(['Nine domains · 37%', 'gpu-box cannot be reached.']);
    expect(all).toEqual(
      expect.arrayContaining(['NVIDIA H100, 81559 MiB', '42.0 GB free at /home/ann/.merge-lab']),
    );
  });
});
