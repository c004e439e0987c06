/** "Insert expert subset": experiment, method, size of subset, and the text that would be inserted seen before it is. */
import path from 'node:path';
import * as vscode from 'vscode';
import { type Problem, problemOf } from '../../core/problem.ts';
import type { Cell, Report } from '../../core/report/report.ts';
import type { MergeName } from '../../webview/messages.ts';
import { nameList, plain } from '../../words/plain.ts';
import { headlineCell } from '../language/report-cells.ts';
import { GhostText, insertionAt, insertSubset, previewOf } from './insert-at-cursor.ts';
import { type Answer, ask } from './quick-steps.ts';
import { cellChoices, type SizeChoice, sizeChoices } from './subset-choices.ts';
import { remarkOf, type Weights } from './subset-remark.ts';
import type { SubsetSource, TellProblem } from './subset-source.ts';
import type { SubsetToInsert } from './subset-text.ts';
import { parseWeights, weightsText } from './weights-text.ts';

const TITLE = 'Insert Expert Subset';

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
    subset = await pickSubset(editor, sources, ghost, tell, meant);
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

type Chosen = { readonly source: SubsetSource; readonly report: Report; readonly weights: Weights | null };

/** Steps that have one answer are not asked. Null where the user went away. */
async function pickSubset(
  editor: vscode.TextEditor,
  sources: readonly SubsetSource[],
  ghost: GhostText,
  tell: TellProblem,
  meant: SubsetSource | null,
): Promise<SubsetToInsert | null> {
  let source = meant ?? (await pickSource(sources));
  for (;;) {
    if (!source) return null;
    const report = await waited('Reading results', source.report());
    if (!report || cellChoices(report).length === 0) {
      tell(nothingToInsert(source, report));
      return null;
    }
    const answer = await pickCellAndSize(
      editor,
      { source, report, weights: null },
      ghost,
      tell,
      sources.length > 1,
    );
    if (answer.kind !== 'back') return answer.kind === 'chosen' ? answer.item : null;
    source = await pickSource(sources);
  }
}

async function pickSource(sources: readonly SubsetSource[]): Promise<SubsetSource | null> {
  const [only] = sources;
  if (sources.length <= 1) return only ?? null;
  const items = sources.map((source) => ({
    label: plain(source.name),
    description: plain(source.file, 120),
    source,
  }));
  const answer = await ask({
    title: TITLE,
    placeholder: 'Which experiment?',
    items,
    active: null,
    canGoBack: false,
  });
  return answer.kind === 'chosen' ? answer.item.source : null;
}

async function pickCellAndSize(
  editor: vscode.TextEditor,
  chosen: Chosen,
  ghost: GhostText,
  tell: TellProblem,
  canGoBack: boolean,
): Promise<Answer<SubsetToInsert>> {
  const items = cellChoices(chosen.report);
  for (;;) {
    const several = items.length > 1;
    const answer = several
      ? await ask({ title: TITLE, placeholder: 'Which method?', items, active: null, canGoBack })
      : ({ kind: 'chosen', item: items[0] } as const);
    if (answer.kind !== 'chosen') return answer;
    const cell = chosen.report.cells[answer.item?.index ?? 0];
    if (!cell) return { kind: 'gone' };
    const size = await pickSize(editor, chosen, cell, ghost, tell, several || canGoBack);
    if (size.kind !== 'back' || !several) return size;
  }
}

type SizeItem = vscode.QuickPickItem & { readonly subset: SubsetToInsert | null };

/** The k, with the text seen in the file; domains can be weighed anew, as often as one likes. */
async function pickSize(
  editor: vscode.TextEditor,
  { source, report, weights }: Chosen,
  cell: Cell,
  ghost: GhostText,
  tell: TellProblem,
  canGoBack: boolean,
): Promise<Answer<SubsetToInsert>> {
  const choices = sizeChoices(report, cell);
  const items = choices.map((choice) =>
    sizeItem(editor, subsetOf(source, report, choice.merge, weights), choice),
  );
  const weigh: SizeItem = {
    label: '$(settings) Weigh domains …',
    description: weightsText(weights ?? source.weights) || 'all alike',
    alwaysShow: true,
    subset: null,
  };
  const answer = await ask<SizeItem>({
    title: TITLE,
    placeholder: 'How many experts? The loss is cross-fitted, with its 95% interval.',
    items: [...items, { label: '', kind: vscode.QuickPickItemKind.Separator, subset: null }, weigh],
    active: items[choices.findIndex(({ recommended }) => recommended)] ?? null,
    canGoBack,
    looked: ({ subset }) =>
      ghost.show(subset ? previewOf(insertionAt(editor.document, editor.selection, subset)) : ''),
  });
  if (answer.kind !== 'chosen') return answer;
  if (answer.item.subset) return { kind: 'chosen', item: answer.item.subset };
  const explored = await weighed(source, report, weights, tell);
  const same = explored?.report.cells.find(
    ({ size, method }) => size === cell.size && method === cell.method,
  );
  return pickSize(editor, explored ?? { source, report, weights }, same ?? cell, ghost, tell, canGoBack);
}

/** With the text that would be inserted, or where that has several lines the names in it. */
function sizeItem(
  editor: vscode.TextEditor,
  subset: SubsetToInsert,
  { label, description }: SizeChoice,
): SizeItem {
  const insertion = insertionAt(editor.document, editor.selection, subset);
  const lines = insertion.body.split('\n').length;
  const detail = lines === 1 ? previewOf(insertion) : `${nameList(subset.names, 20)} · ${lines} lines`;
  return { label, description, detail, subset };
}

/** The report under weights that the user types; null where they stay as they are. */
async function weighed(
  source: SubsetSource,
  report: Report,
  before: Weights | null,
  tell: TellProblem,
): Promise<Chosen | null> {
  const domains = report.domains.map(({ name }) => name);
  const written = await vscode.window.showInputBox({
    title: TITLE,
    prompt: 'Weights of domains in the objective; 1 where none is given.',
    placeHolder: domains
      .slice(0, 2)
      .map((name, i) => `${plain(name, 30)}=${2 - i}`)
      .join(', '),
    value: weightsText(before ?? source.weights),
    validateInput: (text) => {
      const parsed = parseWeights(text, domains);
      return parsed.ok ? null : parsed.message;
    },
  });
  if (written === undefined) return null;
  const parsed = parseWeights(written, domains);
  if (!parsed.ok) return null;
  try {
    const { weights } = parsed;
    const explored = await waited('Weighing domains', source.explore({ weights }));
    return { source, report: explored, weights };
  } catch (error) {
    tell(problemOf(error));
    return null;
  }
}

function subsetOf(
  source: SubsetSource,
  report: Report,
  merge: MergeName,
  weights: Weights | null,
): SubsetToInsert {
  const names = merge.members.map((member) => report.pool[member] ?? '?');
  const { size, method, seed } = merge;
  return {
    names,
    mergekit: source.mergekit({ size, method, subset: names, seed }),
    remark: remarkOf(report, merge, path.basename(source.file), weights),
  };
}

function nothingToInsert(source: SubsetSource, report: Report | null): Problem {
  const reason = report ? headlineCell(report)?.selection?.reason : null;
  return {
    code: 'nothing_to_insert',
    message: reason ?? `${plain(source.name)} recommends no subset yet.`,
    fix: report ? 'Choose another k, or change the goals.' : 'Run the experiment first.',
  };
}

/** Shows that something goes on where it takes longer than a moment. */
async function waited<T>(title: string, work: Promise<T>): Promise<T> {
  const isSlow = Promise.withResolvers<'slow'>();
  const timer = setTimeout(() => isSlow.resolve('slow'), MOMENT_MS);
  try {
    const first = await Promise.race([work.then(() => 'done' as const), isSlow.promise]);
    if (first === 'done') return await work;
    return await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title },
      () => work,
    );
  } finally {
    clearTimeout(timer);
  }
}

const MOMENT_MS = 400;
