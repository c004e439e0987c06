/** The view "Merge Lab": the experiments of the workspace, what is known of each, and its run. */
import * as vscode from 'vscode';
import { count } from '../../words/numbers.ts';
import { oneLine } from '../../words/plain.ts';
import { experimentsOf } from '../commands/which-experiment.ts';
import type { ExperimentState } from '../experiments/experiment-state.ts';
import { nameOfFile } from '../experiments/name-of-file.ts';
import type { Lab } from '../lab.ts';
import { answerLines, answerText, isActive, runText } from '../status-bar.ts';

const HOLDER = 'tree';
/** More than these are listed without a look into their stores. */
const MOST_LOOKED_AT = 20;

export interface ExperimentNode {
  readonly experiment: vscode.Uri;
  readonly kind: 'experiment' | 'line';
  readonly label: string;
  readonly icon?: string;
  readonly tooltip?: string;
}

export class ExperimentsView implements vscode.TreeDataProvider<ExperimentNode>, vscode.Disposable {
  readonly #lab: Lab;
  readonly #changed = new vscode.EventEmitter<ExperimentNode | undefined>();
  readonly #nodes = new Map<string, ExperimentNode>();
  readonly #subscriptions: vscode.Disposable[];
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(lab: Lab) {
    this.#lab = lab;
    const files = vscode.workspace.createFileSystemWatcher('**/*.mergelab.{yaml,yml}');
    const all = (): void => this.#changed.fire(undefined);
    this.#subscriptions = [
      this.#changed,
      files,
      files.onDidCreate(all),
      files.onDidChange((uri) => void lab.library.reread(uri)),
      files.onDidDelete((uri) => {
        lab.library.gone([uri]);
        all();
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(all),
      lab.library.onDidChange((uri) => {
        const node = this.#nodes.get(uri.toString());
        // One that is new changes the list; one that is known, only itself.
        if (node && lab.library.get(uri)) this.#changed.fire(node);
        else all();
      }),
      vscode.window.registerTreeDataProvider('mergeLab.experiments', this),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async getChildren(node?: ExperimentNode): Promise<ExperimentNode[]> {
    if (node)
      return node.kind === 'experiment'
        ? linesOf(node.experiment, this.#lab.library.get(node.experiment))
        : [];
    const uris = await experimentsOf(this.#lab);
    // Only now is it known that there is none to show.
    await vscode.commands.executeCommand('setContext', 'mergeLab.noExperiments', uris.length === 0);
    for (const uri of uris.slice(0, MOST_LOOKED_AT)) {
      // One that cannot be read is listed all the same.
      if (uri.scheme === 'file') void this.#lab.library.hold(uri, HOLDER).catch(() => {});
    }
    return uris.map((uri) => this.#node(uri));
  }

  getTreeItem(node: ExperimentNode): vscode.TreeItem {
    return node.kind === 'experiment' ? this.#experimentItem(node) : lineItem(node);
  }

  #node(experiment: vscode.Uri): ExperimentNode {
    const known = this.#nodes.get(experiment.toString());
    const node = known ?? { experiment, kind: 'experiment', label: oneLine(nameOfFile(experiment)) };
    this.#nodes.set(experiment.toString(), node);
    return node;
  }

  #experimentItem({ experiment, label }: ExperimentNode): vscode.TreeItem {
    const state = this.#lab.library.get(experiment);
    const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
    item.id = experiment.toString();
    item.description = state ? descriptionOf(state) : '';
    item.tooltip = oneLine(experiment.fsPath, 1000);
    item.iconPath = iconOf(state);
    item.contextValue = contextOf(state);
    item.command = { command: 'vscode.open', title: 'Open', arguments: [experiment] };
    return item;
  }
}

function lineItem({ label, icon, tooltip }: ExperimentNode): vscode.TreeItem {
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None);
  if (icon) item.iconPath = new vscode.ThemeIcon(icon);
  item.tooltip = tooltip ?? label;
  return item;
}

function descriptionOf(state: ExperimentState): string {
  if (state.busy) return state.busy.toLowerCase();
  if (isActive(state)) return runText(state);
  if (!state.valid) return 'has errors';
  const { plan } = state;
  const answer = answerText(state);
  const left = plan && plan.missing > 0 ? `${count(plan.missing)} to do` : '';
  return [answer, left || standing(state)].filter(Boolean).join(' · ');
}

/** Of one that does not run. */
function standing({ parsed, report, ensemble, plan, stale }: ExperimentState): string {
  if (!parsed.experiment && !parsed.ensemble) return 'has errors';
  if (plan?.missing === 0) return plan.failed > 0 ? `${count(plan.failed)} failed` : 'done';
  return (report ?? ensemble) && stale ? 'models or data changed' : 'not run yet';
}

function iconOf(state: ExperimentState | undefined): vscode.ThemeIcon {
  if (!state) return new vscode.ThemeIcon('beaker');
  if (isApart(state)) return new vscode.ThemeIcon('debug-disconnect');
  if (state.busy || isActive(state)) return new vscode.ThemeIcon('loading~spin');
  if (state.problem || state.run.state === 'failed')
    return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'));
  if (state.plan?.missing === 0)
    return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'));
  return new vscode.ThemeIcon('beaker');
}

/** Its run goes on on a host that nobody here asks. */
function isApart({ busy, host }: ExperimentState): boolean {
  return !busy && host?.link === 'apart';
}

/** Which inline actions there are. */
function contextOf(state: ExperimentState | undefined): string {
  if (state && isApart(state)) return 'experiment.apart';
  if (state && isActive(state)) return 'experiment.running';
  if (state?.busy) return 'experiment.busy';
  return state?.plan?.missing === 0 ? 'experiment.done' : 'experiment.idle';
}

/** What is known of one experiment, a line each. */
function linesOf(experiment: vscode.Uri, state: ExperimentState | undefined): ExperimentNode[] {
  const line = (label: string, icon: string, tooltip = label): ExperimentNode => ({
    experiment,
    kind: 'line',
    label: oneLine(label, 160),
    icon,
    tooltip: oneLine(tooltip, 1000),
  });
  if (!state) return [line('It cannot be read', 'error')];
  const lines: ExperimentNode[] = [];
  const { stale, run, plan, problem } = state;
  if (!state.parsed.experiment && !state.parsed.ensemble) lines.push(line('The file has errors', 'error'));
  else if (stale) lines.push(line(stale, 'history'));
  for (const sentence of answerLines(state)) {
    lines.push(line(sentence, 'lightbulb'));
  }
  if (plan) {
    const failed = plan.failed > 0 ? `, ${count(plan.failed)} failed` : '';
    lines.push(line(`${count(plan.done)} of ${count(plan.total)} models scored${failed}`, 'checklist'));
  }
  for (const worker of run.workers) {
    lines.push(
      line(`${worker.state} on ${worker.device}, ${worker.dtype}`, 'vm-running', `Run ${worker.run}`),
    );
  }
  const told = problem ?? run.workers.find((worker) => worker.problem)?.problem;
  if (told) lines.push(line(told.message, 'warning', `${told.message} ${told.fix}`));
  if (lines.length === 0) lines.push(line('Nothing is measured yet', 'circle-outline'));
  return lines;
}
