import { homedir } from 'node:os';
import path from 'node:path';
import type * as vscode from 'vscode';
import type { ExperimentState } from '../experiments/experiment-state.ts';
import type { ExperimentStates } from '../experiments/experiment-states.ts';
import { EditedExperiment } from './edited-experiment.ts';
import type { FileRoots } from './named-files.ts';
import { TextLines } from './text-lines.ts';

interface Kept {
  readonly version: number;
  readonly lines: TextLines;
  readonly state: ExperimentState | null;
  readonly edited: EditedExperiment;
}

/** Documents with what is known of them; made once for each version and state, however many surfaces ask. */
export class EditedDocuments {
  readonly #states: ExperimentStates;
  readonly #kept = new WeakMap<vscode.TextDocument, Kept>();

  constructor(states: ExperimentStates) {
    this.#states = states;
  }

  of(document: vscode.TextDocument): EditedExperiment {
    const { version } = document;
    const state = this.#states.get(document.uri) ?? null;
    const kept = this.#kept.get(document);
    if (kept?.version === version && kept.state === state) return kept.edited;
    const lines = kept?.version === version ? kept.lines : new TextLines(document.getText());
    const edited = new EditedExperiment(lines, this.#states.parsedOf(document), state);
    this.#kept.set(document, { version, lines, state, edited });
    return edited;
  }
}

/** Null for a document without a folder: one that was never saved. */
export function rootsOf({ uri }: vscode.TextDocument): FileRoots | null {
  return uri.scheme === 'file' ? { folder: path.dirname(uri.fsPath), home: homedir() } : null;
}
