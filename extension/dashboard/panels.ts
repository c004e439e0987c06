/** Dashboards: one panel an experiment, restored after a reload. */
import * as vscode from 'vscode';
import { problemOf } from '../../core/problem.ts';
import type { AnyReport } from '../../runner/analysis-messages.ts';
import type { DashboardState, FromPage, Panel, ToPage } from '../../webview/messages.ts';
import { CONTRACT } from '../../webview/messages.ts';
import { oneLine } from '../../words/plain.ts';
import type { ExperimentLibrary } from '../experiments/experiment-library.ts';
import { isWithin } from '../is-within.ts';
import { dashboardState, titleOf } from './dashboard-state.ts';
import { pageFor } from './page.ts';

const VIEW = 'mergeLab.dashboard';
const HOLDER = 'dashboard';
/** A hidden page draws nothing, and says nothing. */
const PATIENCE_MS = 2_000;
/** `answer` posts to the page that asked. */
export type PageHandler = (uri: vscode.Uri, message: FromPage, answer: (message: ToPage) => void) => void;

interface Shown {
  readonly uri: vscode.Uri;
  readonly panel: vscode.WebviewPanel;
  /** The file was there; before that, that nothing is known of it says nothing. */
  held: boolean;
  ready: boolean;
  /** `posted`: on its way, or being drawn. `behind`: and a newer one is waiting. */
  page: 'idle' | 'due' | 'posted' | 'behind';
  /** A page that never says what it drew is not waited for. */
  patience: NodeJS.Timeout | null;
  show: Panel | null;
  /** What the page has: by far the largest part of a state, and not sent twice. */
  report: AnyReport | null;
}

export class DashboardPanels implements vscode.Disposable {
  readonly #extension: vscode.Uri;
  readonly #library: ExperimentLibrary;
  readonly #handle: PageHandler;
  readonly #shown = new Map<string, Shown>();
  /** Of dashboards whose file, or a folder above it, is being renamed: under its old name it is about to be gone. */
  readonly #renamed = new Map<string, vscode.Uri>();
  readonly #subscriptions: vscode.Disposable[];

  constructor(extension: vscode.Uri, library: ExperimentLibrary, handle: PageHandler) {
    this.#extension = extension;
    this.#library = library;
    this.#handle = handle;
    this.#subscriptions = [
      library.onDidChange((uri) => {
        const shown = this.#shown.get(uri.toString());
        if (shown?.held && !library.get(uri)) this.#close(shown);
        else this.#send(uri);
      }),
      // The file is gone under its old name some time between these two.
      vscode.workspace.onWillRenameFiles(({ files }) => {
        for (const [id, { uri }] of this.#shown) {
          const renamed = newNameOf(uri, files);
          if (renamed) this.#renamed.set(id, renamed);
        }
      }),
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const [id, renamed] of this.#renamed) {
          if (!files.some(({ newUri }) => isWithin(renamed, newUri))) continue;
          this.#shown.get(id)?.panel.dispose();
          this.#renamed.delete(id);
          this.open(renamed, { preserveFocus: true });
        }
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        for (const { uri } of this.#shown.values()) this.#send(uri);
      }),
      vscode.window.registerWebviewPanelSerializer(VIEW, {
        deserializeWebviewPanel: async (panel, state: unknown) => this.#restore(panel, state),
      }),
    ];
  }

  /** Of the panel that has the focus. */
  get activeExperiment(): vscode.Uri | undefined {
    return [...this.#shown.values()].find(({ panel }) => panel.active)?.uri;
  }

  /** Beside the file; one that is open already comes to the front. */
  open(uri: vscode.Uri, options: { readonly preserveFocus: boolean; readonly show?: Panel }): void {
    const known = this.#shown.get(uri.toString());
    if (known) {
      known.panel.reveal(undefined, options.preserveFocus);
      known.show = options.show ?? null;
      this.#send(uri);
      return;
    }
    const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: options.preserveFocus };
    const panel = vscode.window.createWebviewPanel(VIEW, titleOf(uri), place);
    this.#adopt(uri, panel, options.show ?? null);
  }

  /** Panels stay: where a window reloads, its tabs are kept as they are when the extension has ended. */
  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const { patience } of this.#shown.values()) if (patience) clearTimeout(patience);
  }

  /** The file is gone, and with it what this page could show; one that is being renamed goes on under its new name. */
  #close({ uri, panel }: Shown): void {
    panel.dispose();
    if (this.#renamed.has(uri.toString())) return;
    const file = oneLine(vscode.workspace.asRelativePath(uri), 200);
    void vscode.window.showInformationMessage(
      `${file} is not there any more: its dashboard was closed. Its results stay in the folder.`,
    );
  }

  async #restore(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const text = (state as { readonly uri?: unknown } | null)?.uri;
    const uri = typeof text === 'string' ? vscode.Uri.parse(text) : null;
    if (!uri || this.#shown.has(uri.toString())) {
      panel.dispose();
      return;
    }
    this.#adopt(uri, panel, null);
  }

  #adopt(uri: vscode.Uri, panel: vscode.WebviewPanel, show: Panel | null): void {
    const shown: Shown = {
      uri,
      panel,
      held: false,
      ready: false,
      page: 'idle',
      patience: null,
      show,
      report: null,
    };
    this.#shown.set(uri.toString(), shown);
    panel.webview.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.#extension, 'dist', 'webview')],
    };
    panel.iconPath = {
      light: vscode.Uri.joinPath(this.#extension, 'media', 'dashboard-light.svg'),
      dark: vscode.Uri.joinPath(this.#extension, 'media', 'dashboard-dark.svg'),
    };
    panel.webview.onDidReceiveMessage((message: FromPage) => {
      if (message.kind === 'ready') {
        shown.ready = true;
        shown.page = 'idle';
        shown.report = null;
        this.#send(uri);
      } else if (message.kind === 'drawn') this.#drawn(shown);
      else this.#handle(uri, message, (answer) => this.#post(shown, answer));
    });
    panel.onDidChangeViewState(() => {
      // A page that was hidden starts anew, and says when it is ready.
      if (panel.visible) this.#send(uri);
    });
    panel.onDidDispose(() => {
      this.#shown.delete(uri.toString());
      if (shown.patience) clearTimeout(shown.patience);
      this.#library.release(uri, HOLDER);
    });
    panel.webview.html = pageFor(panel.webview, this.#extension, uri, titleOf(uri));
    this.#library.hold(uri, HOLDER).then(
      () => {
        shown.held = true;
        this.#send(uri);
      },
      (error) => {
        void vscode.window.showErrorMessage(oneLine(problemOf(error).message, 400));
        panel.dispose();
      },
    );
  }

  /** One state at a time, and always the newest: a page that is drawing is not sent more than it can draw. */
  #send(uri: vscode.Uri): void {
    const shown = this.#shown.get(uri.toString());
    if (!shown?.ready || !shown.panel.visible) return;
    if (shown.page === 'posted') shown.page = 'behind';
    if (shown.page !== 'idle') return;
    shown.page = 'due';
    setImmediate(() => {
      const state = this.#library.get(uri);
      shown.page = 'idle';
      if (!state || !this.#shown.has(uri.toString())) return;
      shown.panel.title = titleOf(uri);
      this.#post(shown, newer(shown.report, dashboardState(uri, state)));
      shown.report = state.report ?? state.ensemble;
      if (shown.show) {
        this.#post(shown, { kind: 'show', panel: shown.show });
        shown.show = null;
      }
      shown.page = 'posted';
      if (shown.patience) clearTimeout(shown.patience);
      shown.patience = setTimeout(() => this.#drawn(shown), PATIENCE_MS);
    });
  }

  #drawn(shown: Shown): void {
    if (shown.patience) clearTimeout(shown.patience);
    shown.patience = null;
    const behind = shown.page === 'behind';
    if (shown.page !== 'due') shown.page = 'idle';
    if (behind) this.#send(shown.uri);
  }

  #post({ panel }: Shown, message: ToPage): void {
    void panel.webview.postMessage(message);
  }
}

type Renames = readonly { readonly oldUri: vscode.Uri; readonly newUri: vscode.Uri }[];

/** Null for a file that keeps its name. */
function newNameOf(uri: vscode.Uri, renames: Renames): vscode.Uri | null {
  const rename = renames.find(({ oldUri }) => isWithin(uri, oldUri));
  return rename
    ? rename.newUri.with({ path: rename.newUri.path + uri.path.slice(rename.oldUri.path.length) })
    : null;
}

function newer(sent: AnyReport | null, state: DashboardState): ToPage {
  const { report, ensemble, ...rest } = state;
  const same = sent !== null && (report ?? ensemble?.report ?? null) === sent;
  return same
    ? { kind: 'same_report', contract: CONTRACT, state: rest }
    : { kind: 'state', contract: CONTRACT, state };
}
