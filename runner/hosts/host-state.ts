/** The hosts of `hosts.yaml` and those agreed to, and what one of them is like. */
import type { Host } from '../../core/hosts/host.ts';
import type { HostFacts } from '../../core/hosts/host-facts.ts';
import type { Problem } from '../../core/problem.ts';
import { userHome } from '../store-folder.ts';
import { findHost, readHosts } from './find-host.ts';
import { agentSourceFolder, type HostRelease, hostRelease } from './host-release.ts';
import { HostSetUp } from './host-set-up.ts';
import { knownHost, readKnownHosts } from './known-hosts.ts';
import { lookAt, type ReadyOptions, readyHost } from './ready-host.ts';

export interface ListedHost {
  readonly host: Host;
  /** `ready` with the agent of this version, `older` with another one, `new` where nothing was agreed to. */
  readonly state: 'ready' | 'older' | 'new';
}

/** Reaches for none of them. */
export async function listHosts(): Promise<{
  readonly hosts: readonly ListedHost[];
  readonly problems: readonly Problem[];
}> {
  const home = userHome();
  const { agent } = await hostRelease(agentSourceFolder());
  const { hosts: declared, problems } = readHosts(home);
  const agreed = [...readKnownHosts(home).values()].map(({ host }) => host);
  const all = new Map([...agreed.map((host) => [host.name, host] as const), ...declared]);
  return { hosts: [...all.values()].map((host) => ({ host, state: stateOf(home, host, agent) })), problems };
}

function stateOf(home: string, host: Host, agent: string): ListedHost['state'] {
  const known = knownHost(home, host);
  if (!known) return 'new';
  return known.agent === agent ? 'ready' : 'older';
}

/** A guided look at a host that the user named: changes nothing there. Throws a ProblemError. */
export async function lookAtHost(
  name: string,
  signal: AbortSignal,
): Promise<{ readonly host: Host; readonly facts: HostFacts; readonly release: HostRelease }> {
  const { host } = findHost(name, userHome());
  const release = await hostRelease(agentSourceFolder());
  const setUp = new HostSetUp(host, release.folder);
  try {
    return { host, facts: await lookAt(setUp, host, { release, signal }), release };
  } finally {
    await setUp.close();
  }
}

/** Where a target stands, without reaching for it. Throws as `findHost` does. */
export async function hostStanding(name: string): Promise<ListedHost> {
  const home = userHome();
  const { host } = findHost(name, home);
  const { agent } = await hostRelease(agentSourceFolder());
  return { host, state: stateOf(home, host, agent) };
}

/** Makes a host ready for the agent, whatever is remembered of it. `isMeant`: the user named this very host. Throws a ProblemError. */
export async function setUpHost(
  name: string,
  options: Pick<ReadyOptions, 'agree' | 'isMeant' | 'news' | 'signal'>,
): Promise<Host> {
  const home = userHome();
  const { host, isDeclared } = findHost(name, home);
  const release = await hostRelease(agentSourceFolder());
  await readyHost(host, { ...options, home, release, isMeant: options.isMeant || isDeclared, isGone: true });
  return host;
}
