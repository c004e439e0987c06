/** Makes a host ready for the agent, once: look, ask, copy, make an environment. Later it is known and only spoken to. */
import * as z from 'zod';
import type { Host } from '../../core/hosts/host.ts';
import type { HostFacts, HostQuestion } from '../../core/hosts/host-facts.ts';
import { ProblemError } from '../../core/problem.ts';
import { whyNotReady } from './host-lacks.ts';
import type { HostRelease } from './host-release.ts';
import { HostSetUp, type SetUpNews } from './host-set-up.ts';
import { absolute, type HostPlace, knownHost, knownModels, rememberHost } from './known-hosts.ts';

const factsSchema: z.ZodType<HostFacts> = z.object({
  system: z.string(),
  python: z.string(),
  version: z.string(),
  directory: absolute,
  models: absolute,
  models_there: z.boolean(),
  free_bytes: z.number(),
  gpus: z.array(z.string()),
  partitions: z.array(z.string()),
  sinfo: z.string().nullable(),
  torch: z.string().nullable(),
  ray: z.string().nullable(),
  venv: z.boolean(),
  source: absolute.nullable(),
  environment: absolute.nullable(),
  noexec: z.boolean(),
});
const placedSchema = z.object({ source: absolute });
const environmentSchema = z.object({ python: absolute });

export interface ReadyOptions {
  readonly home: string;
  readonly release: HostRelease;
  /** The user meant this very host: named it, or describes it in `hosts.yaml`. */
  readonly isMeant: boolean;
  /** What was put there is there no more, whatever is remembered. */
  readonly isGone?: boolean;
  /** Left out: whatever must be asked is refused. */
  readonly agree?: (question: HostQuestion) => Promise<boolean>;
  readonly news?: SetUpNews;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Where the agent is on the host. Throws a ProblemError: the codes of `sshProblem`, `host_not_agreed`,
 * `host_not_writable`, `host_noexec`, `host_disk_full`, `host_torch_missing`, `venv_missing`, `pip_failed`.
 */
export async function readyHost(host: Host, options: ReadyOptions): Promise<HostPlace> {
  const { home, release } = options;
  const known = knownHost(home, host);
  if (known?.agent === release.agent && knownModels(known, host) !== null && !options.isGone)
    return known.place;
  if (!known && !options.isMeant) await mustAgree(options, { kind: 'reach', host });
  const setUp = new HostSetUp(host, release.folder);
  try {
    const facts = await lookAt(setUp, host, options);
    const needsEnvironment = host.python === null && facts.environment === null;
    const problem = whyNotReady(host, facts);
    if (problem) throw new ProblemError(problem);
    if (!known || needsEnvironment)
      await mustAgree(options, { kind: 'set_up', host, facts, environment: needsEnvironment });
    const place = await settle(setUp, host, facts, options);
    rememberHost(home, { host, agent: release.agent, place });
    return place;
  } finally {
    await setUp.close();
  }
}

/** What is there; changes nothing. */
export async function lookAt(
  setUp: HostSetUp,
  host: Host,
  { release, signal }: Pick<ReadyOptions, 'release' | 'signal'>,
): Promise<HostFacts> {
  const { directory, models } = host;
  const { agent, environment } = release;
  const found = await setUp.call(
    'look',
    { directory, models, agent, environment, named: host.python !== null },
    { signal },
  );
  return understood(host, factsSchema, found);
}

async function settle(
  setUp: HostSetUp,
  host: Host,
  facts: HostFacts,
  { release, news, signal }: ReadyOptions,
): Promise<HostPlace> {
  const { directory } = facts;
  const { agent, environment, files, torch, requirements } = release;
  const told = { news: news ?? (() => {}), signal };
  // What is there is compared, and copied again where it is damaged.
  const doing = facts.source === null ? 'Copying the agent to' : 'Checking the agent on';
  told.news({ progress: `${doing} ${host.name}` });
  const placed = understood(host, placedSchema, await setUp.call('place', { directory, agent, files }, told));
  const python =
    host.python === null
      ? understood(
          host,
          environmentSchema,
          await setUp.call('environment', { directory, environment, torch, requirements }, told),
        ).python
      : facts.python;
  return { python, source: placed.source, store: `${directory}/store`, models: facts.models };
}

async function mustAgree({ agree }: ReadyOptions, question: HostQuestion): Promise<void> {
  if (await agree?.(question)) return;
  const { name } = question.host;
  throw new ProblemError({
    code: 'host_not_agreed',
    message:
      question.kind === 'reach'
        ? `The experiment wants to run on ${name}, which nobody agreed to yet.`
        : `Nobody agreed yet that the agent is set up on ${name}.`,
    fix: `Look at what would be done and agree: merge-lab hosts ${name} --set-up, with --yes where nobody can be asked.`,
  });
}

/** What a host answers is checked at the edge. Throws `host_failed`. */
export function understood<T>({ name }: Host, schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value);
  if (data !== undefined) return data;
  throw new ProblemError({
    code: 'host_failed',
    message: `What ${name} answers is not understood: ${error?.issues[0]?.message ?? ''}`,
    fix: 'See what its login shell and its Python print.',
  });
}
