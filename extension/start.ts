/** Everything is made here, and ends with `context.subscriptions`. */
import * as vscode from 'vscode';
import { AgentInterpreter } from './agent/interpreter.ts';
import { registerCommands } from './commands/table.ts';
import { handlePage } from './dashboard/handle-page.ts';
import { DashboardPanels } from './dashboard/panels.ts';
import { ExperimentLibrary } from './experiments/experiment-library.ts';
import { registerHostCommands } from './hosts/host-commands.ts';
import { HostLooks } from './hosts/host-looks.ts';
import { hostsLanguage } from './hosts/hosts-file.ts';
import { HostsView } from './hosts/hosts-view.ts';
import { InsertionTarget } from './insert/insertion-target.ts';
import type { Lab } from './lab.ts';
import { editorSettings } from './language/editor-settings.ts';
import { registerLanguage } from './language/register.ts';
import { tellOfEnd } from './run-ended.ts';
import { askedWorkers } from './settings.ts';
import { registerStatusBar } from './status-bar.ts';
import { ExperimentsView } from './tree/experiments-view.ts';

export function start(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Merge Lab', { log: true });
  const interpreter = new AgentInterpreter(process.env['MERGE_LAB_HOME']);
  const library = new ExperimentLibrary({
    session: () => {
      const { python } = interpreter;
      const workers = askedWorkers();
      return { ...(python === undefined ? {} : { python }), ...(workers === undefined ? {} : { workers }) };
    },
    ended: (uri, end) => tellOfEnd(lab, uri, end),
  });
  const dashboards = new DashboardPanels(context.extensionUri, library, (uri, message, answer) => {
    void handlePage(lab, uri, message, answer);
  });
  const insertionTarget = new InsertionTarget();
  const lab: Lab = { extension: context, log, library, interpreter, dashboards, insertionTarget };
  const settings = editorSettings();
  registerLanguage({ subscriptions: context.subscriptions, states: library, settings });
  context.subscriptions.push(
    log,
    settings,
    insertionTarget,
    library,
    dashboards,
    registerCommands(lab),
    registerStatusBar(lab),
    new ExperimentsView(lab),
    ...hostParts(lab),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (!event.affectsConfiguration('mergeLab.python')) return;
      interpreter.forget();
      void library.refreshAll();
    }),
  );
}

function hostParts(lab: Lab): readonly vscode.Disposable[] {
  const looks = new HostLooks(lab.extension.globalState);
  const view = new HostsView(lab, looks);
  return [looks, view, registerHostCommands({ lab, looks, view }), hostsLanguage()];
}
