/** What mends a problem of a model or a data file: its place shown, another folder chosen, its page on the hub. */
import path from 'node:path';
import * as vscode from 'vscode';
import type { Problem } from '../core/problem.ts';
import type { Prepared } from '../core/store/format.ts';
import { oneLine } from '../words/plain.ts';
import { writtenPath } from './commands/written-path.ts';
import type { Lab } from './lab.ts';
import { EditedExperiment } from './language/edited-experiment.ts';
import { replaceSource, sourceIn } from './language/model-value.ts';
import { placeOf } from './language/prepared-diagnostics.ts';
import { toRange } from './language/vscode-ranges.ts';

type Placed = Prepared['problems'][number];

export interface Repair {
  readonly title: string;
  /** True where the thing that failed is worth another try at once. */
  readonly act: () => Thenable<boolean>;
  /** Of the problem as this repair sees it. Left out: the problem's own. */
  readonly words?: string;
}

/** Another source may help. */
const SOURCES = /^(model_missing|source_invalid|hub_(not_found|access|offline|failed)|pickle_refused)$/;

/** @param at the experiment that the problem is of */
export async function repairsOf(
  lab: Lab,
  problem: Placed,
  at: vscode.Uri | undefined,
): Promise<readonly Repair[]> {
  const own = inItsFile(problem);
  const edited = at && (await editedAt(lab, at));
  if (!at || !edited) return own;
  const { model, domain, code } = problem;
  const shown = model === undefined && domain === undefined ? [] : [showPlace(at, edited, problem)];
  if (model === undefined || !SOURCES.test(code)) return [...own, ...shown];
  const canReplace = replaceSource(edited, model, './') !== null;
  return [...shown, ...(canReplace ? [chooseFolder(lab, at, model)] : []), ...hubPage(edited, problem)];
}

/** E.g. the line of a data file that cannot be read. */
function inItsFile({ file, line, column }: Problem): Repair[] {
  if (file === undefined || line === undefined || !path.isAbsolute(file)) return [];
  const position = new vscode.Position(line - 1, (column ?? 1) - 1);
  return [
    {
      title: 'Open the File',
      act: () => show(vscode.Uri.file(file), new vscode.Range(position, position)),
    },
  ];
}

function showPlace(at: vscode.Uri, edited: EditedExperiment, problem: Placed): Repair {
  return { title: 'Show in Experiment', act: () => show(at, toRange(placeOf(edited, problem))) };
}

async function show(file: vscode.Uri, selection: vscode.Range): Promise<boolean> {
  await vscode.window.showTextDocument(file, { selection });
  return false;
}

function chooseFolder(lab: Lab, at: vscode.Uri, model: string): Repair {
  const act = async (): Promise<boolean> => {
    const [picked] =
      (await vscode.window.showOpenDialog({
        title: `The folder of ${oneLine(model.split('/').at(-1) ?? '', 80)}`,
        openLabel: 'Use This Folder',
        canSelectFiles: false,
        canSelectFolders: true,
        defaultUri: vscode.Uri.joinPath(at, '..'),
      })) ?? [];
    // The text may have changed while the dialog was open.
    const edited = picked && (await editedAt(lab, at));
    const written = picked && writtenPath(path.dirname(at.fsPath), picked.fsPath);
    const change = edited && written ? replaceSource(edited, model, written) : null;
    if (!change) return false;
    const edit = new vscode.WorkspaceEdit();
    edit.replace(at, toRange(change.range), change.newText);
    return vscode.workspace.applyEdit(edit);
  };
  return { title: 'Choose a Folder…', act };
}

/** Where terms are accepted and names looked up. */
function hubPage({ parsed }: EditedExperiment, { code, model }: Placed): Repair[] {
  const source = model ? sourceIn(parsed, model) : null;
  const [name] = source?.split('@') ?? [];
  if (code !== 'hub_access' || !name) return [];
  const page = vscode.Uri.parse(`https://huggingface.co/${name}`, true);
  return [
    {
      title: 'Open Its Page',
      act: async () => {
        await vscode.env.openExternal(page);
        return false;
      },
    },
  ];
}

async function editedAt(lab: Lab, at: vscode.Uri): Promise<EditedExperiment | null> {
  try {
    const document = await vscode.workspace.openTextDocument(at);
    return new EditedExperiment(
      document.getText(),
      lab.library.parsedOf(document),
      lab.library.get(at) ?? null,
    );
  } catch {
    // Gone, or no text: then there is no place in it to show.
    return null;
  }
}
