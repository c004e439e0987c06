import { describe, expect, it } from 'vitest';
import { plainHost } from '../../core/hosts/host.ts';
import type { HostFacts } from '../../core/hosts/host-facts.ts';
import {
  factLines,
  hostText,
  leftoverLines,
  moment,
  reachQuestion,
  setUpSentence,
} from '../../words/hosts.ts';

const facts: HostFacts = {
  system: 'Linux x86_64',
  python: '/usr/bin/python3',
  version: '3.12.1',
  directory: '/home/ann/.merge-lab',
  models: '/home/ann/models',
  models_there: false,
  free_bytes: 42e9,
  gpus: ['NVIDIA H100, 81559 MiB'],
  partitions: [],
  sinfo: null,
  torch: null,
  ray: null,
  venv: true,
  source: null,
  environment: null,
  noexec: false,
};

describe('what is asked before a host is used', () => {
  it('says what is there, what is put where, and how large that is', () => {
    expect(factLines(facts)).toEqual([
      'Linux x86_64',
      'Python 3.12.1 at /usr/bin/python3',
      'NVIDIA H100, 81559 MiB',
      '42.0 GB free at /home/ann/.merge-lab',
      'models: /home/ann/models (not there yet)',
    ]);
    expect(factLines({ ...facts, ray: '2.52.1' }).at(-1)).toBe('Ray 2.52.1');
    expect(factLines({ ...facts, partitions: ['gpu is up: 3 idle', 'gpu is up: 1 mixed'] })).toContain(
      'Slurm: gpu is up: 3 idle; gpu is up: 1 mixed',
    );
    expect(setUpSentence(facts, true)).toMatch(
      /^Into \/home\/ann\/\.merge-lab, .*less than 1 MB\), and .*6 GB/,
    );
    expect(setUpSentence(facts, false)).not.toContain('PyTorch');
    expect(setUpSentence({ ...facts, source: '/home/ann/.merge-lab/agent/1' }, false)).toBe(
      'The agent is there already, in /home/ann/.merge-lab: that you agreed is remembered here, and nothing is copied.',
    );
    expect(setUpSentence({ ...facts, source: '/home/ann/.merge-lab/agent/1' }, true)).toContain('PyTorch');
    expect(reachQuestion({ ...plainHost('gpu-box'), ssh: 'ann@10.0.0.7' })).toContain(
      'with ssh as ann@10.0.0.7',
    );
  });

  it('lets a host hide nothing in what it says of itself', () => {
    const lines = factLines({
      ...facts,
      system: 'Linux\n\u001b[2J',
      gpus: ['x\u202e'],
      partitions: ['\u001b[2J'],
    });
    expect(lines.join('')).not.toMatch(/\p{Cc}|\p{Cf}/u);
  });
});

describe('what is left over on a host', () => {
  it('is listed by what it is, with what stays and why', () => {
    const left = { bytes: 1.2e9, in_use: false };
    const leftovers = [
      { ...left, name: 'agent/0.0.9-old', age_seconds: null, in_use: true },
      { ...left, name: 'store/merged/3f0a', age_seconds: 3 * 86_400 },
      { ...left, name: 'store/data/.9c.part', age_seconds: 7200, in_use: true },
    ];
    expect(leftoverLines({ directory: '/ours', store_bytes: 5e6, leftovers })).toEqual([
      'In /ours, not needed by this version:',
      '  agent/0.0.9-old (1.2 GB), in use: stays',
      'In /ours, merged models that were not fetched and copies of models that did not end:',
      '  store/merged/3f0a (1.2 GB, touched 3 days ago)',
      '  store/data/.9c.part (1.2 GB, touched 2 h ago), less than a day: stays',
      'Results and data (5.0 MB) stay: /ours/store',
    ]);
    expect(leftoverLines({ directory: '/ours', store_bytes: 5e6, leftovers: [] })).toEqual([]);
  });
});

describe('a run on a host', () => {
  it('is said to be heard of, or when it was last', () => {
    const seen = new Date(2026, 1, 3, 4, 5).getTime();
    expect(moment(seen)).toBe('2026-02-03 04:05');
    expect(hostText({ name: 'gpu-box', link: 'connected', seen })).toBe('gpu-box');
    expect(hostText({ name: 'gpu-box', link: 'apart', seen })).toBe('gpu-box, last seen 2026-02-03 04:05');
    expect(hostText({ name: 'gpu-box', link: 'reconnecting', seen: null })).toBe(
      'reconnecting to gpu-box, nothing heard yet',
    );
  });
});
