/** Lenses, hints and hovers as the editor wants them: conversions, no decisions. */
import * as vscode from 'vscode';
import type { EditedDocuments } from './edited-documents.ts';
import type { EditorSettings } from './editor-settings.ts';
import { headlineHint } from './headline.ts';
import type { Hint } from './hint.ts';
import { type HintKind, hints } from './hints.ts';
import { hover } from './hover.ts';
import { lenses } from './lenses.ts';
import { fromPosition, toPosition, toRange } from './vscode-ranges.ts';

export function lensProvider(
  documents: EditedDocuments,
  settings: EditorSettings,
  changed: vscode.Event<void>,
): vscode.CodeLensProvider {
  return {
    onDidChangeCodeLenses: changed,
    provideCodeLenses: (document) => {
      if (!settings.enabled('codeLens', document.uri)) return [];
      const place = { uri: document.uri.toString(), trusted: vscode.workspace.isTrusted };
      return lenses(documents.of(document), place).map(
        ({ title, command, args, tooltip }) =>
          new vscode.CodeLens(
            new vscode.Range(0, 0, 0, 0),
            command === null ? { title, command: '' } : { title, command, arguments: [...args], tooltip },
          ),
      );
    },
  };
}

const HINT_SETTINGS = { methods: 'methodHints', experts: 'expertHints', goals: 'goalHints' } as const;

export function hintProvider(
  documents: EditedDocuments,
  settings: EditorSettings,
  changed: vscode.Event<void>,
): vscode.InlayHintsProvider {
  return {
    onDidChangeInlayHints: changed,
    provideInlayHints: (document, range) => {
      const edited = documents.of(document);
      const kinds = (['methods', 'experts', 'goals'] as const).filter((kind) =>
        settings.enabled(HINT_SETTINGS[kind], document.uri),
      );
      const headline = settings.enabled('headline', document.uri) ? headlineHint(edited) : null;
      const found = [...(headline ? [headline] : []), ...hints(edited, new Set<HintKind>(kinds))];
      return found.map(toHint).filter(({ position }) => range.contains(position));
    },
  };
}

function toHint({ position, text, tooltip }: Hint): vscode.InlayHint {
  const hint = new vscode.InlayHint(toPosition(position), text);
  hint.paddingLeft = true;
  hint.tooltip = tooltip;
  return hint;
}

export function hoverProvider(documents: EditedDocuments, settings: EditorSettings): vscode.HoverProvider {
  return {
    provideHover: (document, position) => {
      if (!settings.enabled('hovers', document.uri)) return null;
      const found = hover(documents.of(document), fromPosition(position));
      if (!found) return null;
      const text = new vscode.MarkdownString(found.parts.join('\n\n'));
      text.isTrusted = false;
      text.supportHtml = false;
      return new vscode.Hover(text, toRange(found.range));
    },
  };
}
