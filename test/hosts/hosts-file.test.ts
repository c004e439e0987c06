import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wrongDestination, wrongHostName } from '../../core/hosts/host.ts';
import { parseHosts } from '../../core/hosts/hosts-file.ts';
import { findHost } from '../../runner/hosts/find-host.ts';

const parse = (text: string) => parseHosts(text, 'hosts.yaml');

describe('hosts.yaml', () => {
  it('names hosts, with a default for everything left out', () => {
    const { hosts, problems } = parse(
      'gpu-box: { ssh: user@gpu-box, python: ~/venv/bin/python, workers: auto }\nlab: { workers: 4 }\n',
    );
    expect(problems).toEqual([]);
    expect(hosts.get('gpu-box')).toEqual({
      name: 'gpu-box',
      ssh: 'user@gpu-box',
      python: '~/venv/bin/python',
      directory: '~/.merge-lab',
      models: '~/models',
      workers: 'auto',
      slurm: null,
      ray: null,
    });
    expect(hosts.get('lab')).toMatchObject({ ssh: 'lab', workers: 4 });
    expect(parse('').problems).toEqual([]);
    expect(parse('lab:\nbox:\n').hosts.get('lab')).toEqual(parse('lab: {}').hosts.get('lab'));
  });

  it('says what is wrong at its place, with what was probably meant, and keeps the other hosts', () => {
    const { hosts, problems } = parse('good: {}\nbox:\n  ssh: box\n  direktory: /x\n');
    expect([...hosts.keys()]).toEqual(['good']);
    expect(problems).toEqual([
      {
        code: 'hosts_invalid',
        message: '`direktory` is not a key of a host. Did you mean `directory`?',
        fix: 'Write `directory`.',
        file: 'hosts.yaml',
        line: 4,
        column: 3,
      },
    ]);
  });

  it('reports all that is wrong with a host, also where one is looked for', () => {
    const text = 'box:\n  directory: relative/x\n  models: rel\n  ray: 5\nlocal: {}\n';
    expect(parse(text).problems.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
    const home = mkdtempSync(path.join(os.tmpdir(), 'merge-lab-hosts-'));
    writeFileSync(path.join(home, 'hosts.yaml'), text);
    try {
      expect(() => findHost('box', home)).toThrow(
        /`directory` of `box`.*\n {2}also 3:3: `models` .*\n {2}also 4:3: `ray` .*\n {2}also 5:1: A host cannot be called `local`: that is this machine/,
      );
    } finally {
      rmSync(home, { recursive: true });
    }
  });

  it.each([
    'box: { ssh: -oProxyCommand=id }',
    'box: { ssh: "user@-oProxyCommand=id" }',
    'box: { ssh: "a b" }',
    'box: { ssh: "box;id" }',
    'box: { ssh: "$(id)" }',
    'box: { ssh: 3 }',
    'box: { directory: relative }',
    'box: { directory: "/x\\ny" }',
    'box: { directory: "/x:y" }',
    'box: { python: "-c" }',
    'box: { workers: 0 }',
    'box: { workers: 2.5 }',
    'box: { workers: many }',
    'box: { ray: true }',
    'box: { ray: head }',
    'box: { ray: "http://head:80" }',
    'box: { ray: "-x:1" }',
    'box: { ray: auto, slurm: {} }',
    'box: { slurm: true }',
    'box: { slurm: [gpu] }',
    'box: { slurm: { gpus: 2 } }',
    'box: { slurm: { time: soon } }',
    'box: { slurm: { mem: 16 G } }',
    'box: { slurm: { partition: "gpu --wrap=id" } }',
    'box: { slurm: { extra: --exclusive } }',
    'box: [1]',
    '-box: {}',
    '"../x": {}',
    'local: {}',
    '__proto__: { ssh: x }',
    '- a\n- b',
    'just text',
    'a: { ssh: x',
    'a: {}\na: {}',
  ])('refuses %s', (text) => {
    const { hosts, problems } = parse(text);
    expect(hosts.size).toBe(0);
    expect(problems.length).toBeGreaterThan(0);
    for (const each of problems)
      expect(each).toMatchObject({ code: 'hosts_invalid', line: expect.any(Number) });
  });

  it('takes what sbatch takes, and says what is wrong with one option at its place', () => {
    const text =
      'cluster: { ssh: login, slurm: { partition: gpu, gpus: 1, time: "4:00:00", mem: 16G, constraint: a100|h100 } }\n';
    expect(parse(text).hosts.get('cluster')?.slurm).toEqual({
      partition: 'gpu',
      gpus: 1,
      time: '4:00:00',
      mem: '16G',
      constraint: 'a100|h100',
    });
    expect(parse('c: { slurm: { gpus: "a100:1", time: 90, cpus: 8 } }').problems).toEqual([]);
    expect(parse('c:\n  slurm:\n    partiton: gpu\n    gpus: 4\n').problems).toEqual([
      {
        code: 'hosts_invalid',
        message: '`partiton` is not a key of `slurm`. Did you mean `partition`?',
        fix: 'Write `partition`.',
        file: 'hosts.yaml',
        line: 3,
        column: 5,
      },
      {
        code: 'hosts_invalid',
        message:
          '`gpus` of `slurm` cannot be `4`: a worker uses one GPU: write 1, or e.g. a100:1, and say `workers:` for more of them.',
        fix: 'Correct it.',
        file: 'hosts.yaml',
        line: 4,
        column: 5,
      },
    ]);
  });

  it('takes a Ray cluster by its address, or any', () => {
    const { hosts, problems } = parse(
      'a: { ray: auto }\nb: { ray: "head:6379" }\nc: { ray: "ray://[::1]:10001" }\n',
    );
    expect(problems).toEqual([]);
    expect([...hosts.values()].map(({ ray }) => ray)).toEqual(['auto', 'head:6379', 'ray://[::1]:10001']);
    expect(parse('a: { slurm: {}, ray: auto }').problems).toMatchObject([
      { message: '`a` has `slurm` and `ray`, but one of them starts its workers.', line: 1, column: 17 },
    ]);
  });

  it('survives any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void parse(text)),
      { seed: 7 },
    );
  });
});

describe('what ssh is given', () => {
  it('is never an option, whatever a file says', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const accepted = wrongDestination(text) === null || wrongHostName(text) === null;
        return !accepted || /^[^-\s"'`$;&|<>()\\\0][^\s"'`$;&|<>()\\\0]*$/u.test(text);
      }),
      { seed: 7, numRuns: 2000 },
    );
    expect(wrongDestination('ssh://user@host:22')).toBeNull();
    expect(wrongDestination('[::1]')).toBeNull();
  });
});
