import type { Host } from './host.ts';

/** What a look at a host found. Paths are the host's, absolute. */
export interface HostFacts {
  readonly system: string;
  /** What runs the agent, or would make its environment. */
  readonly python: string;
  readonly version: string;
  readonly directory: string;
  readonly models: string;
  readonly models_there: boolean;
  readonly free_bytes: number;
  /** Name and memory of each, as its driver says them. */
  readonly gpus: readonly string[];
  /** Of Slurm, with the state of their nodes as it says it; none where the host is no login node. */
  readonly partitions: readonly string[];
  /** What Slurm's `sinfo` said instead of partitions: empty where it answers, null where the shell finds none. */
  readonly sinfo: string | null;
  /** Versions in `python`; null where it has none. */
  readonly torch: string | null;
  readonly ray: string | null;
  readonly venv: boolean;
  /** Where this version of the agent lies; null where it does not. */
  readonly source: string | null;
  readonly environment: string | null;
  readonly noexec: boolean;
}

export type HostQuestion =
  /** A file names a host that the user never spoke of. */
  | { readonly kind: 'reach'; readonly host: Host }
  /** `environment`: whether gigabytes of packages are to be installed there. */
  | {
      readonly kind: 'set_up';
      readonly host: Host;
      readonly facts: HostFacts;
      readonly environment: boolean;
    };

/** What earlier versions left on a host, and what was begun to be brought from or to it. */
export interface HostLeftovers {
  readonly directory: string;
  /** Of results and data, which always stay. */
  readonly store_bytes: number;
  readonly leftovers: readonly Leftover[];
}

export interface Leftover {
  /** Below `directory`. */
  readonly name: string;
  readonly bytes: number;
  /** Since it was touched last: of a merged model that was not fetched, or of a copy of a model that did not end; else null. */
  readonly age_seconds: number | null;
  /** A process runs from it, or it was touched within a day: it stays. */
  readonly in_use: boolean;
}
