/** From the name of a target to the place where merges run. */

import { LocalTarget } from '../local-target.ts';
import type { AgreeToHost } from '../session-types.ts';
import { userHome } from '../store-folder.ts';
import type { Target } from '../target.ts';
import { type FoundHost, findHost } from './find-host.ts';
import { HostLink } from './host-link.ts';
import { agentSourceFolder, hostRelease } from './host-release.ts';
import type { SetUpNews } from './host-set-up.ts';
import type { HostPlace } from './known-hosts.ts';
import { readyHost } from './ready-host.ts';
import { SshTarget } from './ssh-target.ts';

export interface TargetOptions {
  readonly home?: string;
  /** The agent's Python on this machine. */
  readonly python?: string;
  /** The user named this host for this very call. */
  readonly isNamed?: boolean;
  readonly agreeToHost?: AgreeToHost;
  readonly onHostNews?: SetUpNews;
  readonly signal?: AbortSignal;
}

/** Reaches for nothing yet. Throws `host_invalid`, `hosts_invalid` or `hosts_unreadable`. */
export function openTarget(name: string, options: TargetOptions): Target {
  if (name === 'local') return new LocalTarget(options);
  const found = findHost(name, userHome(options.home));
  return new SshTarget(
    new HostLink(found.host, (isGone) => findPlace(found, options, isGone), options.signal),
    options.signal,
  );
}

async function findPlace(
  { host, isDeclared }: FoundHost,
  options: TargetOptions,
  isGone: boolean,
): Promise<HostPlace> {
  const { agreeToHost, onHostNews, signal } = options;
  return readyHost(host, {
    home: userHome(options.home),
    release: await hostRelease(agentSourceFolder()),
    isMeant: isDeclared || options.isNamed === true,
    isGone,
    ...(agreeToHost ? { agree: agreeToHost } : {}),
    ...(onHostNews ? { news: onHostNews } : {}),
    signal,
  });
}
