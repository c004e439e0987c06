/** What can be done with a host by itself. Each names its host, or asks which one; none reaches out of a folder that nobody trusts. */
import * as vscode from 'vscode';
import { problemOf } from '../../core/problem.ts';
import { cleanHost } from '../../runner/hosts/clean-host.ts';
import { leftoverLines } from '../../words/hosts.ts';
import { oneLine, plain } from '../../words/plain.ts';
import { bytes } from '../../words/units.ts';
import { trusted } from '../commands/trusted.ts';
import type { Lab } from '../lab.ts';
import { showProblem } from '../show-problem.ts';
import { withProgress } from '../with-progress.ts';
import type { HostLooks } from './host-looks.ts';
import { hostReady } from './host-ready.ts';
import { openTerminal } from './host-terminal.ts';
import { showHostsFile } from './hosts-file.ts';
import type { HostsView } from './hosts-view.ts';
import { pickTarget } from './pick-target.ts';

interface Hosts {
  readonly lab: Lab;
  readonly looks: HostLooks;
  readonly view: HostsView;
}

type HostCommand = (hosts: Hosts, name: string) => unknown;

const COMMANDS: Readonly<Record<string, { readonly title: string; readonly act: HostCommand }>> = {
  lookAtHost: { title: 'Look at which host?', act: look },
  setUpHost: { title: 'Set up which host?', act: setUp },
  openHostTerminal: { title: 'A terminal on which host?', act: (_, name) => openTerminal(name) },
  cleanHost: { title: 'Clean which host?', act: clean },
};

export function registerHostCommands(hosts: Hosts): vscode.Disposable {
  const { lab, view } = hosts;
  const told = (act: () => unknown) => async (): Promise<void> => {
    try {
      await act();
    } catch (error) {
      showProblem(lab, problemOf(error));
    }
  };
  const ofHosts = Object.entries(COMMANDS).map(([id, { title, act }]) =>
    vscode.commands.registerCommand(`mergeLab.${id}`, (node?: { readonly host?: unknown }) =>
      told(async () => {
        if (!(await trusted('Reaching a host'))) return;
        const named = typeof node?.host === 'string' ? node.host : undefined;
        const name = named ?? (await pickTarget({ title, current: null, withLocal: false }))?.target;
        if (name !== undefined) await act(hosts, name);
      })(),
    ),
  );
  return vscode.Disposable.from(
    ...ofHosts,
    vscode.commands.registerCommand('mergeLab.editHosts', told(showHostsFile)),
    vscode.commands.registerCommand('mergeLab.refreshHosts', () => view.refresh()),
  );
}

async function look(hosts: Hosts, name: string): Promise<void> {
  const { lab, looks } = hosts;
  const problem = await withProgress(`Looking at ${plain(name)}`, ({ signal }) => looks.look(name, signal));
  if (problem) showProblem(lab, problem, { host: name, retry: () => look(hosts, name) });
}

async function setUp(hosts: Hosts, name: string): Promise<void> {
  const { lab, looks, view } = hosts;
  if (!(await hostReady(lab, name, { isMeant: true, retry: () => setUp(hosts, name) }))) return;
  view.refresh();
  vscode.window.setStatusBarMessage(`$(check) ${plain(name)} is ready`, 5000);
  await looks.look(name, new AbortController().signal);
}

/** Results are never among what is removed. */
async function clean(hosts: Hosts, name: string): Promise<void> {
  const { lab } = hosts;
  const shown = plain(name);
  let found = '';
  try {
    const cleaned = await withProgress(`Cleaning ${shown}`, ({ signal }) =>
      cleanHost(
        name,
        async (_, what) => {
          if (what.leftovers.every(({ in_use }) => in_use)) {
            found = `Nothing can be removed from ${shown}; its results and data take ${bytes(what.store_bytes)}`;
            return false;
          }
          found = '';
          const options = { modal: true, detail: leftoverLines(what).join('\n') };
          const answer = await vscode.window.showWarningMessage(`Clean ${shown}?`, options, 'Remove');
          return answer === 'Remove';
        },
        signal,
      ),
    );
    const said = cleaned ? `${bytes(cleaned.freed_bytes)} freed on ${shown}` : found;
    if (said) void vscode.window.showInformationMessage(oneLine(`${said}.`));
  } catch (error) {
    showProblem(lab, problemOf(error), { host: name, retry: () => clean(hosts, name) });
  }
}
