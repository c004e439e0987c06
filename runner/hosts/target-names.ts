/** What a file may name as its target: the user's own list, hosts that were agreed to, and aliases of ssh. */
import { homedir } from 'node:os';
import { type Host, plainHost } from '../../core/hosts/host.ts';
import type { TargetName } from '../../core/hosts/target-name.ts';
import { ProblemError } from '../../core/problem.ts';
import { userHome } from '../store-folder.ts';
import { readHosts } from './find-host.ts';
import { knownHost, readKnownHosts } from './known-hosts.ts';
import { sshAliases } from './ssh-aliases.ts';

/** In that order, each name once. Reaches for none; a list that cannot be read counts as empty. */
export async function targetNames(home = userHome(), user = homedir()): Promise<readonly TargetName[]> {
  const named: readonly Omit<TargetName, 'isAgreed'>[] = [
    ...declaredIn(home).map((host) => ({ host, from: 'hosts.yaml' as const })),
    ...(await sshAliases(user)).map((name) => ({ host: plainHost(name), from: 'ssh' as const })),
    ...[...readKnownHosts(home).keys()].map((name) => ({ host: plainHost(name), from: 'agreed' as const })),
  ];
  const first = new Map([...named].reverse().map((each) => [each.host.name, each]));
  return named
    .filter((each) => first.get(each.host.name) === each)
    .map((each) => ({ ...each, isAgreed: knownHost(home, each.host) !== null }));
}

function declaredIn(home: string): readonly Host[] {
  try {
    return [...readHosts(home).hosts.values()];
  } catch (error) {
    if (error instanceof ProblemError) return [];
    throw error;
  }
}
