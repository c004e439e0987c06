/** The view "Hosts": those of hosts.yaml and those that were agreed to. Showing it reaches for none of them. */
import * as vscode from 'vscode';
import { type Problem, problemOf } from '../../core/problem.ts';
import { hostsFile } from '../../runner/hosts/find-host.ts';
import { type ListedHost, listHosts } from '../../runner/hosts/host-state.ts';
import { userHome } from '../../runner/store-folder.ts';
import { oneLine, plain } from '../../words/plain.ts';
import { countsOfWorkers, percentOfNew } from '../../words/run-progress.ts';
import { nameIn } from '../experiments/experiment-state.ts';
import { nameOfFile } from '../experiments/name-of-file.ts';
import type { Lab } from '../lab.ts';
import {
  type HostLine,
  hostIcon,
  hostLines,
  hostStateShort,
  hostStateText,
  type KnownOfHost,
  type RunThere,
} from './host-lines.ts';
import type { HostLooks } from './host-looks.ts';

export type HostNode =
  | { readonly kind: 'host'; readonly host: string }
  | { readonly kind: 'line'; readonly line: HostLine }
  | { readonly kind: 'problem'; readonly problem: Problem };

export class HostsView implements vscode.TreeDataProvider<HostNode>, vscode.Disposable {
  readonly #lab: Lab;
  readonly #looks: HostLooks;
  readonly #changed = new vscode.EventEmitter<HostNode | undefined>();
  /** The same object for a host each time: buttons of one that is drawn anew would act on none. */
  readonly #nodes = new Map<string, HostNode>();
  readonly #listed = new Map<string, ListedHost>();
  readonly #subscriptions: vscode.Disposable[];
  #runs = '';
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(lab: Lab, looks: HostLooks) {
    this.#lab = lab;
    this.#looks = looks;
    this.#subscriptions = [
      this.#changed,
      looks.onDidChange(() => this.#redraw()),
      lab.library.onDidChange(() => {
        const runs = JSON.stringify(this.#allRuns());
        if (runs === this.#runs) return;
        this.#runs = runs;
        this.#redraw();
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        if (uri.fsPath === hostsFile(userHome())) this.refresh();
      }),
      vscode.window.registerTreeDataProvider('mergeLab.hosts', this),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Which hosts there are may have changed. */
  refresh(): void {
    this.#changed.fire(undefined);
  }

  #redraw(): void {
    for (const node of this.#nodes.values()) this.#changed.fire(node);
  }

  async getChildren(node?: HostNode): Promise<HostNode[]> {
    if (node) {
      if (node.kind !== 'host') return [];
      const known = this.#knownOf(node.host);
      return known ? hostLines(known).map((line) => ({ kind: 'line', line })) : [];
    }
    const { hosts, problems } = await listHosts().catch((error: unknown) => ({
      hosts: [],
      problems: [problemOf(error)],
    }));
    this.#listed.clear();
    for (const listed of hosts) this.#listed.set(listed.host.name, listed);
    return [
      ...problems.map((problem) => ({ kind: 'problem' as const, problem })),
      ...hosts.map(({ host }) => this.#node(host.name)),
    ];
  }

  getTreeItem(node: HostNode): vscode.TreeItem {
    if (node.kind === 'host') return this.#hostItem(node.host);
    const { icon, label, tooltip } =
      node.kind === 'line'
        ? node.line
        : { icon: 'error', label: oneLine(node.problem.message), tooltip: oneLine(node.problem.fix) };
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
    item.iconPath = new vscode.ThemeIcon(icon);
    item.tooltip = tooltip;
    if (node.kind === 'problem') item.command = { command: 'mergeLab.editHosts', title: 'Open hosts.yaml' };
    return item;
  }

  #node(host: string): HostNode {
    const node = this.#nodes.get(host) ?? { kind: 'host', host };
    this.#nodes.set(host, node);
    return node;
  }

  #hostItem(name: string): vscode.TreeItem {
    const item = new vscode.TreeItem(plain(name), vscode.TreeItemCollapsibleState.Collapsed);
    item.id = name;
    item.contextValue = 'host';
    const known = this.#knownOf(name);
    if (!known) return item;
    item.description = hostStateShort(known, Date.now());
    item.tooltip = oneLine(`${name}: ${hostStateText(known)}`);
    item.iconPath = new vscode.ThemeIcon(hostIcon(known));
    return item;
  }

  /** Null for one that is no longer listed. */
  #knownOf(name: string): KnownOfHost | null {
    const listed = this.#listed.get(name);
    if (!listed) return null;
    const runs = this.#allRuns().filter(({ host }) => host === name);
    return { listed, look: this.#looks.of(name), runs };
  }

  #allRuns(): readonly (RunThere & { readonly host: string })[] {
    return this.#lab.library.all().flatMap(({ uri, state }) => {
      const { host, run } = state;
      if (!host) return [];
      const experiment = oneLine(nameIn(state) ?? nameOfFile(uri), 80);
      const progress = percentOfNew(countsOfWorkers(run.workers));
      return [{ host: host.name, experiment, link: host.link, progress }];
    });
  }
}
