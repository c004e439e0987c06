/** The experiments of this window: those that are open as text, run, or are shown somewhere. */
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { type Parsed, parseExperiment } from '../../core/experiment/parse.ts';
import { AnalysisPool } from '../../runner/analysis-pool.ts';
import type { OpenOptions } from '../../runner/experiment-session.ts';
import { isWithin } from '../is-within.ts';
import { ExperimentModel, type RunEnd } from './experiment-model.ts';
import type { ExperimentState } from './experiment-state.ts';
import type { ExperimentStates } from './experiment-states.ts';

export const LANGUAGE = 'mergelab';

export interface LibraryOptions {
  /** Asked anew whenever a session is made. */
  readonly session: () => Pick<OpenOptions, 'python' | 'home' | 'workers'>;
  readonly ended: (uri: vscode.Uri, end: RunEnd) => void;
}

interface Entry {
  readonly uri: vscode.Uri;
  readonly model: ExperimentModel;
}

export class ExperimentLibrary implements ExperimentStates, vscode.Disposable {
  readonly #options: LibraryOptions;
  readonly #entries = new Map<string, Entry>();
  /** Whoever wants it kept, also before it is read. */
  readonly #wanted = new Map<string, Set<string>>();
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
      workspace.onDidDeleteFiles(({ files }) => this.gone(files)),
      workspace.onDidRenameFiles(({ files }) => this.gone(files.map(({ oldUri }) => oldUri))),
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
    const key = uri.toString();
    const wanted = this.#wanted.get(key) ?? new Set<string>();
    this.#wanted.set(key, wanted.add(holder));
    try {
      const known = this.#entries.get(key);
      if (known && this.#documentOf(uri)) return known.model;
      const parsed = await parsedFile(uri);
      // While it was read, it may have been opened, held by another, or let go again.
      const now = this.#entries.get(key);
      if (now && !this.#documentOf(uri)) now.model.use(parsed);
      return (now ?? this.#enter(uri, parsed)).model;
    } catch (error) {
      this.#wanted.get(key)?.delete(holder);
      throw error;
    } finally {
      this.#tidy(uri);
    }
  }

  release(uri: vscode.Uri, holder: string): void {
    this.#wanted.get(uri.toString())?.delete(holder);
    this.#tidy(uri);
  }

  /** What the file says now, where no text of it is open. */
  async reread(uri: vscode.Uri): Promise<void> {
    const model = this.model(uri);
    if (!model || this.#documentOf(uri)) return;
    try {
      model.use(await parsedFile(uri));
    } catch {
      // Deleted while it was shown: what is known of it stays until it is let go.
    }
  }

  /** Files that are gone, or folders with all that lies in them. */
  gone(uris: readonly vscode.Uri[]): void {
    for (const { uri, model } of [...this.#entries.values()]) {
      if (!uris.some((each) => isWithin(uri, each))) continue;
      this.#entries.delete(uri.toString());
      this.#wanted.delete(uri.toString());
      void model.dispose();
      this.#changed.fire(uri);
    }
  }

  /** Sessions are made anew with other options, e.g. another Python. */
  async refreshAll(): Promise<void> {
    const models = [...this.#entries.values()].map(({ model }) => model);
    // All are closed first: only then does a store's worker end, and forget what it read.
    await Promise.all(models.map((model) => model.close()));
    await Promise.all(models.map((model) => model.refresh()));
  }

  /** The results of a store are gone. */
  async forget(store: string): Promise<void> {
    const models = [...this.#entries.values()].map(({ model }) => model);
    const concerned = models.filter((model) => model.store === store);
    await Promise.all(concerned.map((model) => model.forget()));
    await Promise.all(concerned.map((model) => model.refresh()));
  }

  async dispose(): Promise<void> {
    for (const subscription of this.#subscriptions) subscription.dispose();
    const models = [...this.#entries.values()].map(({ model }) => model);
    this.#entries.clear();
    await Promise.all(models.map((model) => model.dispose()));
  }

  #opened(document: vscode.TextDocument): void {
    if (!isExperiment(document)) return;
    const { uri } = document;
    const key = uri.toString();
    this.#wanted.set(key, (this.#wanted.get(key) ?? new Set()).add('text'));
    const known = this.#entries.get(key);
    if (known) known.model.use(this.parsedOf(document));
    else this.#enter(uri, this.parsedOf(document));
  }

  #edited(document: vscode.TextDocument): void {
    if (!isExperiment(document)) return;
    this.model(document.uri)?.use(this.parsedOf(document));
  }

  #closed(document: vscode.TextDocument): void {
    if (!isExperiment(document)) return;
    this.release(document.uri, 'text');
    // Whoever still holds it goes on with what is saved.
    void this.reread(document.uri);
  }

  #documentOf(uri: vscode.Uri): vscode.TextDocument | undefined {
    return vscode.workspace.textDocuments.find(
      (document) =>
        !document.isClosed && document.uri.toString() === uri.toString() && isExperiment(document),
    );
  }

  /** What nobody wants any more is let go. */
  #tidy(uri: vscode.Uri): void {
    const key = uri.toString();
    if ((this.#wanted.get(key)?.size ?? 0) > 0) return;
    this.#wanted.delete(key);
    const entry = this.#entries.get(key);
    this.#entries.delete(key);
    void entry?.model.dispose();
  }

  #enter(uri: vscode.Uri, parsed: Parsed): Entry {
    const model = new ExperimentModel(uri.scheme === 'untitled' ? uri.path : uri.fsPath, parsed, {
      session: this.#options.session,
      analyses: this.#analyses,
      now: () => Date.now(),
      changed: () => this.#changed.fire(uri),
      ended: (end) => this.#options.ended(uri, end),
    });
    const entry = { uri, model };
    this.#entries.set(uri.toString(), entry);
    this.#changed.fire(uri);
    return entry;
  }
}

async function parsedFile(uri: vscode.Uri): Promise<Parsed> {
  return parseExperiment(await readFile(uri.fsPath, 'utf8'), { file: uri.fsPath });
}

/** A file on disk, or one that was not saved yet: diffs and other views of one are not experiments. */
function isExperiment(document: vscode.TextDocument): boolean {
  const { scheme } = document.uri;
  return document.languageId === LANGUAGE && (scheme === 'file' || scheme === 'untitled');
}
