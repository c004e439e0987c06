/** Everything that the editor shows in and beside the text of an experiment. */
import * as vscode from 'vscode';
import type { ExperimentStates } from '../experiments/experiment-states.ts';
import { DiagnosticsPublisher } from './diagnostics-publisher.ts';
import { completionProvider, fixProvider } from './edit-providers.ts';
import { EditedDocuments } from './edited-documents.ts';
import type { EditorSettings } from './editor-settings.ts';
import { hintProvider, hoverProvider, lensProvider } from './number-providers.ts';
import { definitionProvider, foldingProvider, linkProvider, symbolProvider } from './structure-providers.ts';

const LANGUAGE = 'mergelab';
/** Views of another version of a file, such as a diff's, have no results of their own. */
const WORKING: vscode.DocumentSelector = [
  { language: LANGUAGE, scheme: 'file' },
  { language: LANGUAGE, scheme: 'untitled' },
];
const ANY: vscode.DocumentSelector = { language: LANGUAGE };
const COMPLETION_TRIGGERS = [':', ' ', '-', '/', '{', '[', ',', '"', "'"];

export interface LanguageOptions {
  readonly subscriptions: vscode.Disposable[];
  readonly states: ExperimentStates;
  readonly settings: EditorSettings;
}

export function registerLanguage({ subscriptions, states, settings }: LanguageOptions): void {
  const documents = new EditedDocuments(states);
  const changed = new vscode.EventEmitter<void>();
  const { languages, workspace } = vscode;
  const fire = () => changed.fire();
  const { QuickFix, RefactorRewrite } = vscode.CodeActionKind;
  subscriptions.push(
    changed,
    states.onDidChange(fire),
    settings.onDidChange(fire),
    workspace.onDidGrantWorkspaceTrust(fire),
    languages.registerCodeLensProvider(WORKING, lensProvider(documents, settings, changed.event)),
    languages.registerInlayHintsProvider(WORKING, hintProvider(documents, settings, changed.event)),
    languages.registerHoverProvider(ANY, hoverProvider(documents, settings)),
    languages.registerCompletionItemProvider(ANY, completionProvider(), ...COMPLETION_TRIGGERS),
    languages.registerCodeActionsProvider(WORKING, fixProvider(documents), {
      providedCodeActionKinds: [QuickFix, RefactorRewrite],
    }),
    languages.registerDocumentSymbolProvider(ANY, symbolProvider(documents)),
    languages.registerFoldingRangeProvider(ANY, foldingProvider(documents)),
    languages.registerDocumentLinkProvider(WORKING, linkProvider(documents)),
    languages.registerDefinitionProvider(WORKING, definitionProvider(documents)),
    new DiagnosticsPublisher({
      states,
      settings,
      documents,
      isExperiment: (document) => languages.match(WORKING, document) > 0,
    }),
  );
}
