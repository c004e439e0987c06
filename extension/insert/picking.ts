import type * as vscode from 'vscode';
import type { Report } from '../../core/report/report.ts';
import type { GhostText } from './insert-at-cursor.ts';
import type { Weights } from './subset-remark.ts';
import type { SubsetSource, TellProblem } from './subset-source.ts';

export const TITLE = 'Insert Expert Subset';

/** What every step of the picker works with. */
export interface Picking {
  readonly editor: vscode.TextEditor;
  /** Shows the text at the cursor before it is inserted. */
  readonly ghost: GhostText;
  readonly tell: TellProblem;
}

/** The experiment that was chosen, and its report under these weights; null: those of its file. */
export interface Chosen {
  readonly source: SubsetSource;
  readonly report: Report;
  readonly weights: Weights | null;
}
