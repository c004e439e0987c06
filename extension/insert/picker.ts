/** "Insert expert subset": experiment, method, size of subset, and the text that would be inserted seen before it is. */
import path from 'node:path';
import type * as vscode from 'vscode';
import type { MergeName } from '../../webview/messages.ts';
import { plain } from '../../words/plain.ts';
import { headlineCell } from '../language/report-cells.ts';
import { GhostText, insertSubset } from './insert-at-cursor.ts';
import { pickSubset } from './pick-subset.ts';
import { nothingToInsert, subsetOf } from './subset-of.ts';
import type { SubsetSource, TellProblem } from './subset-source.ts';
import type { SubsetToInsert } from './subset-text.ts';
import { waited } from './waited.ts';

/**
 * Asks, shows, and inserts into the editor. Whatever goes wrong is told.
 *
 * @param meant begins with this one; the others are one step back
 */
export async function insertExpertSubset(
  editor: vscode.TextEditor,
  sources: readonly SubsetSource[],
  tell: TellProblem,
  meant: SubsetSource | null = null,
): Promise<void> {
  const ghost = new GhostText(editor);
  let subset: SubsetToInsert | null = null;
  try {
    subset = await pickSubset({ editor, ghost, tell }, sources, meant);
  } finally {
    ghost.dispose();
  }
  if (subset) await write(editor, subset, tell);
}

/** Without asking: a merge of an experiment, or the one that it recommends. */
export async function insertMerge(
  editor: vscode.TextEditor,
  source: SubsetSource,
  merge: MergeName | null,
  tell: TellProblem,
): Promise<void> {
  const report = await waited('Reading results', source.report());
  const cell = report && headlineCell(report);
  const recommended = cell?.selection?.recommended;
  const wanted =
    merge ??
    (cell && recommended
      ? { size: cell.size, method: cell.method, members: recommended.members, seed: null }
      : null);
  if (!report || !wanted) return tell(nothingToInsert(source, report));
  await write(editor, subsetOf(source, report, wanted, null), tell);
}

async function write(editor: vscode.TextEditor, subset: SubsetToInsert, tell: TellProblem): Promise<void> {
  const done = await insertSubset(editor, subset);
  if (!done)
    tell({
      code: 'file_read_only',
      message: `${plain(path.basename(editor.document.fileName))} cannot be changed.`,
      fix: 'Put the cursor into a file that you may edit.',
    });
}
