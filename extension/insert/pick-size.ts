import * as vscode from 'vscode';
import type { Cell } from '../../core/report/report.ts';
import { nameList } from '../../words/plain.ts';
import { insertionAt, previewOf } from './insert-at-cursor.ts';
import { type Chosen, type Picking, TITLE } from './picking.ts';
import { type Answer, ask } from './quick-steps.ts';
import { type SizeChoice, sizeChoices } from './subset-choices.ts';
import { subsetOf } from './subset-of.ts';
import { cellOf } from './subset-remark.ts';
import type { SubsetToInsert } from './subset-text.ts';
import { weighDomains } from './weigh-domains.ts';
import { weightsText } from './weights-text.ts';

type SizeItem = vscode.QuickPickItem & { readonly subset: SubsetToInsert | null };

/** The k, with the text seen in the file; domains can be weighed anew, as often as one likes. */
export async function pickSize(
  picking: Picking,
  chosen: Chosen,
  cell: Cell,
  canGoBack: boolean,
): Promise<Answer<SubsetToInsert>> {
  const { editor, ghost, tell } = picking;
  const { source, report, weights } = chosen;
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
  const explored = (await weighDomains(chosen, tell)) ?? chosen;
  return pickSize(picking, explored, cellOf(explored.report, cell) ?? cell, canGoBack);
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
