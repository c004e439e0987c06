/** Lenses, hints and hovers as the editor wants them: conversions, no decisions. */
import * as vscode from 'vscode';
import type { EditedDocuments } from './edited-documents.ts';
import type { EditorSettings } from './editor-settings.ts';
import { ensembleHeadline } from './ensemble-hints.ts';
import { headlineHint } from './headline.ts';
import type { Hint } from './hint.ts';
import { type HintKind, hints } from './hints.ts';
import { hover } from './hover.ts';
import { type Lens, lenses } from './lenses.ts';
import { messageMarkdown } from './markdown.ts';
import type { Shown } from './shown.ts';
import type { Targets } from './targets.ts';
import { fromPosition, toPosition, toRange } from './vscode-ranges.ts';

type Numbers = { readonly documents: EditedDocuments; readonly settings: EditorSettings };

/** What stands above the first line of a document. */
export function lensesOf({ documents, settings }: Numbers, document: vscode.TextDocument): readonly Lens[] {
  if (!settings.enabled('codeLens', document.uri)) return [];
  const place = { uri: document.uri.toString(), trusted: vscode.workspace.isTrusted };
  return lenses(documents.of(document), place);
}

export function lensProvider(shown: Shown<readonly Lens[]>): vscode.CodeLensProvider {
  return {
    onDidChangeCodeLenses: shown.onDidChange,
    provideCodeLenses: (document) => shown.of(document).map(toLens),
  };
}

function toLens({ title, command, args, tooltip }: Lens): vscode.CodeLens {
  const shown = command === null ? { title, command: '' } : { title, command, arguments: [...args], tooltip };
  return new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), shown);
}

const HINT_SETTINGS = { methods: 'methodHints', experts: 'expertHints', goals: 'goalHints' } as const;

/** What stands behind the lines of a document. */
export function hintsOf({ documents, settings }: Numbers, document: vscode.TextDocument): readonly Hint[] {
  const edited = documents.of(document);
  const kinds = (['methods', 'experts', 'goals'] as const).filter((kind) =>
    settings.enabled(HINT_SETTINGS[kind], document.uri),
  );
  const headline = settings.enabled('headline', document.uri)
    ? edited.ensemble
      ? ensembleHeadline(edited)
      : headlineHint(edited)
    : null;
  return [...(headline ? [headline] : []), ...hints(edited, new Set<HintKind>(kinds))];
}

export function hintProvider(shown: Shown<readonly Hint[]>): vscode.InlayHintsProvider {
  return {
    onDidChangeInlayHints: shown.onDidChange,
    provideInlayHints: (document, range) =>
      shown
        .of(document)
        .map(toHint)
        .filter(({ position }) => range.contains(position)),
  };
}

function toHint({ position, text, tooltip }: Hint): vscode.InlayHint {
  const hint = new vscode.InlayHint(toPosition(position), text);
  hint.paddingLeft = true;
  // As Markdown it breaks between words; plain text would get spaces that do not.
  hint.tooltip = new vscode.MarkdownString(messageMarkdown(tooltip));
  return hint;
}

export function hoverProvider({ documents, settings }: Numbers, targets: Targets): vscode.HoverProvider {
  return {
    provideHover: (document, position) => {
      if (!settings.enabled('hovers', document.uri)) return null;
      const found = hover(documents.of(document), fromPosition(position), targets.known);
      if (!found) return null;
      const text = new vscode.MarkdownString(found.parts.join('\n\n'));
      text.isTrusted = false;
      text.supportHtml = false;
      return new vscode.Hover(text, toRange(found.range));
    },
  };
}
