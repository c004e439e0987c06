import type * as vscode from 'vscode';
import type { Parsed } from '../../core/experiment/parse.ts';
import type { ExperimentState } from './experiment-state.ts';

/** What surfaces see of the experiments of this window. */
export interface ExperimentStates {
  get(uri: vscode.Uri): ExperimentState | undefined;
  /** Fires after any part of a state changed; also where an experiment came or went. */
  readonly onDidChange: vscode.Event<vscode.Uri>;
  /** Of exactly this version of the text; parsed once a version. */
  parsedOf(document: vscode.TextDocument): Parsed;
}
