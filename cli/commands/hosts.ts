import { hostLacks } from '../../runner/hosts/host-lacks.ts';
import { type ListedHost, listHosts, lookAtHost, setUpHost } from '../../runner/hosts/host-state.ts';
import { factLines } from '../../words/hosts.ts';
import { plain } from '../../words/plain.ts';
import type { CommonOptions, Context, ExitCode } from '../command.ts';
import { agreeToHost, hostNews } from '../host-consent.ts';
import { invocation } from '../invocation.ts';
import { problemText } from '../problem-text.ts';
import { print, printJson } from '../terminal/io.ts';
import { table } from '../terminal/table.ts';

export interface HostsOptions extends CommonOptions {
  readonly setUp: boolean;
}

const STATES: Readonly<Record<ListedHost['state'], string>> = {
  ready: 'ready',
  older: 'ready after a copy of the agent',
  new: 'not set up',
};

/** `hosts`: those that are known. `hosts HOST`: a look at one, and with `--set-up` what makes it ready. */
export async function hosts(
  context: Context,
  name: string | undefined,
  options: HostsOptions,
): Promise<ExitCode> {
  if (name === undefined) return list(context, options);
  if (options.setUp) return makeReady(context, name, options);
  const { io, signal } = context;
  const { host, facts, release } = await lookAtHost(name, signal);
  const problems = hostLacks(host, facts);
  if (options.json) printJson(io, { host, facts, agent: release.agent, problems });
  else {
    print(io, `${plain(host.name)} can be reached.`);
    for (const line of factLines(facts)) print(io, `  ${line}`);
    const there = facts.source !== null && (host.python !== null || facts.environment !== null);
    const next = `${invocation(io.env, 'hosts', host.name)} --set-up`;
    print(io, there ? 'The agent is there.' : `The agent is not there yet: ${next}`);
    for (const problem of problems) print(io, problemText(problem, io.style));
  }
  return problems.length === 0 ? 0 : 1;
}

async function makeReady({ io, signal }: Context, name: string, options: HostsOptions): Promise<ExitCode> {
  const agree = agreeToHost(io, options.yes);
  const host = await setUpHost(name, { agree, isMeant: true, news: hostNews(io), signal });
  if (options.json) printJson(io, { host, ready: true });
  else print(io, `${plain(host.name)} is ready: ${invocation(io.env, 'run')} FILE --on ${plain(host.name)}`);
  return 0;
}

async function list({ io }: Context, { json }: HostsOptions): Promise<ExitCode> {
  const { hosts: known, problems } = await listHosts();
  if (json) printJson(io, { hosts: known, problems });
  else if (known.length === 0 && problems.length === 0) {
    print(io, 'No host is known yet. Any alias of your ssh configuration can be one: merge-lab hosts ALIAS');
  } else {
    const columns = (['host', 'reached as', 'state'] as const).map((title) => ({
      title,
      align: 'left' as const,
    }));
    const rows = known.map(({ host, state }) => [plain(host.name), plain(host.ssh), STATES[state]]);
    if (rows.length > 0) print(io, table(columns, rows));
    for (const problem of problems) print(io, problemText(problem, io.style));
  }
  return problems.length === 0 ? 0 : 1;
}
