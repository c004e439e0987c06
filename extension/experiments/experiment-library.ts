/** The experiments of this window: those that are open as text, run, or are shown somewhere. */
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { type Parsed, parseExperiment } from '../../core/experiment/parse.ts';
import { AnalysisPool } from '../../runner/analysis-pool.ts';
import type { OpenOptions } from '../../runner/experiment-session.ts';
import { ExperimentModel, problemOf, type RunEnd } from './experiment-model.ts';
import type { ExperimentState } from './experiment-state.ts';
import type { ExperimentStates } from './experiment-states.ts';

export const LANGUAGE = 'mergelab';

export interface LibraryOptions {
  /** Asked anew whenever a session is made. */
  readonly session: () => Pick<OpenOptions, 'python' | 'home'>;
  readonly ended: (uri: vscode.Uri, end: RunEnd) => void;
}

interface Entry {
  readonly uri: vscode.Uri;
  readonly model: ExperimentModel;
  /** Tokens of whoever wants it kept. */
  readonly holders: Set<string>;
}

export class ExperimentLibrary implements ExperimentStates, vscode.Disposable {
  readonly #options: LibraryOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #analyses = new AnalysisPool();
  readonly #parsed = new WeakMap<
    vscode.TextDocument,
    { readonly version: number; readonly parsed: Parsed }
  >();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #subscriptions: vscode.Disposable[] = [this.#changed];
  readonly onDidChange = this.#changed.event;

  constructor(options: LibraryOptions) {
    this.#options = options;
    const { workspace } = vscode;
    this.#subscriptions.push(
      workspace.onDidOpenTextDocument((document) => this.#opened(document)),
      workspace.onDidChangeTextDocument(({ document }) => this.#edited(document)),
      workspace.onDidCloseTextDocument((document) => this.#closed(document)),
      workspace.onDidDeleteFiles(({ files }) => this.#gone(files)),
      workspace.onDidRenameFiles(({ files }) => this.#gone(files.map(({ oldUri }) => oldUri))),
    );
    for (const document of workspace.textDocuments) this.#opened(document);
  }

  get(uri: vscode.Uri): ExperimentState | undefined {
    return this.model(uri)?.state;
  }

  model(uri: vscode.Uri): ExperimentModel | undefined {
    return this.#entries.get(uri.toString())?.model;
  }

  /** Every experiment that is known now, in the order in which they became known. */
  all(): readonly { readonly uri: vscode.Uri; readonly state: ExperimentState }[] {
    return [...this.#entries.values()].map(({ uri, model }) => ({ uri, state: model.state }));
  }

  parsedOf(document: vscode.TextDocument): Parsed {
    const known = this.#parsed.get(document);
    if (known?.version === document.version) return known.parsed;
    const parsed = parseExperiment(document.getText(), { file: document.uri.fsPath });
    this.#parsed.set(document, { version: document.version, parsed });
    return parsed;
  }

  /** The experiment of a file, open as text or not; held until the same holder lets it go. Throws where it cannot be read. */
  async hold(uri: vscode.Uri, holder: string): Promise<ExperimentModel> {
    const known = this.#entries.get(uri.toString());
    if (known) {
      known.holders.add(holder);
      return known.model;
    }
    const parsed = parseExperiment(await readFile(uri.fsPath, 'utf8'), { file: uri.fsPath });
    return this.#enter(uri, parsed, holder).model;
  }

  release(uri: vscode.Uri, holder: string): void {
    const entry = this.#entries.get(uri.toString());
    if (!entry) return;
    entry.holders.delete(holder);
    if (entry.holders.size > 0) return;
    this.#entries.delete(uri.toString());
    void entry.model.dispose();
  }

  /** Sessions are made anew with other options, e.g. another Python. */
  async refreshAll(): Promise<void> {
    const models = [...this.#entries.values()].map(({ model }) => model);
    // All are closed first: only then does a store's worker end, and forget what it read.
    await Promise.all(models.map((model) => model.close()));
    await Promise.all(models.map((model) => model.refresh()));
  }

  async dispose(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.dispose();
    const models = [...this.#entries.values()].map(({ model }) => model);
    this.#entries.clear();
    await Promise.all(models.map((model) => model.dispose()));
  }

  #opened(document: vscode.TextDocument): void {
    if (!isExperiment(document)) return;
    const known = this.#entries.get(document.uri.toString());
    if (known) {
      known.holders.add('text');
      known.model.use(this.parsedOf(document));
    } else this.#enter(document.uri, this.parsedOf(document), 'text');
  }

  #edited(document: vscode.TextDocument): void {
    if (!isExperiment(document)) return;
    this.model(document.uri)?.use(this.parsedOf(document));
  }

  #closed(document: vscode.TextDocument): void {
    if (!isExperiment(document)) return;
    this.release(document.uri, 'text');
    // Whoever still holds it goes on with what is saved.
    const model = this.model(document.uri);
    if (model) void this.#reread(document.uri, model);
  }

  #gone(files: readonly vscode.Uri[]): void {
    for (const uri of files) {
      const entry = this.#entries.get(uri.toString());
      if (!entry) continue;
      this.#entries.delete(uri.toString());
      void entry.model.dispose();
      this.#changed.fire(uri);
    }
  }

  async #reread(uri: vscode.Uri, model: ExperimentModel): Promise<void> {
    try {
      model.use(parseExperiment(await readFile(uri.fsPath, 'utf8'), { file: uri.fsPath }));
    } catch (error) {
      // Deleted while it was shown: what is known of it stays until it is let go.
      void problemOf(error);
    }
  }

  #enter(uri: vscode.Uri, parsed: Parsed, holder: string): Entry {
    const model = new ExperimentModel(uri.scheme === 'untitled' ? uri.path : uri.fsPath, parsed, {
      session: this.#options.session,
      analyses: this.#analyses,
      now: () => Date.now(),
      changed: () => this.#changed.fire(uri),
      ended: (end) => this.#options.ended(uri, end),
    });
    const entry = { uri, model, holders: new Set([holder]) };
    this.#entries.set(uri.toString(), entry);
    this.#changed.fire(uri);
    return entry;
  }
}

/** A file on disk, or one that was not saved yet: diffs and other views of one are not experiments. */
function isExperiment(document: vscode.TextDocument): boolean {
  const { scheme } = document.uri;
  return document.languageId === LANGUAGE && (scheme === 'file' || scheme === 'untitled');
}
