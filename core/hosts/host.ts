import type { Slurm } from './slurm.ts';

/** A machine behind ssh where merges may run. */
export interface Host {
  /** What experiments call it; also a folder's name under `.mergelab`. */
  readonly name: string;
  /** Handed to ssh: an alias of its configuration, or `user@host`. */
  readonly ssh: string;
  /** A Python of the host's own that has PyTorch, used and never changed; null for an environment of ours. */
  readonly python: string | null;
  /** Folder on the host for the agent, its environment and the store. */
  readonly directory: string;
  /** Folder on the host that relative names of models begin at. */
  readonly models: string;
  readonly workers: Workers;
  /** It is a login node: workers are jobs of Slurm; null where they run on the host itself. */
  readonly slurm: Slurm | null;
  /** Workers are actors of a Ray cluster: its address, `auto` for one that is found or started; null without Ray. */
  readonly ray: string | null;
}

/** How many agent processes share a run: `auto` is one a GPU, else one for each group of cores that one keeps busy. */
export type Workers = 'auto' | number;

export const DEFAULT_DIRECTORY = '~/.merge-lab';
export const DEFAULT_MODELS = '~/models';
export const MOST_WORKERS = 256;

/** A host that no file describes: an alias of the user's ssh configuration, with every default. */
export function plainHost(name: string): Host {
  const folders = { directory: DEFAULT_DIRECTORY, models: DEFAULT_MODELS };
  return { name, ssh: name, python: null, ...folders, workers: 'auto', slurm: null, ray: null };
}

export function isWorkers(value: unknown): value is Workers {
  if (value === 'auto') return true;
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= MOST_WORKERS;
}

/** Why a text cannot be a host's name, else null. It becomes a folder on any system and an argument of ssh. */
export function wrongHostName(name: string): string | null {
  if (name === 'local') return 'that is this machine';
  if (/^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/.test(name) && !name.endsWith('.')) return null;
  return 'a host has a name of letters, digits and . _ - @, that begins with a letter or a digit';
}

/** Why ssh must not be given a text as the place to connect to, else null. */
export function wrongDestination(text: string): string | null {
  const host = text.slice(text.lastIndexOf('@') + 1);
  if (text.startsWith('-') || host.startsWith('-')) return 'ssh would read it as an option';
  if (/^[\p{L}\p{N}_.@:%+/[\]-]{1,255}$/u.test(text) && host !== '') return null;
  return 'it holds what no address has';
}

/** Why a value cannot name a Ray cluster, else null. */
export function wrongRay(value: unknown): string | null {
  const address = /^(?:ray:\/\/)?(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][\w.-]{0,252}):\d{1,5}$/;
  const isFine = value === 'auto' || (typeof value === 'string' && address.test(value));
  return isFine ? null : 'write `auto`, or the address of a cluster, e.g. `"head:6379"`';
}

/** Why a text cannot be a path on a host, else null. */
export function wrongHostPath(text: string): string | null {
  if (/\p{Cc}/u.test(text)) return 'it holds control characters';
  if (text.length > 1000) return 'it is too long';
  return text.startsWith('/') || text === '~' || text.startsWith('~/') ? null : 'it must begin with / or ~/';
}
