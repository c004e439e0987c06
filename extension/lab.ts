import type * as vscode from 'vscode';
import type { AgentInterpreter } from './agent/interpreter.ts';
import type { DashboardPanels } from './dashboard/panels.ts';
import type { ExperimentLibrary } from './experiments/experiment-library.ts';
import type { InsertionTarget } from './insert/insertion-target.ts';

/** What every part of the extension may need: made once, at activation. */
export interface Lab {
  readonly extension: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  readonly library: ExperimentLibrary;
  readonly interpreter: AgentInterpreter;
  readonly dashboards: DashboardPanels;
  readonly insertionTarget: InsertionTarget;
}
