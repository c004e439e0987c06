/** What earlier versions left on a host, what was not brought to its end, and the removal of both. */
import * as z from 'zod';
import type { Host } from '../../core/hosts/host.ts';
import type { HostLeftovers } from '../../core/hosts/host-facts.ts';
import { userHome } from '../store-folder.ts';
import { findHost } from './find-host.ts';
import { agentSourceFolder, hostRelease } from './host-release.ts';
import { HostSetUp } from './host-set-up.ts';
import { understood } from './ready-host.ts';

const leftoverSchema = z.object({
  name: z.string(),
  bytes: z.number(),
  age_seconds: z.number().nullable(),
  in_use: z.boolean(),
});
const leftoversSchema: z.ZodType<HostLeftovers> = z.object({
  directory: z.string(),
  store_bytes: z.number(),
  leftovers: z.array(leftoverSchema),
});
const removedSchema = z.object({ removed: z.array(z.string()), freed_bytes: z.number() });

export type HostCleaned = z.infer<typeof removedSchema>;

/**
 * Looks at a host that the user named, and removes what `agree` says yes to; null where it was not agreed to or there
 * is nothing. Results are never removed. Throws a ProblemError.
 */
export async function cleanHost(
  name: string,
  agree: (host: Host, found: HostLeftovers) => Promise<boolean>,
  signal: AbortSignal,
): Promise<HostCleaned | null> {
  const { host } = findHost(name, userHome());
  const { folder, agent, environment } = await hostRelease(agentSourceFolder());
  const setUp = new HostSetUp(host, folder);
  try {
    const { directory } = host;
    // Gigabytes of small files take their time; the connection itself says when it is lost.
    const patiently = { news: () => {}, signal };
    const asked = { directory, agent, environment };
    const found = understood(host, leftoversSchema, await setUp.call('leftovers', asked, patiently));
    const agreed = await agree(host, found);
    const names = found.leftovers.filter(({ in_use }) => !in_use).map((each) => each.name);
    if (!agreed || names.length === 0) return null;
    return understood(host, removedSchema, await setUp.call('remove', { directory, names }, patiently));
  } finally {
    await setUp.close();
  }
}
