/** What each key of a host says, for whoever writes `hosts.yaml`. */
import type { Host } from './host.ts';
import type { Slurm } from './slurm.ts';

export interface HostKey {
  readonly about: string;
  /** What may be written, in YAML. */
  readonly example: string;
}

export const HOST_KEYS: Readonly<Record<Exclude<keyof Host, 'name'>, HostKey>> = {
  ssh: { about: 'What ssh connects to: user@host or an alias. Default: the name.', example: 'user@gpu-box' },
  python: {
    about: 'A Python there with PyTorch: used, never changed. Default: an environment of its own.',
    example: '~/venv/bin/python',
  },
  directory: { about: 'Folder there for the agent and its store.', example: '~/.merge-lab' },
  models: { about: 'Folder there where relative names of models begin.', example: '~/models' },
  workers: { about: 'Processes or jobs that share a run: auto, or 1 to 256.', example: 'auto' },
  slurm: {
    about: 'A login node of Slurm: each worker is a job.',
    example: '{ partition: gpu, gpus: 1, time: "4:00:00" }',
  },
  ray: {
    about: 'Workers are actors of a Ray cluster: auto, or its address.',
    example: 'auto',
  },
};

export const SLURM_ABOUT: Readonly<Record<keyof Slurm, HostKey>> = {
  partition: { about: 'As Slurm names it.', example: 'gpu' },
  account: { about: 'As Slurm names it.', example: 'project' },
  qos: { about: 'As Slurm names it.', example: 'normal' },
  constraint: { about: 'Features of nodes, joined with & or |.', example: 'a100' },
  gpus: { about: 'Of a worker: 1, or one of a type.', example: 'a100:1' },
  cpus: { about: 'Cores of a worker.', example: '8' },
  mem: { about: 'Memory of a worker.', example: '16G' },
  time: { about: 'The longest that a job may run.', example: '"4:00:00"' },
};
