import { describe, expect, it } from 'vitest';
import { type Host, plainHost } from '../../core/hosts/host.ts';
import type { HostFacts } from '../../core/hosts/host-facts.ts';
import { hostLacks } from '../../runner/hosts/host-lacks.ts';

const facts: HostFacts = {
  system: 'Linux x86_64',
  python: '/usr/bin/python3',
  version: '3.12.1',
  directory: '/home/ann/.merge-lab',
  models: '/home/ann/models',
  models_there: true,
  free_bytes: 42e9,
  gpus: [],
  partitions: [],
  sinfo: null,
  torch: null,
  ray: null,
  venv: true,
  source: null,
  environment: null,
  noexec: false,
};
const host = (more: Partial<Host>): Host => ({ ...plainHost('gpu-box'), ...more });
const said = (more: Partial<Host>, found: Partial<HostFacts>) =>
  hostLacks(host(more), { ...facts, ...found }).map(({ code, message, fix }) => `${code}: ${message} ${fix}`);

describe('what a look finds lacking', () => {
  it('is nothing where an environment can be made, or is there', () => {
    expect(said({}, {})).toEqual([]);
    expect(said({}, { free_bytes: 1e9, environment: '/e/bin/python' })).toEqual([]);
    expect(said({ python: '/p' }, { free_bytes: 1e9, torch: '2.8.0' })).toEqual([]);
  });

  it('is room for an environment, or PyTorch in the Python that is named', () => {
    expect(said({}, { free_bytes: 1e9 })[0]).toMatch(/^host_disk_full: .* on gpu-box has 1\.0 GB free/);
    expect(said({ python: '/usr/bin/python3' }, {})[0]).toMatch(
      /^host_torch_missing: .*has no PyTorch\. Install torch/,
    );
  });

  it('tells a host without Slurm from one whose Slurm is not configured, or does not answer', () => {
    expect(said({ slurm: {} }, { sinfo: '' })).toEqual([]);
    expect(said({ slurm: {} }, {})[0]).toMatch(/^slurm_missing: .*its shell finds no `sinfo`\./);
    const raw =
      'error: resolve_ctls_from_dns_srv: res_nsearch error: Unknown host; fatal: Could not establish it';
    const [unconfigured = ''] = said({ slurm: {} }, { sinfo: raw });
    expect(unconfigured).toMatch(/^slurm_unconfigured: Slurm is installed on gpu-box but not configured\./);
    expect(unconfigured).toContain(raw);
    expect(unconfigured).toContain('Remove `slurm:`');
    expect(said({ slurm: {} }, { sinfo: 'Unable to contact slurm controller' })[0]).toMatch(/^slurm_silent/);
  });

  it('is Ray, where its workers are to be actors', () => {
    expect(said({ ray: 'auto', python: '/p' }, { torch: '2.8.0', ray: '2.52.1' })).toEqual([]);
    expect(said({ ray: 'auto', python: '/p' }, { torch: '2.8.0' })[0]).toMatch(
      /^ray_missing: .*pip install "ray/,
    );
    expect(said({ ray: 'auto' }, {})[0]).toMatch(/^ray_missing: .*Name a Python there/);
  });
});
