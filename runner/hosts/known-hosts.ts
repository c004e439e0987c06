/** Hosts that the user agreed to, and where the agent lies on them: `~/.merge-lab/known-hosts.json`. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { type Host, isWorkers, type Workers, wrongRay } from '../../core/hosts/host.ts';
import { isSlurm, type Slurm } from '../../core/hosts/slurm.ts';
import { writeAtomically } from '../write-atomically.ts';

/** Absolute paths on the host. */
export interface HostPlace {
  /** What runs the agent. */
  readonly python: string;
  /** The agent's sources. */
  readonly source: string;
  readonly store: string;
  readonly models: string;
}

export interface KnownHost {
  readonly host: Host;
  /** Name of the agent's version that lies there. */
  readonly agent: string;
  readonly place: HostPlace;
}

const hostSchema: z.ZodType<Host> = z.object({
  name: z.string(),
  ssh: z.string(),
  python: z.string().nullable(),
  directory: z.string(),
  models: z.string(),
  workers: z.custom<Workers>(isWorkers).default('auto'),
  slurm: z.custom<Slurm>(isSlurm).nullable().default(null),
  ray: z
    .string()
    .refine((value) => wrongRay(value) === null)
    .nullable()
    .default(null),
});
/** On the host. */
export const absolute = z.string().startsWith('/');
const knownSchema: z.ZodType<KnownHost> = z.object({
  host: hostSchema,
  agent: z.string(),
  place: z.object({ python: absolute, source: absolute, store: absolute, models: absolute }),
});
const fileSchema = z.record(z.string(), z.unknown());

/** By name; those whose entry is missing or damaged are asked for once more. */
export function readKnownHosts(home: string): ReadonlyMap<string, KnownHost> {
  const found = Object.entries(entries(home)).flatMap(([name, entry]): [string, KnownHost][] => {
    const { data } = knownSchema.safeParse(entry);
    return data ? [[name, data]] : [];
  });
  return new Map(found);
}

/** As they lie there; what another version wrote among them. */
function entries(home: string): Readonly<Record<string, unknown>> {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(fileIn(home), 'utf8')));
  } catch {
    return {};
  }
}

/** Null where it was never agreed to, or is another place by now: whose models are used there needs no consent. */
export function knownHost(home: string, host: Host): KnownHost | null {
  const known = readKnownHosts(home).get(host.name);
  const fields = ['ssh', 'python', 'directory'] as const;
  return known && fields.every((field) => known.host[field] === host[field]) ? known : null;
}

/** Where the host's models lie; null where `models:` is another one by now, and the host must say what that is there. */
export function knownModels({ host: before, place }: KnownHost, host: Host): string | null {
  return before.models === host.models ? place.models : null;
}

export function rememberHost(home: string, known: KnownHost): void {
  const all = { ...entries(home), [known.host.name]: known };
  writeAtomically(fileIn(home), `${JSON.stringify(all, null, 2)}\n`);
}

function fileIn(home: string): string {
  return path.join(home, 'known-hosts.json');
}
