import type { Leftover } from '../../core/hosts/host-facts.ts';
import { otherEnvironments, removeAgentEnvironment } from '../../runner/agent-environment.ts';
import { cleanHost } from '../../runner/hosts/clean-host.ts';
import { userHome } from '../../runner/store-folder.ts';
import { leftoverLines } from '../../words/hosts.ts';
import { bytes } from '../../words/units.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { agrees } from '../host-consent.ts';
import { type Io, print, printJson, say } from '../terminal/io.ts';

/** Removes what no longer serves, here or on a host, after asking. Results are never among it. */
export async function clean(
  context: Context,
  host: string | undefined,
  options: CommonOptions,
): Promise<ExitCode> {
  const { io } = context;
  const { freed, leftovers } =
    host === undefined ? await cleanHere(context, options) : await cleanThere(context, host, options);
  if (options.json) printJson(io, { freed_bytes: freed ?? 0, leftovers });
  else if (freed !== null) print(io, `${bytes(freed)} freed.`);
  return 0;
}

interface Cleaned {
  /** Bytes; null where nothing was removed. */
  readonly freed: number | null;
  /** What was found, of which those in use stay. */
  readonly leftovers: readonly Omit<Leftover, 'age_seconds'>[];
}

async function cleanHere({ io, signal }: Context, { yes }: CommonOptions): Promise<Cleaned> {
  const home = userHome();
  const found = await otherEnvironments(home);
  const leftovers = found.map(({ folder, bytes: size }) => ({ name: folder, bytes: size, in_use: false }));
  if (found.length === 0) {
    sayNothing(io, 'Here', 'results lie in .mergelab beside each experiment');
    return { freed: null, leftovers };
  }
  say(io, 'Environments of other versions, on this machine:');
  for (const { folder, bytes: size } of found) say(io, `  ${folder} (${bytes(size)})`);
  say(io, 'A window or run of such a version stops working. Results stay.');
  if (!(await agrees(io, yes === true))) return { freed: null, leftovers };
  return { freed: (await removeAgentEnvironment(home, { of: 'others', signal })).freedBytes, leftovers };
}

async function cleanThere({ io, signal }: Context, name: string, { yes }: CommonOptions): Promise<Cleaned> {
  let leftovers: Cleaned['leftovers'] = [];
  const cleaned = await cleanHost(
    name,
    async (host, found) => {
      leftovers = found.leftovers;
      const removable = found.leftovers.filter(({ in_use }) => !in_use);
      for (const line of leftoverLines(found)) say(io, line);
      if (removable.length > 0) return agrees(io, yes === true);
      if (leftovers.length > 0) say(io, 'Nothing of it can be removed now.');
      else sayNothing(io, `On ${host.name}`, `its results and data take ${bytes(found.store_bytes)}`);
      return false;
    },
    signal,
  );
  return { freed: cleaned?.freed_bytes ?? null, leftovers };
}

function sayNothing(io: Io, where: string, rest: string): void {
  say(io, `${where} nothing is left over; ${rest}.`);
}
