import * as vscode from 'vscode';
import type { HostModels } from '../../runner/hosts/host-models.ts';
import type { ExperimentStates } from '../experiments/experiment-states.ts';
import { diagnostics, type EditorDiagnostic } from './diagnostics.ts';
import { type EditedDocuments, rootsOf } from './edited-documents.ts';
import type { EditorSettings } from './editor-settings.ts';
import { FileExistence } from './file-existence.ts';
import { ModelsThere } from './models-there.ts';
import { namedFiles } from './named-files.ts';
import type { Targets } from './targets.ts';
import { toRange } from './vscode-ranges.ts';

/** After the last key stroke: enough to take a burst of them together, too short to be seen. */
const PAUSE_MS = 20;
/** File systems are asked when the typing rests. */
const FILES_PAUSE_MS = 300;

interface PublisherOptions {
  readonly states: ExperimentStates;
  readonly settings: EditorSettings;
  readonly documents: EditedDocuments;
  readonly targets: Targets;
  readonly hosts: HostModels;
  readonly isExperiment: (document: vscode.TextDocument) => boolean;
}

/** Keeps the diagnostics of every open experiment up to date. */
export class DiagnosticsPublisher implements vscode.Disposable {
  readonly #options: PublisherOptions;
  readonly #collection = vscode.languages.createDiagnosticCollection('mergelab');
  readonly #files = new FileExistence();
  readonly #there: ModelsThere;
  /** Documents that somebody typed in: a host is not reached for because a file was opened. */
  readonly #typed = new WeakSet<vscode.TextDocument>();
  readonly #pending = new Map<string, NodeJS.Timeout>();
  readonly #subscriptions: vscode.Disposable[];
  #filesTimer: NodeJS.Timeout | null = null;
  #disposed = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#there = new ModelsThere(options.hosts);
    const { workspace, window } = vscode;
    const again = () => {
      this.#files.expire();
      this.#options.targets.expire();
      this.#checkFilesSoon();
    };
    this.#subscriptions = [
      workspace.onDidOpenTextDocument((document) => this.#soon(document)),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#typed.add(document);
        this.#soon(document);
      }),
      workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      workspace.onDidSaveTextDocument(again),
      workspace.onDidCreateFiles(again),
      workspace.onDidDeleteFiles(again),
      workspace.onDidRenameFiles(again),
      window.onDidChangeWindowState(({ focused }) => (focused ? again() : undefined)),
      options.states.onDidChange((uri) => {
        for (const document of this.#open())
          if (document.uri.toString() === uri.toString()) this.#soon(document);
      }),
      options.settings.onDidChange(() => this.#all()),
    ];
    this.#all();
  }

  dispose(): void {
    this.#disposed = true;
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const timer of this.#pending.values()) clearTimeout(timer);
    if (this.#filesTimer) clearTimeout(this.#filesTimer);
    this.#collection.dispose();
  }

  #open(): readonly vscode.TextDocument[] {
    return vscode.workspace.textDocuments.filter(this.#options.isExperiment);
  }

  #all(): void {
    for (const document of this.#open()) this.#soon(document);
  }

  #soon(document: vscode.TextDocument): void {
    if (this.#disposed || !this.#options.isExperiment(document)) return;
    const name = document.uri.toString();
    // The first of a burst sets the time: steady typing must not put it off.
    if (this.#pending.has(name)) return;
    const publish = () => {
      this.#pending.delete(name);
      if (!document.isClosed) this.#publish(document);
    };
    this.#pending.set(name, setTimeout(publish, PAUSE_MS));
    this.#checkFilesSoon();
  }

  #publish(document: vscode.TextDocument): void {
    const { documents, settings, targets } = this.#options;
    const roots = rootsOf(document);
    const found = diagnostics(documents.of(document), {
      exists: roots ? this.#files.known : new Map(),
      folder: roots?.folder ?? '',
      home: roots?.home ?? '',
      there: (model) => this.#there.known(model),
      statistical: settings.enabled('statisticalWarnings', document.uri),
      ...(targets.isRead ? { targets: targets.known } : {}),
    });
    this.#collection.set(document.uri, found.map(toDiagnostic));
  }

  #closed({ uri }: vscode.TextDocument): void {
    const name = uri.toString();
    clearTimeout(this.#pending.get(name));
    this.#pending.delete(name);
    this.#collection.delete(uri);
  }

  #checkFilesSoon(): void {
    if (this.#disposed) return;
    if (this.#filesTimer) clearTimeout(this.#filesTimer);
    this.#filesTimer = setTimeout(() => void this.#checkFiles(), FILES_PAUSE_MS);
  }

  async #checkFiles(): Promise<void> {
    const named = this.#open().flatMap((document) => {
      const roots = rootsOf(document);
      const edited = this.#options.documents.of(document);
      const host = vscode.workspace.isTrusted && this.#typed.has(document) ? edited.target : 'local';
      return roots ? namedFiles(edited, roots).map((file) => ({ ...file, host })) : [];
    });
    const there = named.filter(({ kind, host }) => kind === 'model' && host !== 'local');
    const again = async (check: Promise<boolean>): Promise<void> => {
      if (!(await check) || this.#disposed) return;
      for (const document of this.#open()) this.#publish(document);
    };
    // A host takes longer than a disk.
    await Promise.all([
      again(this.#files.check(named.map(({ path }) => path))),
      again(this.#options.targets.check()),
      again(this.#there.check(there)),
    ]);
  }
}

function toDiagnostic({ severity, code, message, range }: EditorDiagnostic): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(toRange(range), message, SEVERITY[severity]);
  diagnostic.source = 'Merge Lab';
  diagnostic.code = code;
  return diagnostic;
}

const SEVERITY: Readonly<Record<EditorDiagnostic['severity'], vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
};
