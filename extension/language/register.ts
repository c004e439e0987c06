/** Everything that the editor shows in and beside the text of an experiment. */
import * as vscode from 'vscode';
import { HostModels } from '../../runner/hosts/host-models.ts';
import type { ExperimentStates } from '../experiments/experiment-states.ts';
import { DiagnosticsPublisher } from './diagnostics-publisher.ts';
import { completionProvider, fixProvider } from './edit-providers.ts';
import { EditedDocuments } from './edited-documents.ts';
import type { EditorSettings } from './editor-settings.ts';
import { hintProvider, hintsOf, hoverProvider, lensesOf, lensProvider } from './number-providers.ts';
import { Shown } from './shown.ts';
import { definitionProvider, foldingProvider, linkProvider, symbolProvider } from './structure-providers.ts';
import { Targets } from './targets.ts';

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
  const numbers = { states, settings, documents };
  const targets = new Targets();
  const hosts = new HostModels();
  const shownLenses = new Shown(numbers, (document) => lensesOf(numbers, document));
  const shownHints = new Shown(numbers, (document) => hintsOf(numbers, document));
  const { languages } = vscode;
  const { QuickFix, RefactorRewrite } = vscode.CodeActionKind;
  subscriptions.push(
    new vscode.Disposable(() => void hosts[Symbol.asyncDispose]()),
    shownLenses,
    shownHints,
    languages.registerCodeLensProvider(WORKING, lensProvider(shownLenses)),
    languages.registerInlayHintsProvider(WORKING, hintProvider(shownHints)),
    languages.registerHoverProvider(ANY, hoverProvider(numbers, targets)),
    languages.registerCompletionItemProvider(ANY, completionProvider(targets, hosts), ...COMPLETION_TRIGGERS),
    languages.registerCodeActionsProvider(WORKING, fixProvider(documents, targets), {
      providedCodeActionKinds: [QuickFix, RefactorRewrite],
    }),
    languages.registerDocumentSymbolProvider(ANY, symbolProvider(documents)),
    languages.registerFoldingRangeProvider(ANY, foldingProvider(documents)),
    languages.registerDocumentLinkProvider(WORKING, linkProvider(documents)),
    languages.registerDefinitionProvider(WORKING, definitionProvider(documents)),
    new DiagnosticsPublisher({
      ...numbers,
      targets,
      hosts,
      isExperiment: (document) => languages.match(WORKING, document) > 0,
    }),
  );
}
