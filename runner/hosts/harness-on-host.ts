/** The evaluation harness into the environment that was made on a host. */
import type { Host } from '../../core/hosts/host.ts';
import { HARNESS } from '../downstream/harness.ts';
import { agentSourceFolder } from './host-release.ts';
import { HostSetUp } from './host-set-up.ts';
import type { HostPlace } from './known-hosts.ts';

/** Throws `host_path_invalid` for a Python that was not made there, `pip_failed`, `disk_full`, and what ssh meets. */
export async function installOnHost(
  host: Host,
  { python }: HostPlace,
  tell: (words: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const setUp = new HostSetUp(host, agentSourceFolder());
  const asked = { directory: host.directory, python, requirements: [HARNESS] };
  try {
    await setUp.call('install', asked, { news: ({ progress }) => progress && tell(progress), signal });
  } finally {
    await setUp.close();
  }
}
